"""Items come back from JSON as they went in."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from judgekit.errors import InputError
from judgekit.records import HumanLabel, Item, parse, question_key
from judgekit.runs.writer import line

text = st.text(st.characters(exclude_categories=("Cs",)), max_size=30)
items = st.builds(
    Item,
    id=text,
    question=text,
    references=st.lists(text, max_size=3).map(tuple),
    outputs=st.lists(text, min_size=1, max_size=2).map(tuple),
    split=text,
    recorded=st.dictionaries(text, st.one_of(st.floats(allow_nan=False), text, st.none()), max_size=2),
    human=st.lists(st.builds(HumanLabel, annotator=text, label=text), max_size=2).map(tuple),
)


@given(items)
def test_an_item_comes_back_from_its_line(item: Item) -> None:
    written = line(item)
    assert written.count("\n") == 1 and len(written.splitlines()) == 1
    back = parse(Item, json.loads(written))
    assert back.model_copy(update={"question_id": ""}) == item.model_copy(update={"question_id": ""})
    assert back.question_id in (item.question_id, question_key(item.question))


def test_output_and_outputs_are_not_both_taken() -> None:
    with pytest.raises(InputError, match="give 'output' or 'outputs', not both"):
        parse(Item, {"id": "1", "question": "q", "output": "o", "outputs": ["o"]})


def test_an_item_needs_an_output() -> None:
    with pytest.raises(InputError, match="outputs"):
        parse(Item, {"id": "1", "question": "q"})
