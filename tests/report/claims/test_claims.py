"""Promises: when they stand, when they are withdrawn, and that nothing else is called certified."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from judgekit.records import Evidence, EvidenceRow, HumanLabel, Verdict
from judgekit.report.claims.claims import checks, claim
from judgekit.report.claims.vouched import vouched
from judgekit.report.diagnostics import against_people, reliability, risk_coverage
from judgekit.report.load import Judged, Run
from judgekit.report.rates.judged import judged_rates
from tests.report.make_runs import CERTIFIED


def rows(confidence, labeled, *, calibration: str | None = "abc", label: str = "leaked") -> list[Judged]:
    made = []
    for number, (sure, human) in enumerate(zip(confidence, labeled, strict=True)):
        known = {"id": str(number), "question_id": str(number), "rubric": "forgetting"}
        known["human"] = (HumanLabel(annotator="a", label=label),) if human else ()
        verdict = Verdict(
            state="verdict", label=label, tier="t", confidence=sure, calibration=calibration, **known
        )
        tiers = {"t": Evidence(probs={label: sure, "wrong": 1 - sure})}
        made.append(Judged(verdict, None, EvidenceRow(tiers=tiers, **known)))
    return made


def run(calibration) -> Run:
    return Run(
        "r", [], {"cascades": {"forgetting": {"labels": ["leaked", "wrong"], "calibration": calibration}}}
    )


def test_no_calibration_is_an_opinion():
    made = claim(run(None), "forgetting", rows([0.9] * 5, [False] * 5, calibration=None))
    assert made.status == "not calibrated"
    assert not made.stands
    assert "judge's opinion only" in made.text


def reference(confidence, **more) -> dict:
    n = len(confidence)
    questions = [f"labeled {k}" for k in range(n)]
    return {"confidences": list(confidence), "labels": ["leaked"] * n, "questions": questions, **more}


def test_certified_where_the_calibration_remembers_nothing_to_check_against():
    only = replace(run(CERTIFIED), rows=rows([0.9] * 50, [False] * 50))
    made = claim(only, "forgetting", only.rows, checks([only])["r", "forgetting"])
    assert made.status == "certified"
    assert made.stands and made.agreement == 0.85
    assert made.shift.startswith("none")


@pytest.mark.parametrize(("low", "high", "status"), [(0.5, 0.7, "withdrawn"), (0.9, 1.0, "certified")])
def test_a_shift_withdraws_the_claim_though_the_run_has_no_labels(low, high, status):
    rng = np.random.default_rng(0)
    calibration = CERTIFIED | {"reference": reference(rng.uniform(0.9, 1.0, 150))}
    scored = replace(run(calibration), rows=rows(rng.uniform(low, high, 300), [False] * 300))
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
    part = {"group": None, "label": None, "agreement": 0.85, "status": "certified"}
    certificate = CERTIFIED["certificate"] | {"parts": [part]}
    calibration = CERTIFIED | {"certificate": certificate, "labels": ["leaked", "wrong"], "tiers": ["t"]}
    made = rows([0.9] * 300, [False] * 300)
    labelled = [
        row._replace(
            verdict=row.verdict.model_copy(
                update={"human": (HumanLabel(annotator="a", label="leaked" if k < right * 200 else "wrong"),)}
            )
        )
        for k, row in enumerate(made[:200])
    ]
    scored = replace(run(calibration), rows=[*labelled, *made[200:]])
    watch = checks([scored])["r", "forgetting"]
    found = claim(scored, "forgetting", scored.rows, watch)
    assert found.status == status and "200 spot checks" in found.audit
    assert found.stands == (status == "certified")
    if status == "withdrawn":
        assert "spot checks" in found.text
    # the same labels on items that certified the promise say nothing new
    known = calibration | {"reference": {"questions": [str(k) for k in range(200)]}}
    assert checks([replace(run(known), rows=scored.rows)])["r", "forgetting"].audit is None


def test_a_shift_in_how_texts_look_withdraws_the_claim_though_the_judge_is_as_sure():
    rng = np.random.default_rng(0)
    forms = [tuple(numbers) for numbers in rng.normal(0, 1, (150, 4))]
    calibration = CERTIFIED | {"reference": reference([0.9] * 150, forms=forms)}
    for moved, status in ((0.0, "certified"), (1.5, "withdrawn")):
        made = [
            row._replace(evidence=row.evidence.model_copy(update={"form": tuple(numbers)}))
            for row, numbers in zip(
                rows([0.9] * 150, [False] * 150), rng.normal(moved, 1, (150, 4)), strict=True
            )
        ]
        scored = replace(run(calibration), rows=made)
        found = claim(scored, "forgetting", scored.rows, checks([scored])["r", "forgetting"])
        assert found.status == status
        assert ("text" in found.shift) == (status == "withdrawn")


def test_a_promise_for_a_mixture_is_checked_on_the_mixture_and_one_by_method_on_each():
    rng = np.random.default_rng(1)
    sure, doubtful = rng.uniform(0.9, 1.0, 200), rng.uniform(0.5, 0.7, 200)
    both = [*sure[:100], *doubtful[:100]]
    methods = ["a"] * 100 + ["b"] * 100
    for by, shifted in ((None, set()), ("method", {"b"})):
        known = reference(both) if by is None else reference(sure, groups=methods)
        runs = []
        for method, confidence in (("a", rng.permutation(sure)), ("b", rng.permutation(doubtful))):
            calibration = CERTIFIED | {"reference": known, "by": by}
            made = [
                r._replace(
                    verdict=r.verdict.model_copy(update={"method": method, "question_id": f"{method}{k}"})
                )
                for k, r in enumerate(rows(confidence, [False] * 200))
            ]
            runs.append(replace(run(calibration), name=method, rows=made))
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
    assert claim(run(CERTIFIED), "forgetting", [*made, *people]).status == "certified"


def test_unbound_and_failed_calibrations_promise_nothing():
    assert claim(run(CERTIFIED), "forgetting", rows([0.9], [False], calibration=None)).status == "unbound"
    failed = {
        "certificate": {"status": "nothing certified", "claim": "Nothing is certified: 60 labels needed."}
    }
    made = claim(run(failed), "forgetting", rows([0.9], [False], calibration=None))
    assert made.status == "nothing certified"
    assert "60 labels" in made.text


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
