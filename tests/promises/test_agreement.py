"""The promise itself: over many draws of labels, agreement falls short in no more than a share delta of them.

The populations are built to break it. A share above delta by more than three Monte-Carlo standard errors fails.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.promises.populations import (
    Population,
    any_group,
    any_label,
    broken_share,
    evidence,
    overall,
)

pytestmark = pytest.mark.slow

DELTA = 0.1


def holds(population: Population, broken: Any, *, n: int = 200, draws: int = 400, **options: Any) -> float:
    """Assert the promise; return the coverage."""
    share, coverage = broken_share(population, broken, n=n, draws=draws, delta=DELTA, **options)
    assert share <= DELTA + 3 * np.sqrt(DELTA * (1 - DELTA) / draws), (
        f"{share:.3f} of the promises are broken"
    )
    return coverage


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_risk_just_above_target_everywhere() -> None:
    """The least favorable case: every level is a null hypothesis, at its edge."""
    share, _ = broken_share(
        evidence(np.full(400, 0.2001), rng()), overall(0.8), n=200, draws=1500, agreement=0.8, delta=DELTA
    )
    assert 0.04 < share <= DELTA + 3 * np.sqrt(DELTA * (1 - DELTA) / 1500)


def test_risk_that_crosses_the_target() -> None:
    coverage = holds(evidence(np.linspace(0, 0.4, 400), rng()), overall(0.85), n=400, agreement=0.85)
    assert coverage > 0.45


def test_surest_verdicts_are_the_worst() -> None:
    """Upside-down confidence: accepting more always looks better than it did."""
    holds(evidence(np.linspace(0.5, 0.0, 400), rng()), overall(0.8), agreement=0.8)


def test_risk_that_rises_falls_and_rises() -> None:
    u = np.linspace(0, 1, 400)
    holds(evidence(0.2 + 0.2 * np.sin(9 * u), rng()), overall(0.8), agreement=0.8)


def test_mean_risk_hovers_at_the_target() -> None:
    """Slices above and below the target by turns, so that the mean crosses it again and again."""
    slices = np.repeat(np.tile([0.28, 0.12], 10), 20)
    holds(evidence(slices, rng()), overall(0.8), n=300, agreement=0.8)


@pytest.mark.parametrize("atoms", [1, 2, 5])
def test_confidences_in_a_few_atoms(atoms: int) -> None:
    base = evidence(np.linspace(0.05, 0.35, atoms), rng())
    many = Population(np.repeat(base.probs, 60, axis=0), np.repeat(base.truth, 60, axis=0))
    holds(many, overall(0.8), agreement=0.8)


@pytest.mark.parametrize("size", [0.3, 1.0, 3.0])
def test_ties_by_turns_better_and_worse_than_the_target(size: float) -> None:
    """Ties about ``size`` times as large as the distance between two tests, so that risk peaks between them."""
    ties = int(200 / (5 * size))
    base = evidence(np.tile([0.45, 0.0], ties)[:ties] + 0.0, rng())
    population = Population(np.repeat(base.probs, 12, axis=0), np.repeat(base.truth, 12, axis=0))
    holds(population, overall(0.8), n=200, draws=600, agreement=0.8)


def test_weak_judges_before_a_strong_one() -> None:
    """Two judges that are sure together of what is often wrong; the last judge knows."""
    gen = rng(10)
    kinds = 600
    y = gen.integers(0, 2, kinds)
    weak = np.where(gen.random(kinds) < 0.45, 1 - y, y)
    strong = np.where(gen.random(kinds) < 0.05, 1 - y, y)
    says = np.stack([weak, weak, strong], axis=1)
    sure = gen.uniform(0.8, 0.99, (kinds, 3))
    probs = np.where(says[:, :, None] == [0, 1], sure[:, :, None], 1 - sure[:, :, None])
    population = Population(probs, np.eye(2)[y])
    assert holds(population, overall(0.85), n=400, draws=200, agreement=0.85, costs=[0.01, 0.1, 1.0]) > 0.6


def test_rare_errors() -> None:
    holds(evidence(np.linspace(0.0, 0.06, 500), rng()), overall(0.97), n=400, agreement=0.97)


@pytest.mark.parametrize("labels", [2, 3, 6, 10])
def test_numbers_of_labels(labels: int) -> None:
    population = evidence(np.linspace(0.02, 0.5, 500), rng(), tiers=3, labels=labels, noise=1.0)
    assert holds(population, overall(0.8), n=250, draws=250, agreement=0.8, costs=[0.05, 0.3, 1]) > 0.3


def cascade(seed: int, shared: float = 0.0, inverted: bool = False) -> Population:
    """Three judges of growing quality whose mistakes are shared to a degree; one may be sure where it is wrong."""
    gen = rng(seed)
    kinds = 600
    y = (gen.random(kinds) < 0.5).astype(int)
    signal = np.where(y == 1, 1.0, -1.0)
    common = gen.normal(size=kinds)
    logit = np.stack(
        [
            q * signal + 1.6 * (np.sqrt(shared) * common + np.sqrt(1 - shared) * gen.normal(size=kinds))
            for q in (0.8, 1.2, 1.8)
        ],
        axis=1,
    )
    if inverted:
        logit[:, 0] = np.sign(logit[:, 0]) * 4 * np.exp(-np.abs(logit[:, 0]))
    p = 1 / (1 + np.exp(-2 * logit))
    label = np.zeros((kinds, 2))
    label[np.arange(kinds), y] = 0.97
    label[np.arange(kinds), 1 - y] = 0.03
    return Population(np.stack([1 - p, p], axis=2), label)


@pytest.mark.parametrize(
    "options", [{}, {"costs": [0.0, 0.1, 1.0]}, {"costs": [0.0, 0.1, 1.0], "unlabeled": 150}]
)
@pytest.mark.parametrize(("shared", "inverted"), [(0.0, False), (0.8, False), (0.3, True)])
def test_cascades(shared: float, inverted: bool, options: dict[str, Any]) -> None:
    holds(cascade(1, shared, inverted), overall(0.85), n=200, draws=250, agreement=0.85, **options)


def test_cascade_chosen_by_budget() -> None:
    holds(
        cascade(2), overall(0.85), n=250, draws=250, agreement=0.85, costs=[0.0, 0.1, 1.0], max_mean_cost=0.4
    )


def test_early_verdicts_that_later_tiers_would_overturn() -> None:
    """Verdicts change along the path, and the surest items are wrong more often than the target allows."""
    gen = rng(3)
    kinds = 600
    first = gen.uniform(0.2, 4, kinds) * gen.choice([-1, 1], kinds)
    second = np.where(gen.random(kinds) < 0.35, -3 * first, first)
    p = 1 / (1 + np.exp(-np.stack([first, second], axis=1)))
    size = np.abs(first + second)
    wrong = np.where(size > np.quantile(size, 0.7), 0.26, 0.14)
    y = (first + second > 0).astype(int)
    truth = np.zeros((kinds, 2))
    truth[np.arange(kinds), y], truth[np.arange(kinds), 1 - y] = 1 - wrong, wrong
    holds(
        Population(np.stack([1 - p, p], axis=2), truth),
        overall(0.8),
        n=250,
        draws=600,
        agreement=0.8,
        costs=[0.0, 1.0],
    )


def test_evidence_missing_where_it_is_hard() -> None:
    population = cascade(4)
    gone = population.probs.copy()
    hard = np.abs(gone[:, 1, 0] - 0.5) < 0.2
    gone[hard & (rng(5).random(len(gone)) < 0.5), 2] = np.nan
    gone[rng(6).random(len(gone)) < 0.2, 0] = np.nan
    holds(Population(gone, population.truth), overall(0.85), draws=300, agreement=0.85, costs=[0.0, 0.1, 1.0])


def test_stages_of_one_judge() -> None:
    population = cascade(7)
    holds(population, overall(0.85), draws=300, agreement=0.85, judges=[0, 0, 1], costs=[0.1, 0.2, 1.0])


def test_every_group_keeps_its_promise() -> None:
    easy, hard = evidence(np.linspace(0, 0.25, 300), rng()), evidence(np.full(300, 0.201), rng(1))
    both = Population(
        np.concatenate([easy.probs, hard.probs]),
        np.concatenate([easy.truth, hard.truth]),
        np.repeat(["forget", "retain"], 300),
    )
    assert holds(both, any_group(0.8), n=400, draws=300, grouped=True, agreement=0.8) > 0.3


def test_every_verdict_label_keeps_its_promise() -> None:
    gen = rng(8)
    population = evidence(np.linspace(0.0, 0.3, 600), gen, labels=3)
    truth = population.truth.copy()
    lead = population.probs[:, 0].argmax(axis=1)
    doubtful = lead == 2
    truth[doubtful] = [0.06, 0.05, 0.89]
    targets = {0: 0.85, 1: 0.85, 2: 0.9}
    holds(
        Population(population.probs, truth),
        any_label(targets),
        n=400,
        draws=300,
        agreement=0.85,
        per_label={2: 0.9},
    )


@pytest.mark.parametrize("people", [2, 3, 5])
def test_agreement_with_a_random_person(people: int) -> None:
    """Losses between 0 and 1, at the edge of the null hypothesis."""
    holds(evidence(np.full(300, 0.2005), rng()), overall(0.8), n=150, draws=300, people=people, agreement=0.8)
    easier = evidence(np.linspace(0, 0.3, 300), rng())
    assert holds(easier, overall(0.8), n=150, draws=150, people=people, agreement=0.8) > 0.5


def test_ordinal_labels_within_one() -> None:
    gen = rng(9)
    kinds, labels = 500, 5
    base = evidence(np.linspace(0, 0.6, kinds), gen, labels=labels)
    lead = base.probs[:, 0].argmax(axis=1)
    far = np.where(lead < 2, lead + 2, lead - 2)
    near = np.where(lead < 4, lead + 1, lead - 1)
    truth = np.zeros((kinds, labels))
    rows = np.arange(kinds)
    truth[rows, lead], truth[rows, near] = 0.5, 0.5 - np.linspace(0, 0.4, kinds)
    truth[rows, far] = np.linspace(0, 0.4, kinds)
    holds(Population(base.probs, truth), overall(0.85, 1), n=250, draws=300, agreement=0.85, tolerance=1)


def test_hardly_any_labels() -> None:
    holds(evidence(np.linspace(0, 0.5, 200), rng()), overall(0.8), n=25, draws=600, agreement=0.8)
