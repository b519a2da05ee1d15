"""The version is the same wherever it stands (``docs/releasing.md``)."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import yaml

from judgekit import __version__
from judgekit.api import validate

ROOT = Path(__file__).parents[1]


def test_one_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    newest = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert newest is not None
    assert {project["version"], str(citation["version"]), newest[1]} == {__version__}
    assert citation["license"] == project["license"]


def test_every_schema_and_every_version_read_is_in_the_upgrade_notes() -> None:
    notes = (ROOT / "docs" / "upgrading.md").read_text("utf-8")
    code = [path.read_text("utf-8") for path in (ROOT / "judgekit").rglob("*.py")]
    used = {found for text in code for found in re.findall(r'"(judgekit\.[a-z_]+/\d+)"', text)}
    assert used == set(re.findall(r"`(judgekit\.[a-z_]+/\d+)`", notes))


def test_a_schema_that_is_refused_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "items.jsonl"
    path.write_text('{"schema": "judgekit.item/9", "id": "1", "question": "?", "output": "x"}\n')
    (found,) = validate([path])
    assert not found.sound
    assert "judgekit.item/9" in str(found.faults[0]) or "schema" in str(found.faults[0])
    assert "\n" not in str(found.faults[0])
