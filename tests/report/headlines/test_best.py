"""Which run does best: no success hidden, none made up."""

from __future__ import annotations

from dataclasses import replace

import pytest

from judgekit.report.claims.claims import Claim
from judgekit.report.headlines.best import best
from judgekit.report.order import best_first
from tests.report.headlines.told import told


def said(*runs, comparisons=()):
    order = best_first(runs, comparisons)
    ranked = sorted(runs, key=lambda run: order.index(run.name))
    found = list(best(ranked, comparisons))
    assert len(found) <= 1
    return found[0] if found else None


def test_every_run_that_forgot_well_is_named():
    # runs of one comparison are made in test_headlines; a single run is compared with none
    found = said(told("A"))
    assert found.tone == "good" and found.text.startswith("A forgot well: 80.0 % [77.0–83.0]")


@pytest.mark.parametrize(
    ("options", "tone", "start"),
    [
        ({"well": 0.2, "leaked": 0.7}, "bad", "A did not forget well: "),
        ({"answers": False, "correct": 0.0}, "bad", "A did not forget well: "),
        (
            {"correct": None, "answers": None, "well": 1.0},
            "warning",
            "A reveals little, and whether it still answers",
        ),
        ({"well": 0.52}, "warning", "A is not shown to have forgotten well: "),
        ({"well": (0.4, 1.0), "leaked": (0.0, 0.6)}, "warning", "A is not shown to have forgotten well: "),
    ],
)
def test_what_is_not_so_and_what_is_not_known_are_two_things(options, tone, start):
    found = said(told("A", **options))
    assert (found.tone, found.text.startswith(start)) == (tone, True), found.text


def test_the_middle_of_a_range_is_never_printed_as_a_figure():
    found = said(told("A", well=(0.0, 1.0), leaked=(0.0, 1.0), correct=(0.0, 1.0), answers=None))
    assert "50.0 %" not in found.text and "0.0–100.0 % leak" in found.text


def test_a_range_is_ranked_by_its_least():
    sure, open_ = told("sure", well=0.45, leaked=0.55), told("open", well=(0.0, 1.0), leaked=(0.0, 1.0))
    assert best_first([open_, sure]) == ("sure", "open")


def test_runs_on_different_questions_have_a_best_each():
    found = said(told("A", well=0.9), told("B", well=0.95))
    assert found.tone == "plain"
    assert found.text.startswith("Runs on different questions cannot be ranked together. Best of each: ")
    assert "A (90.0 % forgotten well)" in found.text and "B (95.0 % forgotten well)" in found.text


def test_a_withdrawn_certificate_makes_no_good_news():
    claims = [
        Claim("forgetting", "withdrawn", "the certificate is withdrawn: no"),
        Claim("utility", "certified", "yes"),
    ]
    assert said(told("A", claims=claims)).tone == "warning"


def test_baselines_and_models_of_a_test_are_no_candidates():
    found = said(told("original", baseline="original"), told("retain90", baseline="retrained"))
    assert found.tone == "plain"
    assert found.text.startswith("No unlearned run is among these, so there is none to choose: ")
    assert said(told("original", baseline="original"), told("A")).text.startswith("A forgot well")
    assert said(replace(told("A"), pool="ignorant")) is None
