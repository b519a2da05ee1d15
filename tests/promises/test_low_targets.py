"""The promise at targets that most of the verdicts may miss, and where the last judge is often silent."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.promises.populations import Population, broken_share, evidence, overall
from tests.promises.test_agreement import DELTA, holds

pytestmark = pytest.mark.slow


def silent_last(target: float, classes: int) -> Population:
    """One in five is judged surely and by both, a bit worse than promised; of the others the first tier is unsure.

    The last tier has nothing on them, yet the first one is nearly always right. All together keep the promise.
    """
    kinds, sure = 500, 100
    probs, truth = np.full((kinds, 2, classes), np.nan), np.zeros((kinds, classes))
    probs[:sure] = np.where(np.arange(classes) == 0, 0.98, 0.02 / (classes - 1))
    probs[sure:, 0] = np.where(np.arange(classes) == 0, 1.1, 1.0) / (classes + 0.1)
    truth[:sure, 0], truth[sure:, 0] = target - 0.03, 0.95
    truth[:, 1] = 1 - truth[:, 0]
    return Population(probs, truth)


@pytest.mark.parametrize("options", [{}, {"costs": [0.0, 1.0]}, {"costs": [1.0, 0.0]}, {"unlabeled": 300}])
@pytest.mark.parametrize(("target", "classes"), [(0.2, 2), (0.35, 2), (0.3, 3), (0.3, 10)])
def test_evidence_missing_at_the_last_tier(target: float, classes: int, options: dict[str, Any]) -> None:
    options = {"n": 250, "draws": 60, "agreement": target} | options
    assert holds(silent_last(target, classes), overall(target), **options) > 0.9


@pytest.mark.parametrize("target", [0.05, 0.3, 0.49])
def test_risk_just_above_a_low_target_everywhere(target: float) -> None:
    population = evidence(np.full(400, 1 - target + 1e-3), np.random.default_rng(0))
    share, _ = broken_share(population, overall(target), n=150, draws=600, agreement=target, delta=DELTA)
    assert 0.02 < share <= DELTA + 3 * np.sqrt(DELTA * (1 - DELTA) / 600)


@pytest.mark.parametrize("people", [1, 3])
@pytest.mark.parametrize("target", [5e-324, 1e-17, 1e-6, 1 - 1e-6, 1 - 2**-53])
def test_targets_next_to_none_and_to_all(target: float, people: int) -> None:
    """Next to no agreement is certified of whatever is right at times; next to all of it never of so few labels."""
    population = evidence(np.full(200, 0.5), np.random.default_rng(0), tiers=2, noise=1.0)
    options: dict[str, Any] = {"n": 100, "draws": 10, "people": people, "agreement": target}
    assert holds(population, overall(target), **options) == (1.0 if target < 0.5 else 0.0)
