"""The threat model names tests that are there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_test_that_the_threat_model_names_is_there() -> None:
    text = (ROOT / "SECURITY.md").read_text("utf-8")
    named = set(re.findall(r"`(tests/[\w/.]+|test_\w+\.py)`", text))
    assert len(named) >= 10
    for name in named:
        found = [ROOT / name] if name.startswith("tests/") else list((ROOT / "tests").rglob(name))
        assert any(path.exists() for path in found), name


def test_every_kind_of_input_has_a_line() -> None:
    table = (ROOT / "SECURITY.md").read_text("utf-8").partition("## Who writes what")[2].partition("\n## ")[0]
    for kind in ("outputs", "questions", "rubrics", "cascades", "calibrations", "bundles", "run folders", "label files",
                 "workbooks", "YAML", "endpoints", "labeling page", "environment", "plug-ins"):  # fmt: skip
        assert kind in table, kind
