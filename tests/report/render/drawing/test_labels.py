"""Names beside points, as many as find a place."""

from __future__ import annotations

import builtins

import pytest

from judgekit.errors import MissingExtra
from judgekit.report.render.drawing.canvas import painted
from judgekit.report.render.drawing.labels import place_names
from judgekit.report.render.drawing.palette import colors


def lost(points, names, segments=()):
    found = []

    def paint(figure, axes):
        axes.set(xlim=(0, 1), ylim=(0, 1))
        found.append(place_names(axes, points, names, segments, 4.0))
        found.append([text.get_text() for text in axes.texts])

    with painted((3, 3), paint, {**colors("light"), "hatch": "#00000000"}, {}):
        pass
    return found


def test_the_first_names_go_first_and_the_rest_is_told():
    names = [f"a rather long name {number}" for number in range(60)]
    left_out, shown = lost([(0.5, 0.5)] * 60, names)
    assert left_out and sorted([*left_out, *shown]) == sorted(names)
    assert names[0] in shown


def test_no_points_no_names():
    assert lost([], []) == [[], []]


def test_a_line_of_no_length_is_no_obstacle_of_its_own():
    assert lost([(0.5, 0.5)], ["one"], [((0.5, 0.5), (0.5, 0.5))]) == [[], ["one"]]


def test_without_textalloc_the_extra_is_named(monkeypatch):
    real = builtins.__import__

    def without(name, *args, **kwargs):
        if name == "textalloc":
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(MissingExtra, match="report"):
        lost([(0.5, 0.5)], ["one"])
