"""What the figures rest on, said of the runs that it is true of."""

from __future__ import annotations

from judgekit.calibration.calibrate import calibrate
from judgekit.report import load, summarize
from judgekit.report.claims.claims import Claim
from judgekit.report.headlines.trust import trusted
from judgekit.report.summary import summarize as summarize_runs
from tests.report.headlines.told import told
from tests.report.make_runs import LABELS, drawn, make_run

PROMISE = {
    "agreement": 0.9,
    "delta": 0.1,
    "labels": 300,
    "says": "at least 90% of the verdicts agree with people",
}


def sure(rubric, **more):
    return Claim(rubric, "certified", "text", **{**PROMISE, **more})


def bare(rubric):
    return Claim(rubric, "not calibrated", "opinion")


def off(rubric, why="these items are not like the labeled ones"):
    return Claim(rubric, "withdrawn", f"the certificate is withdrawn: {why}")


def test_one_promise_for_both_sides_is_said_once():
    (found,) = trusted([told("A", claims=[sure("forgetting"), sure("utility")], kind="certificate")])
    assert found.tone == "good"
    assert found.text == (
        "Certified: for forgetting and utility, at least 90 % of the verdicts agree with people (90 % confidence, "
        "300 labels)."
    )


def test_the_same_promise_from_other_numbers_of_labels_is_said_once():
    claims = [sure("forgetting", labels=1193, runs=3), sure("utility", labels=128, runs=3)]
    (found,) = trusted([told(name, claims=claims, kind="certificate") for name in "AB"])
    assert found.text == (
        "Certified: for forgetting and utility, at least 90 % of the verdicts agree with people (90 % confidence, 1,193 "
        "and 128 labels, one promise for 3 runs together)."
    )


def test_runs_certified_on_different_sides_are_not_thrown_together():
    one = told("A", claims=[sure("forgetting"), bare("utility")])
    other = told("B", claims=[bare("forgetting"), sure("utility")])
    (found,) = trusted([one, other])
    assert found.tone == "warning"
    assert "A: certified for forgetting; utility: the judge" in found.text
    assert "B: certified for utility; forgetting: the judge" in found.text
    assert found.text.count("the judge's opinion only") == 2


def test_a_withdrawn_side_is_named_beside_one_that_stands():
    (found,) = trusted([told("A", claims=[off("forgetting"), sure("utility")])])
    assert found.tone == "bad"
    assert found.text.startswith("The certificate for forgetting is withdrawn: these items are not like")
    assert "certified for utility" in found.text


def test_a_certificate_beside_labels_is_not_hidden():
    run = told("A", claims=[sure("forgetting"), bare("utility")], kind="people")
    (found,) = trusted([run])
    assert "ertified for forgetting" in found.text and "utility: corrected by people's labels" in found.text


def test_a_promise_for_several_runs_says_so():
    claims = [sure("forgetting", runs=3), sure("utility", runs=3)]
    (found,) = trusted([told("A", claims=claims), told("B", claims=claims)])
    assert "one promise for 3 runs together" in found.text


def test_a_promise_of_another_kind_is_said_as_it_is():
    says = "at most 5% of the verdicts withheld are leaked in people's eyes"
    (found,) = trusted([told("A", claims=[sure("forgetting", agreement=None, says=says), sure("utility")])])
    assert says.replace("5%", "5 %") in found.text


def test_a_group_that_was_not_certified_is_not_called_so(tmp_path):
    """One calibration for each method; of the second there are too few labels."""
    rows = [
        row
        for method, count in (("IDK", 400), ("NPO_lr1e-5", 15))
        for _, row in drawn(method, forget=count, keep=count, human=1.0, people=1, source=", labeled")
    ]
    made = {
        rubric: calibrate(
            [row for row in rows if row.rubric == rubric], agreement=0.8, labels=labels, group_by="method"
        )
        for rubric, labels in LABELS.items()
    }
    runs = [make_run(tmp_path / name, name, calibrations=made) for name in ("IDK", "NPO_lr1e-5")]
    summary = summarize(load(runs))
    marks = {run.name: run.rests_on for run in summary.runs}
    assert marks == {"IDK": "certified", "NPO_lr1e-5": "judge only"}
    (found,) = trusted(summary.runs)
    assert "Certified for IDK. " in found.text and "of the verdicts of each method agree" in found.text
    assert {claim.labels for run in summary.runs for claim in run.claims if claim.stands} == {400}


def test_runs_judged_under_other_rubrics_rest_on_the_same():
    one = told("A", claims=[bare("forgetting"), bare("utility")])
    other = told("B", claims=[bare("utility"), bare("forgetting")])
    alone = told("C", claims=[bare("forgetting")], correct=None, answers=None)
    (found,) = trusted([one, other, alone])
    assert found.text == (
        "The judge's opinion only: not calibrated against people, so no interval covers its errors."
    )


def test_a_promise_for_several_runs_is_behind_no_rate_of_one_alone(tmp_path):
    rows = [
        row
        for method in ("IDK", "NPO_lr1e-5")
        for _, row in drawn(method, forget=300, keep=300, human=1.0, people=1, source=", labeled")
    ]
    made = {
        rubric: calibrate([row for row in rows if row.rubric == rubric], agreement=0.8, labels=labels)
        for rubric, labels in LABELS.items()
    }
    runs = load([make_run(tmp_path / name, name, calibrations=made) for name in ("IDK", "NPO_lr1e-5")])
    both, alone = summarize(runs), summarize(runs[:1])
    assert {run.rests_on for run in both.runs} == {"certified"}
    assert all("more outputs" not in found.text for found in trusted(both.runs))
    assert alone.runs[0].rests_on == "judge only" and alone.runs[0].certified
    (found,) = trusted(alone.runs)
    assert found.tone == "warning"
    assert found.text.endswith(
        "The promise for forgetting and utility is for more outputs than are reported here, so no interval of IDK "
        "covers the judges' errors."
    )


def test_runs_that_not_the_same_judges_judged_are_told(tmp_path):
    runs = load([make_run(tmp_path / name, name) for name in ("IDK", "retain90", "original")])
    for run, by in zip(runs, ("abc123", "abc123", "def456"), strict=True):
        for cascade in run.about.cascades.values():
            cascade.fingerprints.update({"lexical": by, "human": run.name})
    (finding,) = trusted(summarize_runs(runs).runs)
    assert (
        "Under forgetting not the same judges judged all runs: IDK and retain90 by lexical (abc123); original by"
        in finding.text
    )
    for run in runs:
        for cascade in run.about.cascades.values():
            cascade.fingerprints.update({"lexical": "abc123"})
    (finding,) = trusted(summarize_runs(runs).runs)
    assert "same judges" not in finding.text
