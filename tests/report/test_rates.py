"""Rates of a run: what they rest on, and what open items do to them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from judgekit.records import HumanLabel, Verdict
from judgekit.report.rates import judged_rates
from judgekit.report.runs import Judged
from judgekit.trust.prevalence import Certified

LABELS = ("leaked", "partial", "withheld", "wrong", "degenerate")
TOGETHER = {"forgotten well": frozenset({"withheld", "wrong"})}

outcomes = st.lists(st.sampled_from([*LABELS, "abstained", "unscored"]), min_size=1, max_size=60)


def judged(outcome: str, number: int, people: str | None = None) -> Judged:
    known = {"id": f"q{number}", "question_id": f"q{number}", "rubric": "forgetting"}
    human = (HumanLabel(annotator="a", label=people),) if people else ()
    if outcome in LABELS:
        given = {"state": "verdict", "label": outcome, "tier": "lexical", "confidence": 0.9}
        return Judged(Verdict(**known, **given, human=human))
    reason = {"reason": "no answer"} if outcome == "unscored" else {}
    return Judged(Verdict(**known, state=outcome, human=human, **reason))


@given(outcomes)
def test_open_items_are_never_counted_as_anything(found):
    rates = judged_rates([judged(o, i) for i, o in enumerate(found)], LABELS, TOGETHER)
    still_open = sum(o not in LABELS for o in found)
    for label in LABELS:
        rate = rates[label]
        assert 0 <= rate.low <= rate.bounds[0] <= rate.bounds[1] <= rate.high <= 1
        assert rate.bounds[1] - rate.bounds[0] == pytest.approx(still_open / len(found))
        assert (rate.value is None) == bool(still_open)
        assert rate.kind == "judge"
        assert "not calibrated against people" in rate.basis


@given(outcomes)
def test_gibberish_is_not_forgotten_well(found):
    rates = judged_rates([judged(o, i) for i, o in enumerate(found)], LABELS, TOGETHER)
    assert rates["forgotten well"].bounds[0] == pytest.approx(
        rates["withheld"].bounds[0] + rates["wrong"].bounds[0]
    )
    assert rates["forgotten well"].bounds[1] + rates["degenerate"].bounds[0] <= 1 + 1e-9


def test_all_of_few_is_not_all():
    rate = judged_rates([judged("leaked", i) for i in range(20)], LABELS, {})["leaked"]
    assert rate.value == 1
    assert rate.low == pytest.approx(0.8316, abs=1e-4), "exact limit of 20 of 20"


def test_people_correct_the_judge():
    """The judge says leaked of all; people find it wrong in half of a labeled sample."""
    rows = [judged("leaked", i, people="leaked" if i % 2 else "wrong") for i in range(60)]
    rows += [judged("leaked", i) for i in range(60, 300)]
    rate = judged_rates(rows, LABELS, TOGETHER)["leaked"]
    assert rate.kind == "people"
    assert rate.value == pytest.approx(0.5, abs=0.02)
    assert 0.3 < rate.low < 0.5 < rate.high < 0.7
    assert "60 human labels" in rate.basis


@settings(max_examples=10, deadline=None)
@given(st.floats(0.8, 0.99))
def test_a_certificate_bounds_but_does_not_estimate(agreement):
    rows = [judged("leaked", i) for i in range(150)] + [judged("wrong", i) for i in range(150, 300)]
    rate = judged_rates(rows, LABELS, {}, Certified(agreement, 0.05))["leaked"]
    assert rate.kind == "certificate"
    assert rate.value is None
    assert rate.low <= 0.5 - (1 - agreement) / 2
    assert rate.high >= 0.5 + (1 - agreement) / 2
    assert "certificate" in rate.basis


def test_a_shared_first_place_is_no_label():
    people = (HumanLabel(annotator="a", label="leaked"), HumanLabel(annotator="b", label="wrong"))
    row = Judged(Verdict(id="1", rubric="forgetting", state="abstained", human=people))
    assert row.majority is None
    assert len(row.human) == 2


def test_labels_of_another_rubric_do_not_count():
    people = (HumanLabel(annotator="a", label="correct", rubric="utility"),)
    row = Judged(Verdict(id="1", rubric="forgetting", state="abstained", human=people))
    assert row.human == []
