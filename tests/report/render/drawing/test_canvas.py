"""Colors by name, settled by whoever wants the drawing."""

from __future__ import annotations

import builtins
from xml.etree import ElementTree

import pytest
from matplotlib.colors import to_hex

from judgekit.errors import MissingExtra
from judgekit.report.render.drawing.canvas import INK, NAMES, label_color, painted, percent_axis, to_svg
from judgekit.report.render.drawing.palette import LABELS, colors


def test_a_name_is_the_color_that_the_drawing_is_made_in():
    found = []

    def paint(figure, axes):
        percent_axis(axes.xaxis)
        found.append((to_hex(INK), to_hex(axes.xaxis.label.get_color()), to_hex(label_color("wrong"))))
        return "said"

    for theme in ("light", "dark"):
        with painted((2, 2), paint, {**colors(theme), "hatch": "#123456"}, {}) as (figure, note):
            assert figure.get_size_inches().tolist() == [2, 2] and note == "said"
    for theme, (ink, label, wrong) in zip(("light", "dark"), found, strict=True):
        assert ink == label == colors(theme)["ink"]
        assert wrong == colors(theme)["label-wrong"]


def test_a_label_of_another_rubric_has_no_color_of_a_label():
    assert label_color("full_refusal") is None
    assert {f"label-{label}" for label in LABELS} < set(NAMES)


def test_without_matplotlib_the_extra_is_named(monkeypatch):
    real = builtins.__import__

    def without(name, *args, **kwargs):
        if name.partition(".")[0] == "matplotlib":
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(MissingExtra, match="report"), painted((1, 1), lambda figure, axes: None, {}, {}):
        pass


def test_what_xml_may_not_hold_is_spelled_out():
    def paint(figure, axes):
        axes.set_yticks([0], ["a\x00b \u00e9"])

    with painted((2, 2), paint, {**colors("light"), "hatch": "#123456"}, {"svg.fonttype": "none"}) as made:
        said = to_svg(made[0])
    assert "a\\x00b \u00e9" in {element.text for element in ElementTree.fromstring(said).iter()}
