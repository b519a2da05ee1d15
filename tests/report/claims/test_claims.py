"""Promises: when they stand, when they are withdrawn, and that nothing else is called certified."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from judgekit.calibration.calibrate import calibrate
from judgekit.calibration.record import Calibration
from judgekit.calibration.reference import Reference
from judgekit.records import Evidence, EvidenceRow, HumanLabel, Verdict
from judgekit.report.claims.claims import checks, claim
from judgekit.report.claims.vouched import vouched
from judgekit.report.diagnostics import against_people, reliability, risk_coverage
from judgekit.report.rates.judged import judged_rates
from judgekit.report.run import JudgedItem, Run
from judgekit.runs.about import CascadeAbout, RunAbout


def rows(confidence, labeled, *, calibration: str | None = "abc", label: str = "leaked") -> list[JudgedItem]:
    made = []
    for number, (sure, human) in enumerate(zip(confidence, labeled, strict=True)):
        known = {"id": str(number), "question_id": str(number), "rubric": "forgetting"}
        known["human"] = (HumanLabel(annotator="a", label=label),) if human else ()
        verdict = Verdict(
            state="verdict", label=label, tier="t", confidence=sure, calibration=calibration, **known
        )
        tiers = {"t": Evidence(probs={label: sure, "wrong": 1 - sure})}
        made.append(JudgedItem(verdict, None, EvidenceRow(tiers=tiers, **known)))
    return made


def labeled(
    confidence: Sequence[float], *, right: float = 1.0, **known: Sequence[object]
) -> list[EvidenceRow]:
    """What certifies: one judge, of so much confidence, whose label a share `right` of people give too."""
    return [
        EvidenceRow(
            id=f"labeled {k}",
            question_id=f"labeled {k}",
            rubric="forgetting",
            tiers={"t": Evidence(probs={"leaked": sure, "wrong": 1 - sure})},
            human=(HumanLabel(annotator="a", label="leaked" if k < right * len(confidence) else "wrong"),),
            **{name: values[k] for name, values in known.items()},
        )
        for k, sure in enumerate(confidence)
    ]


@cache
def certified() -> Calibration:
    """A promise of 85 %, made of items on which the judge was sure."""
    return calibrate(labeled(np.random.default_rng(0).uniform(0.9, 1.0, 150)), agreement=0.85)


def run(calibration: Calibration | None) -> Run:
    made = {} if calibration is None else {"forgetting": calibration}
    return Run("r", [], RunAbout(cascades={"forgetting": CascadeAbout(labels=("leaked", "wrong"))}), made)


def test_no_calibration_is_an_opinion():
    made = claim(run(None), "forgetting", rows([0.9] * 5, [False] * 5, calibration=None))
    assert made.status == "not calibrated"
    assert not made.stands
    assert "judge's opinion only" in made.text


def test_certified_where_the_calibration_remembers_nothing_to_check_against():
    forgetful = certified().model_copy(update={"reference": Reference()})
    only = replace(run(forgetful), rows=rows([0.9] * 50, [False] * 50))
    made = claim(only, "forgetting", only.rows, checks([only])["r", "forgetting"])
    assert made.status == "certified"
    assert made.stands and made.agreement == 0.85
    assert made.shift.startswith("none")


@pytest.mark.parametrize("items", [15, 60])
def test_a_model_that_nobody_labeled_is_certified_only_after_a_look(items: int) -> None:
    sure = np.random.default_rng(1).uniform(0.9, 1.0, items)
    mine = [
        row._replace(verdict=row.verdict.model_copy(update={"model": "other"}))
        for row in rows(sure, sure < 0)
    ]
    only = replace(run(certified()), rows=mine)
    made = claim(only, "forgetting", only.rows, checks([only])["r", "forgetting"])
    assert made.stands == (items == 60)
    if not made.stands:
        assert made.status == "withdrawn" and "never saw" in made.text


def older(calibration: Calibration) -> Calibration:
    """The same as calibrations were written that remembered no more than the first tier's opinion."""
    kept = calibration.reference
    said = [row.tiers["t"] for row in kept.rows]
    reference = Reference(
        questions=kept.questions,
        groups=kept.groups,
        labels=tuple(one.label for one in said),
        confidences=tuple(one.probs[one.label] for one in said),
        forms=tuple(row.text_features for row in kept.rows if row.text_features),
    )
    return calibration.model_copy(update={"reference": reference})


@pytest.mark.parametrize("written", [lambda made: made, older], ids=["now", "older"])
@pytest.mark.parametrize(("low", "high", "status"), [(0.5, 0.7, "withdrawn"), (0.9, 1.0, "certified")])
def test_a_shift_withdraws_the_claim_though_the_run_has_no_labels(low, high, status, written):
    confidence = np.random.default_rng(1).uniform(low, high, 300)
    scored = replace(run(written(certified())), rows=rows(confidence, [False] * 300))
    made = claim(scored, "forgetting", scored.rows, checks([scored])["r", "forgetting"])
    assert made.status == status
    promises = vouched([scored], [("r", "forgetting")] if made.stands else [])
    rates = judged_rates(scored.rows, ["leaked", "wrong"], {}, promises.get(("r", "forgetting")))
    kinds = {rate.kind for rate in rates.values()}
    assert kinds == {"judge" if status == "withdrawn" else "certificate"}, (
        "a withdrawn promise narrows no interval"
    )


