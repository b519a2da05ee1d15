"""Records refuse what does not fit, in one line, and come back from JSON as they went in."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from judgekit.errors import InputError
from judgekit.records import Evidence, EvidenceRow, HumanLabel, Item, Verdict, parse, question_key
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


def test_unknown_key_names_line_and_key() -> None:
    with pytest.raises(InputError, match=r"^f\.jsonl:7: unknown key 'ouptut'; known keys: .*outputs"):
        parse(Item, {"id": "1", "question": "q", "output": "o", "ouptut": "o"}, path="f.jsonl", line=7)


def test_output_and_outputs_are_not_both_taken() -> None:
    with pytest.raises(InputError, match="give 'output' or 'outputs', not both"):
        parse(Item, {"id": "1", "question": "q", "output": "o", "outputs": ["o"]})


def test_an_item_needs_an_output() -> None:
    with pytest.raises(InputError, match="outputs"):
        parse(Item, {"id": "1", "question": "q"})


@pytest.mark.parametrize(
    "probs", [{"a": 0.5}, {"a": float("nan"), "b": 1.0}, {"a": -0.1, "b": 1.1}, {"a": float("inf")}]
)
def test_probabilities_must_be_a_distribution(probs: dict[str, float]) -> None:
    with pytest.raises(InputError, match="probabilit"):
        parse(Evidence, {"probs": probs})


@given(st.dictionaries(st.sampled_from("abcd"), st.floats(0.01, 1), min_size=2))
def test_the_label_is_the_likeliest_and_ties_are_settled_by_name(weights: dict[str, float]) -> None:
    total = sum(weights.values())
    evidence = Evidence(probs={label: w / total for label, w in weights.items()})
    best = max(evidence.probs.values())
    assert evidence.label == min(label for label, p in evidence.probs.items() if p == best)


def test_a_bare_evidence_row_is_enough() -> None:
    row = parse(
        EvidenceRow,
        {"id": "1", "tiers": {"gpt": {"probs": {"A": 1.0}}}, "human": [{"annotator": "x", "label": "A"}]},
    )
    assert row.tiers["gpt"].label == "A"


def test_states_of_a_verdict_are_kept_apart() -> None:
    with pytest.raises(ValueError, match="label belongs to the state 'verdict'"):
        Verdict(id="1", state="abstained", label="A")
    with pytest.raises(ValueError, match="needs a reason"):
        Verdict(id="1", state="unscored")


def test_records_are_frozen() -> None:
    with pytest.raises(ValueError, match="frozen"):
        Item(id="1", question="q", outputs=("o",)).id = "2"  # type: ignore[misc]
