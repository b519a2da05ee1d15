"""Addresses inside the page."""

from __future__ import annotations

from urllib.parse import parse_qsl

from hypothesis import given
from hypothesis import strategies as st

from judgekit.report.render.links import item_link, items_link


@given(
    st.dictionaries(st.sampled_from(["run", "label", "flag"]), st.lists(st.text(), min_size=1), min_size=1)
)
def test_a_filter_says_every_value_once(wanted):
    link = items_link(wanted)
    head, _, query = link.partition("?")
    assert head == "#items"
    assert not set(query) & set(" \"'<>#")
    told = parse_qsl(query, keep_blank_values=True)
    assert told == [
        (key, value.encode("utf-8", "replace").decode("utf-8"))
        for key, values in wanted.items()
        for value in values
    ]


def test_one_value_may_stand_alone():
    assert items_link({"run": "a b", "label": ""}) == "#items?run=a%20b&label="


def test_an_item_is_named_with_its_run_and_rubric():
    assert item_link("NPO/1", "forgetting", "q#2") == "#item?run=NPO%2F1&rubric=forgetting&id=q%232"
