"""Tail bounds against their definitions, and by simulation at the edge of the null hypothesis."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from judgekit.trust.bounds import (
    allowed_errors,
    betting_p,
    binomial_p,
    clopper_pearson,
    clopper_pearson_upper,
    fewest_labels,
)

counts = st.integers(1, 400).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n)))
shares = st.floats(0.01, 0.6)


@given(counts, shares)
def test_binomial_p_is_the_exact_tail(case: tuple[int, int], risk: float) -> None:
    n, k = case
    assert binomial_p(k, n, risk) == pytest.approx(stats.binom.cdf(k, n, risk), rel=1e-9, abs=1e-300)


@given(counts, shares)
def test_upper_bound_and_p_value_are_two_views_of_one_test(case: tuple[int, int], delta: float) -> None:
    n, k = case
    upper = float(clopper_pearson_upper(k, n, delta))
    if k == n:
        assert upper == 1
    else:
        assert binomial_p(k, n, upper) == pytest.approx(delta, rel=1e-6)


def test_released_case_is_not_undercounted() -> None:
    """3 errors of 37: bound .1717, where float32 arithmetic that drops an error finds .1375."""
    assert clopper_pearson_upper(3, 37, 0.1) == pytest.approx(0.1717, abs=1e-4)


@given(st.integers(1, 600), shares, st.floats(0.01, 0.3))
def test_allowed_errors_are_the_most_that_pass(n: int, risk: float, delta: float) -> None:
    most = int(allowed_errors(n, risk, delta))
    assert most == -1 or stats.binom.cdf(most, n, risk) <= delta * (1 + 1e-9)
    assert stats.binom.cdf(most + 1, n, risk) > delta * (1 - 1e-9)


@given(shares, st.floats(0.01, 0.3))
def test_fewest_labels(risk: float, delta: float) -> None:
    n = fewest_labels(risk, delta)
    assert allowed_errors(n, risk, delta) >= 0 or np.isclose((1 - risk) ** n, delta)
    assert allowed_errors(n - 1, risk, delta) == -1 or np.isclose((1 - risk) ** (n - 1), delta)


@pytest.mark.parametrize(("alpha", "n"), [(0.05, 45), (0.10, 22), (0.15, 15), (0.20, 11), (0.25, 9)])
def test_fewest_labels_of_the_paper(alpha: float, n: int) -> None:
    assert fewest_labels(alpha, 0.1) == n


def test_two_sided_interval_covers_the_rate_seen() -> None:
    low, high = clopper_pearson(3, 20)
    assert low == pytest.approx(stats.binomtest(3, 20).proportion_ci(0.95).low)
    assert high == pytest.approx(stats.binomtest(3, 20).proportion_ci(0.95).high)
    assert clopper_pearson(0, 20)[0] == 0
    assert clopper_pearson(20, 20)[1] == 1


@pytest.mark.parametrize("values", [(0.0, 1.0), (0.0, 0.5, 1.0), (0.2,), (0.1, 0.3)])
def test_betting_rejects_a_true_null_no_more_often_than_its_level(values: tuple[float, ...]) -> None:
    rng = np.random.default_rng(0)
    spread = np.array(values)
    if len(values) == 1:
        chance = np.ones(1)
    else:  # mean exactly 0.2
        chance = np.zeros(len(values))
        chance[0], chance[-1] = (values[-1] - 0.2) / (values[-1] - values[0]), 0.0
        chance[-1] = 1 - chance[0]
    rejected = np.mean([betting_p(rng.choice(spread, 80, p=chance), 0.2, 0.1) <= 0.1 for _ in range(2000)])
    assert rejected <= 0.1 + 3 * np.sqrt(0.09 / 2000)


def test_betting_has_power_and_nothing_from_nothing() -> None:
    assert betting_p(np.zeros(60), 0.1, 0.1) < 0.1
    assert betting_p(np.full(200, 0.1), 0.2, 0.1) < 1e-3
    assert betting_p(np.zeros(0), 0.1, 0.1) == 1
    assert betting_p(np.ones(50), 0.1, 0.1) == 1
