from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import ks_2samp

from judgekit.metrics.privacy import (
    forget_quality_folded,
    forget_quality_raw,
    membership_auc,
    privacy_leakage,
)

scores = st.lists(st.integers(0, 6), min_size=1, max_size=12)
ratios = st.lists(st.floats(0.01, 100), min_size=2, max_size=30)


@given(scores, scores)
def test_auc_counts_pairs(forget: list[int], holdout: list[int]) -> None:
    pairs = [(f < h) + (f == h) / 2 for f in forget for h in holdout]
    assert membership_auc(forget, holdout) == pytest.approx(sum(pairs) / len(pairs))


def test_auc_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="0 holdout"):
        membership_auc([1.0], [])


def test_leakage_is_negative_while_the_data_is_recognized() -> None:
    assert privacy_leakage(1.0) == -100
    assert privacy_leakage(0.5) == 0
    assert privacy_leakage(0.25) == 50
    assert privacy_leakage(0.4, reference_auc=0.4) == 0


@given(ratios, ratios)
def test_raw_forget_quality_does_not_depend_on_which_way_the_ratio_is_written(
    a: list[float], b: list[float]
) -> None:
    quality = forget_quality_raw(a, b)
    assert quality == pytest.approx(float(ks_2samp(a, b).pvalue))
    assert quality == pytest.approx(forget_quality_raw(-np.array(a), -np.array(b)))


@given(ratios)
def test_folding_cannot_tell_a_ratio_from_its_inverse(a: list[float]) -> None:
    powers = [2.0 ** round(np.log2(x)) for x in a]  # their inverses are exact
    assert forget_quality_folded(powers, [1 / x for x in powers]) == pytest.approx(1.0)


def test_raw_and_folded_disagree_where_the_sides_differ() -> None:
    below, above = np.linspace(0.1, 0.9, 50), 1 / np.linspace(0.1, 0.9, 50)
    assert forget_quality_raw(below, above) < 1e-20
    assert forget_quality_folded(below, above) == pytest.approx(1.0)
