"""The area under the ROC curve: by definition, by its symmetries, and how often its limits hold."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from judgekit.trust.auc import auc

scores = st.lists(st.integers(-3, 3).map(float) | st.floats(-10, 10), min_size=1, max_size=12)


@given(scores, scores)
def test_it_is_the_share_of_pairs_in_order(positive, negative):
    by_hand = np.mean([(x > y) + (x == y) / 2 for x in positive for y in negative])
    found = auc(positive, negative)
    assert found.value == pytest.approx(by_hand)
    assert 0 <= found.low <= found.value <= found.high <= 1


@given(scores, scores)
def test_turned_round_it_is_its_complement(positive, negative):
    one, other = auc(positive, negative), auc(negative, positive)
    assert other.value == pytest.approx(1 - one.value)
    assert (other.low, other.high) == pytest.approx((1 - one.high, 1 - one.low), abs=1e-9)


def test_few_models_that_are_wholly_apart_prove_little():
    few, many = auc([1, 2, 3], [-1, -2, -3]), auc(range(30, 60), range(30))
    assert few.value == many.value == few.high == 1.0
    assert few.low < 0.6 < 0.9 < many.low


def test_what_cannot_be_ranked_is_refused():
    with pytest.raises(ValueError, match="both groups"):
        auc([], [1.0])
    with pytest.raises(ValueError, match="not a number"):
        auc([math.nan], [1.0])
    assert auc([math.inf], [1.0]).value == 1.0


@pytest.mark.parametrize(("m", "n"), [(3, 3), (5, 12), (12, 12), (30, 30)])
@pytest.mark.parametrize("true", [0.5, 0.8, 0.95])
def test_the_limits_hold_as_often_as_they_say(m, n, true):
    rng = np.random.default_rng(7)
    shift = norm.ppf(true) * math.sqrt(2)
    held = []
    for _ in range(600):
        found = auc(rng.normal(shift, 1, m), rng.normal(0, 1, n))
        held.append(found.low <= true <= found.high)
    assert np.mean(held) > 0.95 - 3 * math.sqrt(0.05 * 0.95 / len(held))
