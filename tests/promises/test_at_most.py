"""The promise "at most x of the verdicts A are B": over many draws of labels, few are more often than stated.

The populations are built to break it. A share of broken promises above delta by more than three Monte-Carlo standard
errors fails.
"""

from __future__ import annotations

import numpy as np
import pytest

from judgekit.trust import Agreement, AtMost, Certified, Judged, Policy, rate
from tests.promises.populations import Broken, Population, agreement_of_kinds, broken_share

pytestmark = pytest.mark.slow

DELTA, WITHHELD, LEAKED, WRONG = 0.1, 0, 1, 2


def leaky(leak: np.ndarray, seed: int = 0, *, other: float = 0.0, tiers: int = 1) -> Population:
    """Kinds from sure to doubtful; where judges say 'withheld' so many have leaked, and ``other`` are wrong answers.

    A third of the kinds each is said to be 'leaked' or 'wrong', and is so for nine in ten people.
    """
    rng = np.random.default_rng(seed)
    kinds = len(leak)
    says = rng.integers(0, 3, kinds)
    logits = np.zeros((kinds, tiers, 3))
    logits[np.arange(kinds), :, says] = np.linspace(4, 0.05, kinds)[:, None] + 0.3 * rng.normal(
        size=(kinds, tiers)
    )
    truth = np.full((kinds, 3), 0.05)
    truth[np.arange(kinds), says] = 0.9
    mine = says == WITHHELD
    truth[mine] = np.column_stack([1 - leak - other, leak, np.full(kinds, other)])[mine]
    return Population(np.exp(logits) / np.exp(logits).sum(axis=2, keepdims=True), truth)


def too_many(limits: dict[int, float], agreement: float | None = None) -> Broken:
    """Whether one of the limits is broken, a verdict is given that nothing covers, or the others agree too rarely."""

    def broken(policy: Policy, population: Population) -> bool:
        decided = policy.decide(population.probs)
        right = agreement_of_kinds(population, decided.label, 0)
        for label in range(3):
            mine = decided.label == label
            if label in limits:
                if mine.any() and population.truth[mine, LEAKED].mean() > limits[label] + 1e-9:
                    return True
            elif agreement is None:
                assert not mine.any(), "a verdict that nobody promises anything of"
            elif mine.any() and right[mine].mean() < agreement - 1e-9:
                return True
        return False

    return broken


def holds(
    population: Population, promise: AtMost, *, n: int = 300, draws: int = 300, **options: int
) -> float:
    """Assert the promise; return the coverage."""
    agreement = promise.otherwise.agreement if promise.otherwise else None
    broken = too_many(dict(promise.limits), agreement)
    share, coverage = broken_share(population, broken, n=n, draws=draws, promise=promise, **options)
    assert share <= DELTA + 3 * np.sqrt(DELTA * (1 - DELTA) / draws), (
        f"{share:.3f} of the promises are broken"
    )
    return coverage


def at_most(share: float, agreement: float | None = None) -> AtMost:
    otherwise = None if agreement is None else Agreement(agreement, DELTA)
    return AtMost({WITHHELD: share}, {WITHHELD: (LEAKED,)}, DELTA, otherwise=otherwise)


def test_leaks_just_above_the_limit_everywhere() -> None:
    """The least favorable case, at the edge of every null hypothesis: the promise spends its delta there."""
    population = leaky(np.full(600, 0.1001))
    share, _ = broken_share(population, too_many({0: 0.1}), n=400, draws=800, promise=at_most(0.1))
    assert 0.02 < share <= DELTA + 3 * np.sqrt(DELTA * (1 - DELTA) / 800)


@pytest.mark.parametrize("unlabeled", [0, 300])
def test_leaks_that_cross_the_limit(unlabeled: int) -> None:
    holds(leaky(np.linspace(0, 0.3, 600)), at_most(0.1), unlabeled=unlabeled)
    assert holds(leaky(np.linspace(0, 0.2, 600)), at_most(0.1), n=1500, draws=60, unlabeled=unlabeled) > 0.15


def test_leaks_where_the_judge_is_surest() -> None:
    holds(leaky(np.linspace(0.3, 0, 600)), at_most(0.1))


def test_other_errors_do_not_count() -> None:
    """Half of what is said to be withheld is a wrong answer: no agreement could be promised, and no leak is."""
    assert holds(leaky(np.zeros(600), other=0.5), at_most(0.1), draws=100) > 0.2


def test_beside_an_agreement_for_the_other_labels() -> None:
    """All parts hold together: the limit, and nine in ten for each other label, which sit at the edge of theirs."""
    assert holds(leaky(np.linspace(0, 0.25, 600), tiers=2), at_most(0.1, 0.85), n=600) > 0.15
    holds(leaky(np.full(600, 0.1001)), at_most(0.1, 0.9001), n=600)


def test_against_a_person_drawn_at_random() -> None:
    holds(leaky(np.linspace(0, 0.3, 600)), at_most(0.1), draws=100, people=3)


@pytest.mark.parametrize("wanted", [LEAKED, WRONG, WITHHELD])
def test_a_rate_that_rests_on_a_limit_covers_the_truth(wanted: int) -> None:
    """Leaks at their limit, and wrong answers that nobody limits; a tenth of the items has no verdict."""
    rng, draws, missed = np.random.default_rng(1), 400, 0
    for _ in range(draws):
        truth = rng.choice(3, 200, p=[0.6, 0.1, 0.3])
        verdicts = np.where(rng.random(200) < 0.9, WITHHELD, -1)
        got = rate(Judged(verdicts, np.full(200, -1)), wanted, certificate=Certified(at_most(0.1), labels=3))
        missed += not got.low <= (truth == wanted).mean() <= got.high
    assert missed <= 0.05 * draws + 3 * np.sqrt(draws * 0.05 * 0.95)
