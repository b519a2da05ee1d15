"""How many labels, and of which items."""

from __future__ import annotations

import csv

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from judgekit.trust.bounds import binomial_p
from judgekit.trust.sample_size import certificate_power, choose_items, plan_labels
from tests.shared_data import shared


@pytest.mark.parametrize(("risk", "fewest"), [(0.05, 45), (0.10, 22), (0.15, 15), (0.20, 11), (0.25, 9)])
def test_fewest_labels_without_an_error(risk: float, fewest: int) -> None:
    plan = plan_labels(1 - risk, 0.1, coverage=1.0, accuracy=1.0)
    assert plan.least == plan.labels == fewest
    assert certificate_power(fewest - 1, risk, 0.1, 1.0, 1.0) == 0.0


def test_power_is_what_simulation_finds() -> None:
    rng = np.random.default_rng(0)
    accepted = rng.binomial(300, 0.7, 20_000)
    passes = binomial_p(rng.binomial(accepted, 0.1), accepted, 0.15) <= 0.1
    assert certificate_power(300, 0.15, 0.1, 0.7, 0.9) == pytest.approx(passes.mean(), abs=0.01)


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(st.floats(0.6, 0.95), st.floats(0.01, 0.2), st.floats(0.1, 1.0), st.floats(0.02, 0.3))
def test_plan_reaches_its_power_and_no_sooner(
    agreement: float, delta: float, coverage: float, margin: float
) -> None:
    accuracy = agreement + (1 - agreement) * max(margin, 0.2)
    plan = plan_labels(agreement, delta, coverage=coverage, accuracy=accuracy)
    assert plan.labels is not None
    power = [
        certificate_power(n, 1 - agreement, delta, coverage, accuracy) for n in (plan.labels, plan.labels - 1)
    ]
    assert power[0] >= 0.8 > power[1]
    assert plan.labels >= plan.least


def test_hopeless_targets_have_no_number() -> None:
    plan = plan_labels(0.9, 0.1, coverage=0.5, accuracy=0.85)
    assert plan.labels is None and "No number of labels" in plan.sentence


def test_pilot_gives_the_accuracy_at_the_wanted_coverage() -> None:
    confidence = np.linspace(0.5, 1.0, 100)
    right = np.arange(100) >= 50  # the unsure half is wrong
    plan = plan_labels(0.85, 0.1, coverage=0.5, pilot=(confidence, right))
    assert plan.accuracy == 1.0 and plan.cautious is not None and plan.labels is not None
    assert plan.cautious >= plan.labels
    assert plan_labels(0.85, 0.1, coverage=1.0, pilot=(confidence, right)).labels is None


def test_more_labels_for_more_coverage_on_recorded_judgments() -> None:
    with shared("data/judges/trust_or_escalate.csv").open() as file:
        rows = list(csv.DictReader(file))
    p1 = np.array([float(r["gpt-4-turbo_p1"]) for r in rows])
    right = np.where(p1 >= 0.5, 1, 2) == np.array([int(r["human"]) for r in rows])
    pilot = (np.maximum(p1, 1 - p1), right)
    some, most = (plan_labels(0.75, 0.1, coverage=c, pilot=pilot).labels for c in (0.5, 0.9))
    assert some is not None and most is not None and 11 < some < most


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"coverage": 0.5}, "either a pilot or a guess"),
        ({"coverage": 0.0, "accuracy": 0.9}, "coverage"),
        ({"coverage": 0.5, "accuracy": 90}, "accuracy"),
        ({"coverage": 0.5, "pilot": ([0.5], [1, 0])}, "pilot arrays"),
        ({"coverage": 0.5, "pilot": ([np.nan], [True])}, "no item with a confidence"),
    ],
)
def test_bad_plans_are_refused(options: dict, word: str) -> None:
    with pytest.raises(ValueError, match=word):
        plan_labels(0.85, 0.1, **options)


def test_fair_choice_is_without_repeats_and_even() -> None:
    choice = choose_items(100, 30, seed=1)
    assert len(set(choice.index.tolist())) == 30
    assert (choice.inclusion == 0.3).all()


def test_every_stratum_gets_its_share() -> None:
    strata = np.repeat(["a", "b", "c"], [700, 200, 100])
    taken = strata[choose_items(1000, 50, strata=strata).index]
    assert [np.sum(taken == s) for s in "abc"] == [35, 10, 5]


def test_stated_inclusion_probabilities_are_the_real_ones() -> None:
    uncertainty = np.random.default_rng(0).random(40) ** 3
    strata = np.arange(40) % 3
    stated = choose_items(40, 15, uncertainty=uncertainty, strata=strata).inclusion
    draws = 6000
    count = np.zeros(40)
    for seed in range(draws):
        count[choose_items(40, 15, uncertainty=uncertainty, strata=strata, seed=seed).index] += 1
    error = np.sqrt(np.maximum(stated * (1 - stated), 1e-12) / draws)
    assert np.all(np.abs(count / draws - stated) < 4.5 * error + 1e-9)


def test_the_scale_of_uncertainty_does_not_matter() -> None:
    for scale in (2.2250738585e-313, 1.0, 1e300):
        assert choose_items(2, 1, uncertainty=[0.0, scale]).inclusion == pytest.approx([0.25, 0.75])


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_choice_has_the_wanted_size(data: st.DataObject) -> None:
    n_items = data.draw(st.integers(1, 60))
    n = data.draw(st.integers(1, n_items))
    weights = data.draw(st.lists(st.floats(0, 100), min_size=n_items, max_size=n_items).filter(any))
    choice = choose_items(n_items, n, uncertainty=weights)
    assert len(set(choice.index.tolist())) == n
    assert choice.inclusion.sum() == pytest.approx(n)
    assert (choice.inclusion >= 0.5 * n / n_items - 1e-9).all() and (choice.inclusion <= 1).all()


def test_bad_choices_are_refused() -> None:
    with pytest.raises(ValueError, match="cannot choose"):
        choose_items(10, 11)
    with pytest.raises(ValueError, match="uncertainty"):
        choose_items(3, 1, uncertainty=[0.1, -1, 0.2])
    with pytest.raises(ValueError, match="strata"):
        choose_items(3, 1, strata=["a"])
