"""The promise of own ranks, exactly: over every outcome of small populations, found by attack, that are made to break it."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy.stats import multinomial

from benchmarks.worst_populations import Outcomes, risks
from judgekit.trust.bounds import clopper_pearson_upper

pytestmark = pytest.mark.slow

EXACT = float(clopper_pearson_upper(3, 20, 0.1)) + 1e-9

# items, 1 where some never enter, target, delta, mass of each tie, risk of the level that ends with it
WORST = [
    (60, 1, 0.3, 0.1, [0.0001, 0.9998], [0.3, 0.3]),
    (20, 0, EXACT, 0.1, [0.002, 0.996, 0.001, 0.001], [0.0, EXACT, EXACT, EXACT]),
    (20, 0, 0.2, 0.1, [0.915, 0.023, 0.023, 0.039], [0.2, 0.2, 0.2, 0.2]),
    (40, 0, 0.3, 0.2, [0.232, 0.017, 0.751], [0.0, 0.0, 0.3]),
    (24, 1, 0.3, 0.2, [0.847, 0.026, 0.031], [0.3, 0.3, 0.3]),
]
DECEIVES_WITHOUT = [
    (20, 0, 0.2, 0.1, [0.6915, 0.3085], [0.2, 0.2]),
    (30, 0, 0.2, 0.1, [0.696, 0.304], [0.2, 0.2]),
    (24, 1, 0.2, 0.2, [0.001, 0.698, 0.3], [0.0, 0.2, 0.2]),
]


def population(mass: list[float], risk: list[float]) -> tuple[np.ndarray, np.ndarray]:
    errors = np.cumsum(mass) * risk
    return np.array(mass), np.diff(errors, prepend=0.0) / mass


def broken(case: tuple, whole: bool = True) -> float:
    n, beyond, target, delta, mass, risk = case
    return Outcomes(n, len(mass), beyond, target, delta, whole).broken(population(mass, risk))


@pytest.mark.parametrize("case", [*WORST, *DECEIVES_WITHOUT])
def test_what_is_bad_is_certified_with_probability_delta_at_most(case: tuple) -> None:
    delta = case[3]
    assert 0.3 * delta < broken(case) <= delta


@pytest.mark.parametrize("case", DECEIVES_WITHOUT)
def test_the_items_a_level_takes_must_be_tested_too(case: tuple) -> None:
    """These populations have power: the rule that tests the first items only breaks its promise on them."""
    assert broken(case, whole=False) > 1.2 * case[3]


@pytest.mark.parametrize("whole", [True, False])
def test_the_enumeration_is_what_the_package_does(whole: bool) -> None:
    """Every outcome of twelve items, one by one through the package's procedure."""
    outcomes = Outcomes(12, 2, 1, 0.3, 0.2, whole)
    place = population([0.55, 0.35], [0.35, 0.3])
    chance, bad, total = outcomes.chance(place), risks(place) >= 0.3 - 1e-12, 0.0
    assert bad.all()
    for bars in itertools.combinations(range(16), 4):
        outcome = np.diff(bars, prepend=-1, append=16) - 1
        assert outcomes.agrees(outcome)
        total += multinomial.pmf(outcome, 12, chance) if outcomes.certified(outcome) else 0.0
    assert total == pytest.approx(outcomes.broken(place), abs=1e-12)
