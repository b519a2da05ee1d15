"""Rates of a run: what they rest on, and what open items do to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from judgekit.calibration.calibrate import calibrate
from judgekit.calibration.record import Calibration
from judgekit.records import Evidence, EvidenceRow, HumanLabel, Verdict
from judgekit.report.diagnostics import against_people
from judgekit.report.rates.judged import JudgedRate, judged_rates
from judgekit.report.run import JudgedItem, Run
from judgekit.report.summary import summarize
from judgekit.runs.about import CascadeAbout, RunAbout

LABELS = ("leaked", "partial", "withheld", "wrong", "degenerate")
TOGETHER = {"forgotten well": frozenset({"withheld", "wrong"})}

outcomes = st.lists(st.sampled_from([*LABELS, "abstained", "unscored"]), min_size=1, max_size=60)


def judged(
    outcome: str,
    number: int,
    people: str | None = None,
    calibration: str | None = None,
    item: str = "",
    tier: str = "lexical",
) -> JudgedItem:
    known = {"id": item or f"q{number}", "question_id": f"q{number}", "rubric": "forgetting"}
    human = (HumanLabel(annotator="a", label=people),) if people else ()
    if outcome in LABELS:
        given = {"state": "verdict", "label": outcome, "tier": tier, "confidence": 0.9}
        given |= {"calibration": calibration}
        return JudgedItem(Verdict(**known, **given, human=human))
    reason = {"reason": "no answer"} if outcome == "unscored" else {}
    return JudgedItem(Verdict(**known, state=outcome, human=human, **reason))


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


def test_outputs_of_one_question_are_drawn_together():
    """Ten outputs alike to each of 20 questions tell no more of the source than 20 outputs."""
    alike = [
        judged("leaked" if q < 10 else "wrong", q, item=f"{q}/{k}") for q in range(20) for k in range(10)
    ]
    one = [judged("leaked" if q < 10 else "wrong", q) for q in range(20)]
    many, few = (judged_rates(rows, LABELS, {})["leaked"] for rows in (alike, one))
    assert many.value == few.value == 0.5
    assert (many.low, many.high) == pytest.approx((few.low, few.high), abs=0.02)


def test_people_correct_the_judge():
    """The judge says leaked of all; people find it wrong in half of a labeled sample."""
    rows = [judged("leaked", i, people="leaked" if i % 2 else "wrong") for i in range(60)]
    rows += [judged("leaked", i) for i in range(60, 300)]
    rate = judged_rates(rows, LABELS, TOGETHER)["leaked"]
    assert rate.kind == "people"
    assert rate.value == pytest.approx(0.5, abs=0.02)
    assert 0.3 < rate.low < 0.5 < rate.high < 0.7
    assert "60 human labels" in rate.basis


@cache
def calibrated(
    agreement: float, leaked: float | None, tolerance: int, per: Literal["question", "item"]
) -> Calibration:
    """A promise of so much agreement, made on 500 items of which people and the judge say the same."""
    rows = [
        EvidenceRow(
            id=f"labeled {k}",
            question_id=f"labeled {k}",
            rubric="forgetting",
            tiers={"lexical": Evidence(probs={LABELS[k % len(LABELS)]: 1.0})},
            human=(HumanLabel(annotator="a", label=LABELS[k % len(LABELS)]),),
        )
        for k in range(500)
    ]
    targets = None if leaked is None else {"leaked": leaked}
    made = calibrate(
        rows, agreement=agreement, delta=0.05, labels=LABELS, tolerance=tolerance, per_label=targets, per=per
    )
    assert made.certified
    return made


def promised(
    outcomes: Sequence[str],
    *,
    agreement: float = 0.9,
    leaked: float | None = None,
    tolerance: int = 0,
    per: Literal["question", "item"] = "question",
) -> Run:
    """A run decided under a promise of 90 %, or of what is said else (`leaked`: of such verdicts)."""
    known = calibrated(agreement, leaked, tolerance, per)
    rows = [judged(outcome, number, calibration="abc") for number, outcome in enumerate(outcomes)]
    return Run(
        "r", rows, RunAbout(cascades={"forgetting": CascadeAbout(labels=LABELS)}), {"forgetting": known}
    )


def told(*runs: Run, label: str = "leaked") -> JudgedRate:
    return summarize(runs).runs[0].side("forget").rates[label]


@settings(max_examples=10, deadline=None)
@given(st.floats(0.8, 0.99))
def test_a_certificate_bounds_but_does_not_estimate(agreement):
    rate = told(promised(["leaked"] * 150 + ["wrong"] * 150, agreement=agreement))
    assert rate.kind == "certificate"
    assert rate.value is None
    assert rate.low <= 0.5 - (1 - agreement) / 2
    assert rate.high >= 0.5 + (1 - agreement) / 2
    assert "certificate" in rate.basis
    assert "with 0.9 confidence" in rate.basis, "its delta comes off"


def test_a_verdict_that_may_be_one_off_says_nothing_about_its_neighbors():
    """All 69 verdicts 'partial' may be 'leaked' in people's eyes without one error."""
    outcomes = ["partial"] * 69 + ["withheld"] * 231
    rate = told(promised(outcomes, tolerance=1))
    assert rate.high >= 0.23
    assert "come within 1 of people" in rate.basis
    assert told(promised(outcomes)).high < 0.18, "without tolerance only the errors may be"
    assert told(promised(outcomes, tolerance=1), label="degenerate").high < 0.2


