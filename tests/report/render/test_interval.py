"""A drawn interval stands where its numbers say."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree

from judgekit.report.rates.judged import JudgedRate
from judgekit.report.render.interval import MARGIN, WIDTH, drawn

RATE = JudgedRate("leaked", 0.5, 0.25, 0.75, (0.5, 0.5), "people", "")
ROOM = WIDTH - 2 * MARGIN


def parts(svg: str) -> dict[str, ElementTree.Element]:
    return {part.attrib["class"]: part for part in ElementTree.fromstring(svg)}


def test_point_and_whiskers_stand_on_the_scale_of_all_shares():
    found = parts(drawn(RATE, "leaked"))
    assert float(found["point"].attrib["cx"]) == MARGIN + ROOM / 2
    assert found["whisker"].attrib["d"].startswith(f"M{MARGIN + ROOM / 4:g} 7H{MARGIN + 3 * ROOM / 4:g}")
    assert "open" not in found and "chance" not in found


def test_what_is_left_open_is_a_bar_without_a_point():
    found = parts(drawn(replace(RATE, value=None, bounds=(0.3, 0.6)), "leaked"))
    assert "point" not in found
    bar = found["open"].attrib
    assert abs(float(bar["width"]) - 0.3 * ROOM) < 0.2
    exact = parts(drawn(replace(RATE, value=None, bounds=(0.3, 0.3)), "leaked"))
    assert float(exact["open"].attrib["width"]) == 1, "even a point of a bar can be seen"


def test_chance_is_a_tick_where_its_middle_is():
    found = parts(drawn(RATE, "leaked", replace(RATE, value=1.0)))
    assert found["chance"].attrib["d"].startswith(f"M{MARGIN + ROOM:g} ")


def test_nothing_in_it_needs_inline_style():
    assert "style" not in drawn(RATE, "leaked", RATE)
