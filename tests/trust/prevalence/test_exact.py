"""Every outcome of small designs is counted: the interval holds the true rate in 95 of 100, whatever the rates."""

import itertools
from collections.abc import Sequence

import numpy as np
import pytest
from scipy.stats import binom, hypergeom

from judgekit.trust.bounds import clopper_pearson
from judgekit.trust.prevalence.exact import Counts, exact_interval

MANY = 10**9


def limits(
    positives: Sequence[int], labeled: Sequence[int], items: Sequence[int], source: bool = False
) -> tuple[float, float]:
    none = (0.0,) * len(items)
    counts = Counts(tuple(positives), tuple(labeled), tuple(items), none, (1.0,) * len(items))
    return exact_interval(counts, 0.05, source=source)


@pytest.mark.parametrize(
    ("labeled", "shares", "points"),
    [
        ((9,), (1.0,), 199),
        ((8, 8), (0.5, 0.5), 40),
        ((3, 12), (0.1, 0.9), 40),
        ((10, 5), (0.2, 0.8), 40),
        ((7, 7), (0.9, 0.1), 40),
        ((3, 4, 3), (0.34, 0.33, 0.33), 14),
        ((1, 3, 6), (0.1, 0.2, 0.7), 14),
    ],
)
def test_binomial_strata_hold_every_rate(
    labeled: tuple[int, ...], shares: tuple[float, ...], points: int
) -> None:
    outcomes = list(itertools.product(*[range(n + 1) for n in labeled]))
    items = [round(MANY * share) for share in shares]
    found = np.array([limits(k, labeled, items, source=True) for k in outcomes])
    for rates in itertools.product(np.linspace(0.004, 0.996, points), repeat=len(labeled)):
        chance = np.prod(
            [binom.pmf(k, n, p) for k, n, p in zip(np.transpose(outcomes), labeled, rates, strict=True)],
            axis=0,
        )
        true = float(np.dot(rates, shares))
        held = (found[:, 0] <= true + 1e-6) & (true - 1e-6 <= found[:, 1])
        assert chance[held].sum() >= 0.95 - 1e-4, rates


@pytest.mark.parametrize(
    ("labeled", "items"), [((6,), (14,)), ((5, 8), (11, 20)), ((10, 4), (12, 25)), ((2, 3, 4), (4, 5, 8))]
)
def test_strata_of_the_items_at_hand_hold_every_number(
    labeled: tuple[int, ...], items: tuple[int, ...]
) -> None:
    outcomes = list(itertools.product(*[range(n + 1) for n in labeled]))
    found = np.array([limits(k, labeled, items) for k in outcomes])
    for have in itertools.product(*[range(n + 1) for n in items]):
        parts = zip(np.transpose(outcomes), labeled, items, have, strict=True)
        chance = np.prod([hypergeom.pmf(k, all_, some, n) for k, n, all_, some in parts], axis=0)
        true = sum(have) / sum(items)
        held = (found[:, 0] <= true + 1e-9) & (true - 1e-9 <= found[:, 1])
        assert chance[held].sum() >= 0.95, have


def test_one_stratum_is_hardly_wider_than_clopper_pearson() -> None:
    for n in (10, 50, 200):
        for k in range(0, n + 1, max(1, n // 25)):
            low, high = limits([k], [n], [MANY], source=True)
            exact = clopper_pearson(k, n)
            assert high - low <= 1.05 * (exact[1] - exact[0])
            assert low <= k / n <= high


def test_strata_that_say_nothing_cost_little() -> None:
    for k in ((0, 0), (1, 1), (5, 4), (25, 24)):
        low, high = limits(k, (50, 50), (MANY, MANY), source=True)
        exact = clopper_pearson(sum(k), 100)
        assert high - low <= 1.05 * (exact[1] - exact[0])


def test_strata_that_tell_items_apart_narrow_the_interval() -> None:
    low, high = limits((4, 0, 0), (6, 89, 5), (63, 887, 50))
    exact = clopper_pearson(4, 100)
    assert high - low < 0.65 * (exact[1] - exact[0])


def test_the_mirror_image_is_the_same_interval() -> None:
    low, high = limits((4, 1), (12, 30), (100, 200))
    other_low, other_high = limits((8, 29), (12, 30), (100, 200))
    assert (low, high) == pytest.approx((1 - other_high, 1 - other_low), abs=1e-9)


def test_a_stratum_without_labels_adds_its_bounds() -> None:
    counts = Counts((5, 0), (50, 0), (300, 100), (0.0, 0.2), (1.0, 0.6))
    alone = limits((5,), (50,), (300,))
    low, high = exact_interval(counts, 0.05, source=False)
    assert (low, high) == pytest.approx((0.75 * alone[0] + 0.25 * 0.2, 0.75 * alone[1] + 0.25 * 0.6))


def test_questions_drawn_anew_widen_it_to_the_limits_of_all_labeled() -> None:
    # all items labeled, and the judge always right: only which questions were drawn is uncertain
    low, high = limits((40, 0), (40, 60), (40, 60), source=True)
    assert (low, high) == pytest.approx(clopper_pearson(40, 100), abs=0.03)
    assert limits((40, 0), (40, 60), (40, 60)) == (0.4, 0.4)
