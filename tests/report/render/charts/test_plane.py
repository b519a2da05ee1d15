"""The plane: every run has its point, and no name stands on anything."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from itertools import combinations
from xml.etree import ElementTree

import pytest

from judgekit.report.render.charts import drawn, plane
from judgekit.report.render.charts.plane import _front
from judgekit.report.render.links import items_link
from tests.report.render.charts.drawings import made_up, of_many, painting


@pytest.fixture(scope="module")
def summary(tmp_path_factory):
    return made_up(tmp_path_factory.mktemp("plane"))


def marks(axes):
    """The points that lead to items."""
    return [line for line in axes.lines if line.get_url()]


def crosses(segment, box):
    (x0, y0), (x1, y1) = segment  # across or up
    return x0 <= box.x1 and x1 >= box.x0 and min(y0, y1) <= box.y1 and max(y0, y1) >= box.y0


@pytest.mark.parametrize("narrow", [False, True], ids=["wide", "narrow"])
@pytest.mark.parametrize(("count", "jitter"), [(2, 0), (14, 0), (14, 0.03), (50, 0), (50, 0.02)])
def test_names_stand_on_no_name_point_or_whisker(summary, count, jitter, narrow):
    drawing = plane.CHART.draw(of_many(summary, count, jitter=jitter))
    with painting(drawing, drawing.narrow if narrow else None) as (figure, note):
        (axes,) = figure.axes
        renderer = figure._get_renderer()
        boxes = {text.get_text(): text.get_window_extent(renderer) for text in axes.texts}
        points = [
            axes.transData.transform((line.get_xdata()[0], line.get_ydata()[0])) for line in marks(axes)
        ]
        whiskers = [
            axes.transData.transform(segment)
            for collection in axes.collections
            for segment in collection.get_segments()
        ]
        radius = plane.RADIUS * figure.dpi / 72
        inside = axes.get_window_extent(renderer)
        assert len(points) == count and len(whiskers) == 2 * count
        for (one, a), (other, b) in combinations(boxes.items(), 2):
            assert not a.overlaps(b), f"{one} over {other}"
        for name, box in boxes.items():
            assert inside.x0 <= box.x0 and box.x1 <= inside.x1, f"{name} leaves the axes"
            for x, y in points:
                near = (min(max(x, box.x0), box.x1), min(max(y, box.y0), box.y1))
                assert (near[0] - x) ** 2 + (near[1] - y) ** 2 >= (0.7 * radius) ** 2, f"{name} over a point"
            assert not any(crosses(segment, box) for segment in whiskers), f"{name} over a whisker"
        lost = count - len(boxes)
        assert note.startswith(f"{lost} of {count} names") if lost else note == ""


def test_few_names_all_find_a_place(summary):
    drawing = plane.CHART.draw(summary)
    with painting(drawing) as (figure, note):
        assert {text.get_text() for text in figure.axes[0].texts} == {run.title for run in summary.runs}
        assert note == ""


def test_every_point_leads_to_the_items_of_its_run(summary):
    with painting(plane.CHART.draw(summary)) as (figure, _):
        found = {line.get_url(): json.loads(line.get_gid()) for line in marks(figure.axes[0])}
    assert set(found) == {items_link({"run": run.name}) for run in summary.runs}
    for run in summary.runs:
        told = found[items_link({"run": run.name})]
        assert told["count"] == run.items and told["title"].startswith(f"{run.title}: forgotten well ")


def test_runs_of_a_method_are_joined_in_the_order_of_its_setting(summary):
    (compared,) = summary.comparisons
    names = [run.name for run in summary.runs if run.method == "NPO"]
    (sweep,) = [one for one in compared.sweeps if one.method == "GradAscent"]
    assert sweep.setting == "lr" and len(sweep.lines[0]) == 2 and len(names) == 1
    with painting(plane.CHART.draw(summary)) as (figure, _):
        drawn_lines = [line.get_xydata().tolist() for line in figure.axes[0].lines if not line.get_url()]
    runs = {run.name: run for run in summary.runs}
    expected = [
        [run.side("forget").rates["forgotten well"].middle, run.side("keep").rates["correct"].middle]
        for name in sweep.lines[0]
        for run in [runs[name]]
    ]
    assert expected in drawn_lines


def test_what_others_are_measured_against_is_marked_apart(summary):
    with painting(plane.CHART.draw(summary)) as (figure, _):
        found = {json.loads(line.get_gid())["title"].split(":")[0]: line for line in marks(figure.axes[0])}
    stars = {title for title, line in found.items() if line.get_marker() == plane.BASELINE}
    assert stars == {run.title for run in summary.runs if run.baseline} and len(stars) == 2
    gone = {title for title, line in found.items() if line.get_marker() == plane.GONE}
    assert gone == {run.title for run in summary.runs if run.answers is False} and gone


def test_the_front_goes_through_the_best_figures_from_axis_to_axis():
    points = [(0.1, 0.9), (0.5, 0.5), (0.4, 0.5), (0.5, 0.4), (0.8, 0.2)]
    assert _front(points) == [
        (0.8, plane.LOW),
        (0.8, 0.2),
        (0.5, 0.2),
        (0.5, 0.5),
        (0.1, 0.5),
        (0.1, 0.9),
        (plane.LOW, 0.9),
    ]
    assert _front([]) == []


def test_without_both_sides_there_is_no_plane(summary):
    runs = tuple(
        replace(run, groups=tuple(group for group in run.groups if group.side == "forget"))
        for run in summary.runs
    )
    assert plane.CHART.draw(replace(summary, runs=runs)) is None


def test_the_page_has_a_wide_and_a_narrow_one_with_text_that_can_be_read(summary):
    chart = plane.CHART
    html = drawn(chart, chart.draw(of_many(summary, 50))).svg
    root = ElementTree.fromstring(f"<body>{html}</body>")
    wide, narrow = root.findall("div")
    assert (wide.get("class"), narrow.get("class")) == ("drawn wide", "drawn narrow")
    assert "found no place" in wide.find("p").text
    for part, widest in ((wide, 525), (narrow, 365)):
        svg = part.find("{http://www.w3.org/2000/svg}svg")
        scale = int(svg.get("width")) / float(svg.get("viewBox").split()[2])
        assert int(svg.get("width")) < widest
        sizes = {float(text.get("font-size")) * scale for text in svg.iter() if text.get("font-size")}
        assert min(sizes) >= 11
    ids = re.findall(r' id="([^"]+)"', html)
    assert len(ids) == len(set(ids))


def test_only_the_baselines_that_are_there_are_explained(summary):
    runs = [replace(run, baseline="") for run in summary.runs]
    told = {
        which: plane.CHART.draw(replace(summary, runs=(replace(runs[0], baseline=which), *runs[1:]))).caption
        for which in ("", "original", "retrained")
    }
    assert {which: ("★" in said, "☆" in said) for which, said in told.items()} == {
        "": (False, False),
        "original": (True, False),
        "retrained": (False, True),
    }
