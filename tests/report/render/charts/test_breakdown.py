"""Bars of what the outputs were judged to be: every part leads to exactly the items that it counts."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from urllib.parse import parse_qsl
from xml.etree import ElementTree

import pytest
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle

from judgekit.report import load, summarize
from judgekit.report.render.charts import breakdown, drawn
from judgekit.report.render.drawing.palette import HATCHES, colors
from tests.report.make_runs import METHODS, make_run
from tests.report.render.charts.drawings import of_many, painting


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bars")
    return load([make_run(folder / name, name, abstain=0.1, unscored=0.05) for name in METHODS])


@pytest.fixture(scope="module")
def summary(runs):
    return summarize(runs)


def parts(figure):
    return [patch for patch in figure.axes[0].patches if isinstance(patch, Rectangle) and patch.get_url()]


@pytest.mark.parametrize(("chart", "side"), [(breakdown.FORGET, "forget"), (breakdown.KEEP, "keep")])
def test_every_part_leads_to_exactly_its_items(runs, summary, chart, side):
    rubric = {"forget": "forgetting", "keep": "utility"}[side]
    wanted = Counter(
        (run.name, row.verdict.label or "", row.verdict.state if row.verdict.label is None else "verdict")
        for run in runs
        for row in run.rows
        if row.verdict.rubric == rubric
    )
    found = Counter()
    with painting(chart.draw(summary)) as (figure, _):
        for part in parts(figure):
            asked = parse_qsl(part.get_url().removeprefix("#items?"), keep_blank_values=True)
            keys = dict(asked)
            assert keys["rubric"] == rubric
            told = json.loads(part.get_gid())
            states = [value for key, value in asked if key == "state"]
            counted = [(keys["run"], keys.get("label", ""), state) for state in states or ["verdict"]]
            assert told["count"] == sum(wanted[one] for one in counted)
            for one in counted:
                found[one] += wanted[one]
    assert found == wanted


def test_open_items_lead_only_to_states_that_occur(tmp_path):
    summary = summarize(load([make_run(tmp_path / "IDK", "IDK", abstain=0.3)]))
    with painting(breakdown.FORGET.draw(summary)) as (figure, _):
        asked = [parse_qsl(part.get_url().removeprefix("#items?")) for part in parts(figure)]
    assert [value for pairs in asked for key, value in pairs if key == "state"] == ["abstained"]


def test_a_part_that_labels_correct_does_not_read_like_a_count(tmp_path):
    said = []
    for human in (0.0, 0.5):
        summary = summarize(load([make_run(tmp_path / str(human), "IDK", human=human)]))
        with painting(breakdown.FORGET.draw(summary)) as (figure, _):
            said.append([json.loads(part.get_gid())["title"] for part in parts(figure)])
    assert all(title.endswith(" of 60 verdicts)") for title in said[0])
    assert all(
        "an estimate that people's labels correct; the link shows the verdicts, " in title
        for title in said[1]
    )


def test_bars_stand_best_run_first(summary):
    with painting(breakdown.FORGET.draw(summary)) as (figure, _):
        shown = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    titles = {run.name: run.title for run in summary.runs}
    assert shown == [titles[name] for name in summary.order]


def test_a_label_has_one_color_and_pattern_on_both_sides(summary):
    light = colors("light")
    for chart in (breakdown.FORGET, breakdown.KEEP):
        with painting(chart.draw(summary)) as (figure, _):
            for part in parts(figure):
                label = dict(parse_qsl(part.get_url().removeprefix("#items?"))).get("label")
                if label is not None:
                    assert to_hex(part.get_facecolor()) == light[f"label-{label}"]
                    assert (part.get_hatch() or "") == HATCHES[label]
                else:
                    assert to_hex(part.get_facecolor()) == light["undecided"]


@pytest.mark.parametrize("narrow", [False, True], ids=["wide", "narrow"])
def test_numbers_stand_inside_their_parts(summary, narrow):
    drawing = breakdown.FORGET.draw(of_many(summary, 24))
    with painting(drawing, drawing.narrow if narrow else None) as (figure, _):
        axes = figure.axes[0]
        renderer = figure._get_renderer()
        boxes = [patch.get_window_extent(renderer) for patch in axes.patches]
        numbers = [text for text in axes.texts if text.get_text().isdigit()]
        assert len(numbers) > 24
        for number in numbers:
            box = number.get_window_extent(renderer)
            assert any(
                bar.x0 <= box.x0 and box.x1 <= bar.x1 and bar.y0 <= (box.y0 + box.y1) / 2 <= bar.y1
                for bar in boxes
            ), number.get_text()


def test_many_rows_are_thinner_and_none_is_lost(summary):
    few, many = (breakdown.FORGET.draw(of_many(summary, count)) for count in (20, 50))
    assert many.size[1] / 50 < few.size[1] / 20
    with painting(many) as (figure, _):
        assert len(figure.axes[0].get_yticks()) == 50


def test_long_titles_stand_above_their_bars(summary):
    longer = tuple(replace(run, title=f"{run.title} {'x' * 40}") for run in summary.runs)
    with painting(breakdown.FORGET.draw(replace(summary, runs=longer))) as (figure, _):
        axes = figure.axes[0]
        assert axes.get_window_extent().width > 0.9 * figure.bbox.width
        assert {run.title for run in longer} <= {text.get_text() for text in axes.texts}


@pytest.mark.parametrize("letters", [3, breakdown.BESIDE])
@pytest.mark.parametrize("narrow", [False, True], ids=["wide", "narrow"])
def test_the_legend_stands_inside_whatever_the_titles(summary, letters, narrow):
    named = tuple(replace(run, title=run.title[:1] * letters) for run in summary.runs)
    drawing = breakdown.FORGET.draw(replace(summary, runs=named))
    with painting(drawing, drawing.narrow if narrow else None) as (figure, _):
        box = figure.axes[0].get_legend().get_window_extent()
        assert figure.bbox.x0 <= box.x0 and box.x1 <= figure.bbox.x1


def test_what_is_undecided_is_striped_on_the_screen_too(summary):
    page = ElementTree.fromstring(
        f"<body>{drawn(breakdown.FORGET, breakdown.FORGET.draw(summary)).svg}</body>"
    )
    svg = "{http://www.w3.org/2000/svg}"
    patterns = {
        pattern.find(f"{svg}rect").get("fill"): pattern.find(f"{svg}path").get("stroke")
        for pattern in page.iter(f"{svg}pattern")
    }
    assert patterns["var(--undecided)"] == "var(--paper)"
    assert patterns["var(--label-wrong)"] == "var(--hatch)"
