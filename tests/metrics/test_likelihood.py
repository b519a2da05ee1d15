from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from judgekit.metrics import likelihood as ll

losses = st.floats(0, 12)
wrong = st.lists(losses, min_size=1, max_size=5)


@given(losses, wrong)
def test_truth_ratio_is_the_geometric_mean_of_wrong_over_right(right: float, others: list[float]) -> None:
    geometric = math.prod(math.exp(-loss) for loss in others) ** (1 / len(others))
    assert float(ll.truth_ratio(right, others)) == pytest.approx(geometric / math.exp(-right), rel=1e-6)


@given(losses, wrong)
def test_the_forms_agree_with_each_other(right: float, others: list[float]) -> None:
    ratio = float(ll.truth_ratio(right, others))
    folded = float(ll.truth_ratio_folded(ratio))
    assert float(ll.truth_ratio_known(ratio)) == pytest.approx(1 - folded)
    assert float(ll.truth_ratio_share(right, others)) == pytest.approx(1 / (1 + ratio))
    assert float(ll.truth_ratio_folded(1 / ratio)) == pytest.approx(folded)
    assert float(ll.truth_ratio_clipped(ratio)) == pytest.approx(1 - folded if ratio < 1 else 0, abs=1e-12)


def test_a_model_that_is_sure_of_the_right_answer_is_known_by_every_form() -> None:
    ratio = ll.truth_ratio([0.1], [[5.0, 6.0]])
    assert ratio[0] < 0.01
    assert ll.truth_ratio_clipped(ratio)[0] > 0.99
    assert ll.truth_ratio_known(ratio)[0] > 0.99
    assert ll.truth_ratio_folded(ratio)[0] < 0.01


def test_a_ratio_of_zero_folds_to_zero_without_a_warning() -> None:
    with np.errstate(all="raise"):
        assert ll.truth_ratio_folded(0.0) == 0.0


@given(losses, wrong)
def test_normalized_probability_is_a_share(right: float, others: list[float]) -> None:
    p = float(ll.normalized_probability(ll.probability(right), ll.probability(others)))
    assert 0 < p < 1
    assert p == pytest.approx(math.exp(-right) / (math.exp(-right) + sum(math.exp(-loss) for loss in others)))


def test_the_constant_in_the_denominator_moves_the_ratio_of_an_unlikely_answer() -> None:
    plain = float(ll.truth_ratio(14.0, [10.0, 11.0]))
    logged = float(ll.truth_ratio(14.0, [10.0, 11.0], eps=ll.OPEN_UNLEARNING_EPS))
    assert 1e-5 < plain / logged - 1 < 1e-3


def test_perplexity_is_the_exponential_of_the_loss() -> None:
    assert float(ll.perplexity(math.log(7))) == pytest.approx(7)
