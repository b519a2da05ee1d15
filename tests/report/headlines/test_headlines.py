"""At most five sentences: what does best, what may be trusted, what failed, what leaks, what is gibberish."""

from __future__ import annotations

import pytest

from judgekit.report import load, summarize
from judgekit.report.headlines.headlines import MOST
from tests.report.make_runs import certified, make_run


def told(folder, *methods, **options):
    runs = [make_run(folder / name, name, forget=120, keep=120, **options) for name in methods]
    return summarize(load(runs))


def test_every_success_is_in_the_first_sentence(tmp_path):
    summary = told(tmp_path, "GradAscent_lr1e-4", "NPO_lr1e-5", "original", "IDK", "GradAscent_lr1e-5")
    first, *rest = summary.headlines
    assert first.tone == "good" and first.text.startswith("IDK does best: ")
    assert len(summary.headlines) <= MOST
    said = " ".join(found.text for found in rest)
    assert "not calibrated against people" in said
    assert "GradAscent lr 1e-4, degenerate" in said and "the original leaks" in said
    assert "GradAscent lr 1e-4 is degenerate" in said


def test_no_success_is_said_as_one(tmp_path):
    summary = told(tmp_path, "original", "GradAscent_lr1e-4", "GradAscent_lr1e-5")
    assert summary.headlines[0].tone == "bad"
    assert summary.headlines[0].text.startswith(
        "No run forgot well and still answers. Nearest is GradAscent lr 1e-5"
    )


def test_a_baseline_is_no_candidate(tmp_path):
    summary = told(tmp_path, "retain90", "original")
    (found,) = [found for found in summary.headlines if found.about == "answer"]
    assert found.text == (
        "No unlearned run is among these, so there is none to choose: original is a model before unlearning; retain90 "
        "never saw the forget set."
    )
    assert any(found.text.startswith("Leaks range from ") for found in summary.headlines)
    assert not any("forgot well" in found.text for found in (*summary.headlines, *summary.findings))
    assert [run.baseline for run in summary.runs] == ["retrained", "original"]


def test_a_promise_is_said_with_its_labels(tmp_path):
    made = make_run(tmp_path / "IDK", "IDK", calibrations=certified("IDK"))
    summary = summarize(load([made]))
    trust = next(found for found in summary.headlines if found.about == "trust")
    assert trust.tone == "good"
    assert (
        "for forgetting and utility, at least 80 % of the verdicts agree with people (90 % confidence, 400 labels)"
        in trust.text
    )
    assert summary.runs[0].rests_on == "certified"


@pytest.mark.parametrize("unscored", [0.0, 0.2])
def test_items_without_a_verdict_are_heard(tmp_path, unscored):
    summary = told(tmp_path, "IDK", unscored=unscored)
    left = sum(group.unscored for run in summary.runs for group in run.groups if not group.split)
    said = [found.text for found in summary.headlines if "unscored" in found.text]
    assert bool(said) == bool(left)
    assert not left or (f"{left:,} items are unscored" in said[0] and "(no answer after 5 tries)" in said[0])


def test_a_run_that_falls_short_of_a_promise_for_all_is_named_at_once(tmp_path):
    """The promise was made on another method, which the judge reads better."""
    known = {"human": 1.0, "people": 1, "calibrations": certified("original"), "seed": 5}
    methods = ("original", "NPO_lr1e-5", "GradAscent_lr1e-5", "IDK", "retain90")
    made = [make_run(tmp_path / name, name, forget=300, keep=60, **known) for name in methods]
    summary = summarize(load(made))
    short = {
        run.name
        for run in summary.runs
        for claim in run.claims
        for seen in run.people
        if claim.stands and seen.rubric == claim.rubric and seen.agreement < claim.agreement
    }
    said = " ".join(found.text for found in summary.headlines)
    titles = {run.name: run.title for run in summary.runs}
    assert short and all(titles[name] in said for name in short)
    assert "agreement with people" in said and "below the promised 80 %" in said


def test_a_promise_for_one_side_is_said_and_does_not_speak_for_the_other(tmp_path):
    promise = [certified("IDK")["forgetting"]]
    runs = [make_run(tmp_path / "IDK", "IDK", forget=120, keep=120)]
    (said,) = [
        found for found in summarize(load(runs, calibrations=promise)).headlines if found.about == "trust"
    ]
    assert said.text.startswith(
        "Certified for forgetting, at least 80 % of the verdicts agree with people (90 % "
    )
    assert said.text.endswith("utility: the judge's opinion only.")
    assert said.tone == "warning"
