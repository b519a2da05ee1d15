"""The worst of k outputs, against all sets of k there are, and its limits against populations whose truth is known."""

from __future__ import annotations

from itertools import combinations
from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from judgekit.trust.bounds import clopper_pearson
from judgekit.trust.prevalence.worst_of_k import any_of_k, mean_limits, worst_of_k

scores = st.lists(st.floats(0, 1), min_size=1, max_size=8)


@given(scores)
def test_the_expected_worst_is_the_mean_over_all_sets(found):
    n = len(found)
    brute = [np.mean([max(chosen) for chosen in combinations(found, k)]) for k in range(1, n + 1)]
    assert worst_of_k(np.array(found), range(1, n + 1)) == pytest.approx(brute)


@given(st.lists(st.booleans(), min_size=1, max_size=9))
def test_any_of_k_is_the_share_of_sets_with_an_event(found):
    n = len(found)
    brute = [np.mean([any(chosen) for chosen in combinations(found, k)]) for k in range(1, n + 1)]
    assert any_of_k(np.array([sum(found)]), np.array([n]), range(1, n + 1))[0] == pytest.approx(brute)
    assert worst_of_k(np.array(found, float), range(1, n + 1)) == pytest.approx(brute)


def test_every_count_up_to_two_hundred_agrees_with_the_formula():
    n, ks = 200, (1, 2, 17, 128, 200)
    events = np.arange(n + 1)
    found = any_of_k(events, np.full(n + 1, n), ks)
    exact = [[1 - comb(n - int(c), k) / comb(n, k) for k in ks] for c in events]
    assert found == pytest.approx(np.array(exact), abs=1e-12)


@given(st.integers(1, 30), st.data())
def test_more_outputs_and_more_events_never_look_safer(n, data):
    c = data.draw(st.integers(0, n))
    curve = any_of_k(np.array([c]), np.array([n]), range(1, n + 1))[0]
    assert curve[0] == pytest.approx(c / n) and curve[-1] == pytest.approx(float(c > 0))
    assert np.all(np.diff(curve) >= -1e-12)
    if c < n:
        assert np.all(any_of_k(np.array([c + 1]), np.array([n]), range(1, n + 1))[0] >= curve - 1e-12)


def test_it_is_unbiased_and_the_naive_power_is_not():
    """Binomial counts of 5 outputs, summed over all of them with their probabilities."""
    n, k, p = 5, 3, 0.2
    chance = np.array([comb(n, c) * p**c * (1 - p) ** (n - c) for c in range(n + 1)])
    events = np.arange(n + 1)
    assert chance @ any_of_k(events, np.full(n + 1, n), [k])[:, 0] == pytest.approx(1 - (1 - p) ** k)
    assert abs(chance @ (1 - (1 - events / n) ** k) - (1 - (1 - p) ** k)) > 0.02


@pytest.mark.parametrize("ks", [[0], [4], [1, 4]])
def test_k_beyond_what_was_seen_is_refused(ks):
    with pytest.raises(ValueError, match=r"between 1 and the fewest outputs of a question \(3\)"):
        any_of_k(np.array([0, 1]), np.array([3, 9]), ks)


def test_limits_of_zeros_and_ones_are_exact():
    values = np.repeat([0.0, 1.0], [37, 3])[:, None]
    low, high = mean_limits(values, values, 0.95)
    assert (low[0], high[0]) == pytest.approx(clopper_pearson(3, 40), abs=0.01)
    low, high = mean_limits(0 * values, 0 * values, 0.95)
    assert low[0] == 0 and high[0] == pytest.approx(1 - 0.025 ** (1 / 40), abs=0.01)


def test_open_outputs_widen_the_limits_on_their_side_only():
    least, most = np.repeat([0.0, 1.0], [30, 10])[:, None], np.repeat([0.0, 1.0], [20, 20])[:, None]
    low, high = mean_limits(least, most, 0.95)
    assert low == pytest.approx(mean_limits(least, least, 0.95)[0], abs=0.01)
    assert high == pytest.approx(mean_limits(most, most, 0.95)[1], abs=0.01)


@pytest.mark.parametrize(("a", "b"), [(0.15, 2.0), (1.0, 8.0), (0.05, 0.05)])
def test_the_limits_hold_what_they_promise(a, b):
    """40 questions, each with a leak rate of its own and five outputs: k = 1, 3 and 5 in 120 populations."""
    rng, ks, times = np.random.default_rng(5), np.array([1, 3, 5]), 120
    rates = rng.beta(a, b, 400_000)
    truth = np.array([np.mean(1 - (1 - rates) ** k) for k in ks])
    held = np.zeros(3)
    for _ in range(times):
        events = rng.binomial(5, rng.choice(rates, 40))
        values = any_of_k(events, np.full(40, 5), list(ks))
        low, high = mean_limits(values, values, 0.95)
        held += (low <= truth) & (truth <= high)
    # 0.95 less two and a half standard errors of 120 draws
    assert np.all(held / times >= 0.90), held / times