def test_a_label_with_a_target_of_its_own_errs_as_its_target_allows():
    rate = told(promised(["leaked"] * 186 + ["wrong"] * 114, leaked=0.5))
    assert rate.low <= 0.31
    assert "50% of those saying 'leaked'" in rate.basis


def test_several_outputs_of_a_question_may_err_together():
    """The promise counts questions: the 200 outputs of 20 questions are a tenth of all questions."""
    rich = [judged("leaked", n // 10, calibration="abc", item=f"rich {n}") for n in range(200)]
    plain = promised(["wrong"] * 180)
    run = replace(plain, rows=[*rich, *(judged("wrong", 1000 + n, calibration="abc") for n in range(180))])
    assert told(run).low == pytest.approx(0, abs=0.01)
    every = replace(promised([], per="item"), rows=run.rows)
    assert told(every).low > 0.05, "the outputs count, not the questions"


def test_the_errors_of_a_promise_for_two_runs_may_all_be_in_one():
    small, large = promised(["leaked"] * 50), replace(promised(["wrong"] * 950), name="large")
    large = replace(large, rows=[judged("wrong", 1000 + n, calibration="abc") for n in range(950)])
    assert told(small, large).low == 0
    assert told(small).low > 0.7


def test_what_people_settled_does_not_speak_for_the_judges():
    """People settled 40 open items, all leaked; half of the judge's verdicts may be wrong."""
    run = promised(["leaked"] * 260, agreement=0.5)
    people = [judged("leaked", 500 + n, people="leaked", calibration="abc", tier="human") for n in range(40)]
    assert told(replace(run, rows=[*run.rows, *people])).low < 0.6


def test_nor_does_it_where_nothing_is_promised():
    """Half of the judge's verdicts are wrong by its labeled sample; 300 more items are people's own."""
    rows = [judged("leaked", i, people="leaked" if i % 2 else "wrong") for i in range(60)]
    rows += [judged("leaked", i) for i in range(60, 300)]
    people = [judged("leaked", 1000 + n, people="leaked", tier="human") for n in range(300)]
    rate = judged_rates([*rows, *people], LABELS, {})["leaked"]
    assert rate.value == pytest.approx(0.75, abs=0.02)
    unlabeled = [
        judged("leaked", n, tier="human") for n in range(40)
    ]  # labels that only the judge's file holds
    assert judged_rates(unlabeled, LABELS, {})["leaked"].kind == "people"


def test_agreement_with_people_is_the_judges():
    rows = [judged("leaked", i, people="leaked" if i % 2 else "wrong") for i in range(60)]
    people = [judged("leaked", 1000 + n, people="leaked", tier="human") for n in range(300)]
    found = against_people("forgetting", [*rows, *people])
    assert found is not None and found.agreement == 0.5 and found.coverage == pytest.approx(60 / 360)


def test_a_shared_first_place_is_no_label():
    people = (HumanLabel(annotator="a", label="leaked"), HumanLabel(annotator="b", label="wrong"))
    row = JudgedItem(Verdict(id="1", rubric="forgetting", state="abstained", human=people))
    assert row.majority is None
    assert len(row.human) == 2


def test_labels_of_another_rubric_do_not_count():
    people = (HumanLabel(annotator="a", label="correct", rubric="utility"),)
    row = JudgedItem(Verdict(id="1", rubric="forgetting", state="abstained", human=people))
    assert row.human == []
