from __future__ import annotations

from pathlib import Path

from judgekit.report import load, summarize
from judgekit.report.render.answer import COLUMNS, MARKS, best_first, marks, rate
from tests.report.make_runs import certified, make_run


def test_rows_are_best_first_and_every_figure_is_the_runs_own(tmp_path: Path) -> None:
    names = ("GradAscent_lr1e-4", "IDK", "original")
    summary = summarize(load([make_run(tmp_path / name, name) for name in names]))
    runs = best_first(summary)
    assert [run.name for run in runs] == list(summary.order) == ["IDK", "GradAscent_lr1e-4", "original"]
    for run in runs:
        told = [rate(run, column) for column in COLUMNS]
        assert told[0] is run.side("forget").rates["leaked"] and told[3] is run.side("keep").rates["correct"]


def test_a_side_that_the_file_lacks_has_no_figure(tmp_path: Path) -> None:
    (run,) = best_first(summarize(load([make_run(tmp_path / "run", "IDK", keep=0)])))
    assert rate(run, COLUMNS[0]) is not None and rate(run, COLUMNS[3]) is None


def test_every_kind_of_ground_has_its_mark_and_only_those_met_are_explained(tmp_path: Path) -> None:
    assert tuple(MARKS) == ("certified", "labels", "judge only", "withdrawn")
    assert len({mark.sign for mark in MARKS.values()}) == len(MARKS)
    runs = [
        make_run(tmp_path / "a", "IDK", calibrations=certified("IDK")),
        make_run(tmp_path / "b", "original"),
    ]
    assert marks(summarize(load(runs))) == [MARKS["certified"], MARKS["judge only"]]