@pytest.mark.parametrize(("right", "status"), [(0.6, "withdrawn"), (0.95, "certified")])
def test_spot_checks_that_break_the_promise_withdraw_the_claim(right, status):
    made = rows(np.random.default_rng(1).uniform(0.9, 1.0, 300), [False] * 300)
    labeled = [
        row._replace(
            verdict=row.verdict.model_copy(
                update={"human": (HumanLabel(annotator="a", label="leaked" if k < right * 200 else "wrong"),)}
            )
        )
        for k, row in enumerate(made[:200])
    ]
    scored = replace(run(certified()), rows=[*labeled, *made[200:]])
    watch = checks([scored])["r", "forgetting"]
    found = claim(scored, "forgetting", scored.rows, watch)
    assert found.status == status and "200 spot checks" in found.audit
    assert found.stands == (status == "certified")
    if status == "withdrawn":
        assert "spot checks" in found.text
    # the same labels on items that certified the promise say nothing new
    known = calibrate(
        [row.evidence.model_copy(update={"human": row.human}) for row in labeled], agreement=0.5
    )
    assert known.certified
    assert checks([replace(run(known), rows=scored.rows)])["r", "forgetting"].audit is None


@pytest.mark.parametrize("written", [lambda made: made, older], ids=["now", "older"])
def test_a_shift_in_how_texts_look_withdraws_the_claim_though_the_judge_is_as_sure(written):
    rng = np.random.default_rng(0)
    made = calibrate(labeled([0.9] * 150, text_features=looks(rng, 0.0)), agreement=0.85)
    for moved, status in ((0.0, "certified"), (1.5, "withdrawn")):
        given = [
            row._replace(evidence=row.evidence.model_copy(update={"text_features": form}))
            for row, form in zip(rows([0.9] * 150, [False] * 150), looks(rng, moved), strict=True)
        ]
        scored = replace(run(written(made)), rows=given)
        found = claim(scored, "forgetting", scored.rows, checks([scored])["r", "forgetting"])
        assert found.status == status
        assert ("text" in found.shift) == (status == "withdrawn")


def looks(rng: np.random.Generator, middle: float) -> list[tuple[float, ...]]:
    """How 150 texts look, around a middle."""
    return [tuple(numbers) for numbers in rng.normal(middle, 1, (150, 4)).tolist()]


@pytest.mark.parametrize("written", [lambda made: made, older], ids=["now", "older"])
def test_a_promise_for_a_mixture_is_checked_on_the_mixture_and_one_by_method_on_each(written):
    rng = np.random.default_rng(1)
    sure, doubtful = rng.uniform(0.9, 1.0, 200), rng.uniform(0.5, 0.7, 200)
    methods = ["a"] * 100 + ["b"] * 100
    mixed = calibrate(labeled([*sure[:100], *doubtful[:100]]), agreement=0.85)
    each = calibrate(labeled(sure, method=methods), agreement=0.85, group_by="method")
    for made, shifted in ((mixed, set()), (each, {"b"})):
        runs = []
        for method, confidence in (("a", rng.permutation(sure)), ("b", rng.permutation(doubtful))):
            given = [
                r._replace(
                    verdict=r.verdict.model_copy(update={"method": method, "question_id": f"{method}{k}"})
                )
                for k, r in enumerate(rows(confidence, [False] * 200))
            ]
            runs.append(replace(run(written(made)), name=method, rows=given))
        found = checks(runs)
        assert {
            name for (name, _), watch in found.items() if watch.shift.shift and watch.shift.shift.shifted
        } == shifted


def test_what_people_settled_needs_no_promise_and_takes_none_away():
    made = rows([0.9] * 40, [False] * 40)
    people = [
        row._replace(verdict=row.verdict.model_copy(update={"calibration": None, "tier": "human"}))
        for row in rows([1.0] * 5, [True] * 5)
    ]
    assert claim(run(certified()), "forgetting", [*made, *people]).status == "certified"


def test_unbound_and_failed_calibrations_promise_nothing():
    bare = rows([0.9], [False], calibration=None)
    assert claim(run(certified()), "forgetting", bare).status == "unbound"
    failed = calibrate(labeled([0.9] * 12), agreement=0.85)
    made = claim(run(failed), "forgetting", bare)
    assert not failed.certified and made.status == "nothing certified"
    assert "labels would be needed" in made.text


def test_one_verdict_of_other_judges_is_enough_to_promise_nothing():
    mixed = [*rows([0.9] * 40, [False] * 40), *rows([0.9], [False], calibration=None)]
    assert not claim(run(certified()), "forgetting", mixed).stands


def test_risk_coverage_takes_ties_together():
    points = list(risk_coverage([[(0.9, True), (0.8, False), (0.8, True), (0.5, True)]], total=5))
    assert [(p.coverage, p.risk) for p in points] == [(0.2, 0.0), (0.6, pytest.approx(1 / 3)), (0.8, 0.25)]


def test_reliability_puts_certainty_in_the_last_bin():
    bins = list(reliability([(1.0, True), (0.95, False), (0.05, False)]))
    assert [(b.items, b.agreement) for b in bins] == [(1, 0.0), (2, 0.5)]


def test_people_against_people_need_two_labels():
    one = rows([0.9] * 4, [True] * 4)
    assert against_people("forgetting", rows([0.9], [False])) is None
    found = against_people("forgetting", one)
    assert found is not None and found.ceiling is None
    assert (found.agreement, found.coverage, found.labeled) == (1.0, 1.0, 4)
