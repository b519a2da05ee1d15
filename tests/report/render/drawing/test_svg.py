"""A chart inside the page: no inline style, no scripts, text as text, ids of its own, links to items."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from judgekit.report.render.drawing.canvas import INK, NAMES, SERIES, UNDECIDED, color, label_color, lead
from judgekit.report.render.drawing.svg import draw

SVG = "{http://www.w3.org/2000/svg}"
TITLE = 'Outputs & "answers" of <runs>'


def paint(figure, axes):
    bars = axes.barh([0, 1], [3, 4], color=label_color("leaked"), hatch="//")
    lead(bars[0], "#items?run=a%20b&label=leaked", "a b: leaked 3", 3)
    (line,) = axes.plot([0, 1], [0, 1], "o-", color=SERIES[0], clip_on=True)
    lead(line, "#items?run=c", "c")
    axes.text(1, 1, "$5 & <b>bold</b>", color=INK, weight="bold")


@pytest.fixture(scope="module")
def drawn():
    return draw("one", TITLE, "what it shows", (4, 3), paint).svg


@pytest.fixture(scope="module")
def root(drawn):
    return ElementTree.fromstring(drawn)


def test_nothing_that_a_strict_policy_forbids(root):
    for element in root.iter():
        assert element.tag not in (f"{SVG}style", f"{SVG}script")
        assert not [key for key in element.attrib if key == "style" or key.startswith("on")]


def test_colors_are_variables_of_the_page(drawn, root):
    said = {value for element in root.iter() for key in ("fill", "stroke") if (value := element.get(key))}
    assert {"var(--label-leaked)", "var(--series-0)", "var(--ink)", "var(--hatch)"} <= said
    assert not re.search(r"#01[0-9a-f]{2}fe", drawn)
    assert {re.sub(r"url\(#.*\)", "url", value) for value in said} <= {
        "none",
        "url",
        *(f"var(--{name})" for name in NAMES),
    }


def test_text_stays_text_in_the_page_s_typeface(root):
    texts = {element.text: element for element in root.iter(f"{SVG}text")}
    assert texts["$5 & <b>bold</b>"].get("font-weight") in ("bold", "700")
    assert float(texts["$5 & <b>bold</b>"].get("font-size")) > 8
    assert not any(element.get("font-family") for element in texts.values())


def test_ids_are_the_chart_s_own_and_every_reference_is_met(root):
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(ids) == len(set(ids)) and all(one.startswith("one-") for one in ids)
    referred = {
        found
        for element in root.iter()
        for key, value in element.attrib.items()
        if element.tag != f"{SVG}a" and (key == "href" or value.startswith("url("))
        for found in re.findall(r"#([^)]+)", value)
    }
    assert referred and referred <= set(ids)


def test_links_say_where_they_lead_and_how_many_items(root):
    links = {element.get("href"): element for element in root.iter(f"{SVG}a")}
    bar, point = links["#items?run=a%20b&label=leaked"], links["#items?run=c"]
    assert bar.get("data-count") == "3" and bar.find(f"{SVG}title").text == "a b: leaked 3"
    assert point.get("data-count") is None and point.get("aria-label") == "c"


def test_a_link_opens_in_its_own_page(drawn):
    assert "<a " in drawn and "target=" not in drawn


def test_it_is_named_described_and_a_group_where_parts_of_it_lead_somewhere(root):
    assert root.get("role") == "group"
    assert root.get("aria-labelledby") == "one-title one-text"
    assert [child.text for child in list(root)[:2]] == [TITLE, "what it shows"]
    still = draw("two", "t", "w", (2, 2), lambda figure, axes: axes.plot([0, 1], color=UNDECIDED) and None)
    assert ElementTree.fromstring(still.svg).get("role") == "img"


def test_the_same_chart_is_the_same_bytes(drawn):
    assert drawn == draw("one", TITLE, "what it shows", (4, 3), paint).svg
    assert color("ink") == INK
