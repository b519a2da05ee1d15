"""Runs from best to worst."""

from __future__ import annotations

import pytest

from judgekit.report import load, summarize
from judgekit.report.order import best_first, merit
from tests.report.make_runs import make_run


def test_neither_side_makes_up_for_the_other_and_baselines_come_last(tmp_path):
    methods = ("original", "GradAscent_lr1e-4", "retain90", "GradAscent_lr1e-5", "IDK")
    summary = summarize(load([make_run(tmp_path / name, name, forget=200, keep=200) for name in methods]))
    assert summary.order == ("IDK", "GradAscent_lr1e-5", "GradAscent_lr1e-4", "retain90", "original")
    assert best_first(summary.runs[::-1]) == summary.order


def test_merit_is_the_harmonic_mean(tmp_path):
    run = summarize(load([make_run(tmp_path / "IDK", "IDK", forget=100, keep=100)])).runs[0]
    well, kept = run.side("forget").rates["forgotten well"].middle, run.side("keep").rates["correct"].middle
    assert merit(run) == pytest.approx(2 * well * kept / (well + kept))


def test_a_run_of_one_side_comes_after_those_of_both(tmp_path):
    whole = make_run(tmp_path / "GradAscent_lr1e-5", "GradAscent_lr1e-5", forget=50, keep=50)
    half = make_run(tmp_path / "IDK", "IDK", forget=50, keep=0)
    assert summarize(load([half, whole])).order == ("GradAscent_lr1e-5", "IDK")
