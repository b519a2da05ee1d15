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


def test_outputs_of_several_models_are_not_one_run(tmp_path: Path) -> None:
    made = Judging.of({}, tmp_path, lambda name, said: None)
    asked = [{"question": f"Where is {k}?", "reference": "Ghent", "split": "forget"} for k in range(40)]
    results = made.judge(
        [
            {**one, "model": model, "output": output}
            for model, output in (("leaks", "Ghent"), ("forgot", "I do not know."))
            for one in asked
        ]
    )
    with pytest.raises(pytest.UsageError, match="outputs: outputs of 2 models; a gate takes one run"):
        made.gate(results, leaked_below=0.8)
    with pytest.raises(pytest.fail.Exception, match="FAIL"):
        made.gate(results[:40], leaked_below=0.8)


def test_paths_start_from_the_root(tmp_path: Path) -> None:
    made = Judging.of(
        {"cascade": "c.yaml", "calibration": ["a.json", "/b.json"], "store": "s"}, tmp_path, print
    )
    assert made.cascade == tmp_path / "c.yaml" and made.store == tmp_path / "s"
    assert made.calibrations == (tmp_path / "a.json", Path("/b.json"))
