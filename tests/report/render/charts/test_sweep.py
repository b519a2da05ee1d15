"""Small panels of a method's setting."""

from __future__ import annotations

import json

import pytest

from judgekit.report import load, summarize
from judgekit.report.render.charts import sweep
from judgekit.report.render.charts.sweep import _apart
from tests.report import make_runs
from tests.report.render.charts.drawings import painting

METHODS = ("GradAscent_lr1e-5", "GradAscent_lr1e-4", "NPO_lr1e-5", "NPO_lr2e-5", "IDK")


@pytest.fixture(scope="module")
def summary(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sweep")
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(make_runs.METHODS, "NPO_lr2e-5", make_runs.METHODS["NPO_lr1e-5"])
        return summarize(load([make_runs.make_run(folder / name, name) for name in METHODS]))


def test_a_panel_a_method_by_size_over_decades_by_logarithm(summary):
    drawing = sweep.CHART.draw(summary)
    with painting(drawing) as (figure, _):
        panels = {axes.get_title("left"): axes for axes in figure.axes}
        assert set(panels) == {"GradAscent", "NPO"}
        assert panels["GradAscent"].get_xticks().tolist() == [-5, -4]
        assert panels["NPO"].get_xticks().tolist() == [1e-5, 2e-5]
        assert [text.get_text() for text in panels["NPO"].get_xticklabels()] == ["1e-5", "2e-5"]
        assert {axes.get_ylim() for axes in figure.axes} == {(-0.03, 1.03)}


def test_every_figure_of_a_run_leads_to_its_items(summary):
    runs = {run.name: run for run in summary.runs}
    with painting(sweep.CHART.draw(summary)) as (figure, _):
        marks = [line for axes in figure.axes for line in axes.lines if line.get_url()]
    counted = [
        run.side(side).counted(rate)
        for name, run in runs.items()
        if name != "IDK"
        for side, rate in (("forget", "forgotten well"), ("keep", "correct"))
    ]
    assert len(marks) == sum(map(bool, counted)) > 6, "what no verdict is behind leads nowhere"
    counts = {json.loads(mark.get_gid())["title"]: json.loads(mark.get_gid())["count"] for mark in marks}
    for run in runs.values():
        forget = run.side("forget")
        for title, count in counts.items():
            if title.startswith(f"{run.title}: forgotten well"):
                assert count == forget.counts["withheld"] + forget.counts["wrong"]


def test_ticks_do_not_run_into_each_other():
    said = _apart({0.0: "0", 1.5: "1.5", 1.6: "1.6", 5.0: "5"})
    assert said[0] == "0" and said[-1] == "5" and said[1:3] == ["1.5", ""]


def test_one_run_a_method_is_no_sweep(tmp_path):
    assert sweep.CHART.draw(summarize(load([make_runs.make_run(tmp_path / "IDK", "IDK")]))) is None
