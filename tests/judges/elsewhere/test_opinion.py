"""Whatever a judge says is an opinion about labels of the rubric, or says why it is none."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from judgekit.judges.base import Answer
from judgekit.judges.elsewhere.opinion import Unreadable, read, spelled
from judgekit.judges.reading.verdicts import label_probs
from judgekit.records import Evidence

LABELS = ("right", "wrong", "none")
ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.floats()
    | st.integers()
    | st.text()
    | st.sampled_from(LABELS)
    | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(LABELS) | st.text(), inner),
    max_leaves=6,
)


def probs(answer: Answer) -> dict[str, float]:
    found = label_probs(answer, {label: label for label in LABELS})
    assert found is not None
    return found[0]


@given(ANYTHING)
def test_anything_is_an_opinion_or_a_reason(said: Any) -> None:
    try:
        answer = read(said, {"1": "right", "0": "wrong"}, LABELS, 0.0)
    except Unreadable as why:
        assert str(why)
        return
    assert bool(answer.error) == (not answer.logprobs)
    if answer.logprobs:
        assert set(answer.logprobs) <= set(LABELS)
        assert math.isclose(sum(probs(answer).values()), 1)


@given(st.lists(st.floats(0, 1), min_size=3, max_size=3).filter(lambda row: sum(row) > 0.01))
def test_probabilities_come_out_as_they_went_in(row: list[float]) -> None:
    said = {label: p / sum(row) for label, p in zip(LABELS, row, strict=True)}
    for one in (said, Evidence(probs=said)):
        assert probs(read(one, {}, LABELS, None)) == pytest.approx(said, abs=1e-6)


def test_names_are_spelled_as_yaml_may_have_read_them() -> None:
    assert [spelled(one) for one in (True, False, 1, 1.0, 0.5, "yes")] == [
        "yes",
        "no",
        "1",
        "1",
        "0.5",
        "yes",
    ]


def test_what_evidence_says_it_cost_goes_before_the_price() -> None:
    assert read(Evidence(probs={"right": 1.0}, cost=0.25), {}, LABELS, 1.0).cost == 0.25
    assert read(Evidence(probs={"right": 1.0}), {}, LABELS, 1.0).cost == 1.0
    assert read("right", {}, LABELS, None).cost is None
