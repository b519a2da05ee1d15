"""Evidence is a distribution; the states of a verdict are kept apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from judgekit.errors import InputError
from judgekit.records import Evidence, EvidenceRow, Verdict, kind_of, parse


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


def test_the_same_failure_is_one_kind_whichever_item_and_attempt_it_was() -> None:
    reasons = ("connection refused (attempts: 1)", "connection refused (attempts: 5)", "connection refused")
    assert {kind_of(reason) for reason in reasons} == {"connection refused"}
    assert kind_of("label 'x' of item 7") == kind_of("label 'y' of item 12")
