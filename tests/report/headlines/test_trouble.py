"""What failed is said on the first screen, with its reason and to its extent."""

from __future__ import annotations

from dataclasses import replace

import pytest

from judgekit.calibration import ood, suspects
from judgekit.report.claims.claims import Claim
from judgekit.report.diagnostics import People
from judgekit.report.headlines.trouble import trouble
from judgekit.report.standing import promised
from tests.report.headlines.told import told

FAILED = "judge 'x' failed on 3 of 9 items under forgetting (HTTP 401)"


def said(*runs):
    found = list(trouble(runs))
    assert len(found) <= 1
    return found[0].text if found else ""


def unscored(name, count, **reasons):
    run = told(name)
    group = replace(run.groups[0], unscored=count, reasons=reasons)
    return replace(run, groups=(group, *run.groups[1:]))


def labeled(name, agreement, count=100, runs=3, baseline=""):
    claims = [
        Claim("forgetting", "certified", "text", agreement=0.9, delta=0.1, runs=runs),
        Claim("utility", "not calibrated", "opinion"),
    ]
    people = People("forgetting", count, 1, count, agreement, 1.0, None, (), ())
    return replace(told(name, claims=claims, baseline=baseline), people=(people,))


def test_where_nothing_failed_nothing_is_said():
    assert said(told("A")) == ""


def test_a_judge_that_failed_is_heard_with_its_reason():
    assert said(told("A", failed=[FAILED])) == f"A: {FAILED}."


def test_failures_in_several_runs_do_not_hide_the_reason():
    runs = [told(name, failed=[FAILED]) for name in "AB"]
    assert said(told("C"), *runs) == f"A: {FAILED}. More judges failed on items of B."


@pytest.mark.parametrize(
    ("count", "reasons", "expected"),
    [
        (1, {"no answer": 1}, "1 item is unscored and counts as open (no answer)."),
        (3, {"no answer": 1, "late": 2}, "3 items are unscored and count as open (most often: late)."),
        (3, {"late": 3, ood.REASON: 9, suspects.REASON: 4}, "3 items are unscored and count as open (late)."),
        (3, {}, "3 items are unscored and count as open."),
    ],
)
def test_unscored_items_are_counted_with_their_reason(count, reasons, expected):
    assert said(unscored("A", count, **reasons)) == expected


def test_a_run_alone_below_a_promise_for_all():
    assert said(labeled("A", 0.867), labeled("B", 0.97), labeled("original", 0.97, baseline="original")) == (
        "On A alone, agreement with people on forgetting is 86.7 %, below the promised 90 %. The certificate covers "
        "all 3 runs together only."
    )


def test_unlearned_runs_together_below_a_promise_that_the_original_meets():
    runs = [labeled("A", 0.85), labeled("B", 0.9), labeled("original", 1.0, baseline="original")]
    text = (
        "On the unlearned runs alone, agreement with people on forgetting is 87.5 %, below the promised 90 %. On A "
        "alone, agreement with people on forgetting is 85.0 %, below the promised 90 %. The certificate covers all 3 "
        "runs together only."
    )
    assert said(*runs) == text
    found = [one.text for one in promised(runs) if one.text.startswith("On the unlearned runs alone, 87.5 %")]
    assert len(found) == 1
    assert "unlearned runs" not in said(labeled("A", 0.95), labeled("B", 0.9), runs[2])
    assert "unlearned runs" not in said(labeled("A", 0.85, count=5), labeled("B", 0.9, count=5), runs[2])


def test_a_promise_for_one_run_is_not_said_to_be_for_all():
    assert "together" not in said(labeled("A", 0.8, runs=1))
