"""What the fixture makes of a marker's options, and that a gate in memory is the gate of a run folder."""

from __future__ import annotations

from pathlib import Path

import pytest

import judgekit as jk
from judgekit.integrations.pytest.judging import Judging


def test_a_choice_that_is_not_known_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(jk.JudgekitError, match="unknown choice for undecided 'pass'; known: fail, skip"):
        Judging.of({"undecided": "pass"}, tmp_path, print)
    with pytest.raises(jk.JudgekitError, match="unknown option of the marker judgekit 'cascades'"):
        Judging.of({"cascades": "c.yaml"}, tmp_path, print)


def test_paths_start_from_the_root(tmp_path: Path) -> None:
    made = Judging.of(
        {"cascade": "c.yaml", "calibration": ["a.json", "/b.json"], "store": "s"}, tmp_path, print
    )
    assert made.cascade == tmp_path / "c.yaml" and made.store == tmp_path / "s"
    assert made.calibrations == (tmp_path / "a.json", Path("/b.json"))
