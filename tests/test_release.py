"""The version is the same wherever it stands (``docs/releasing.md``)."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import yaml

from judgekit import __version__

ROOT = Path(__file__).parents[1]


def test_one_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    newest = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert newest is not None
    assert {project["version"], str(citation["version"]), newest[1]} == {__version__}
    assert citation["license"] == project["license"]
