"""The human ceiling."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from judgekit.trust.agreement.ceiling import ceiling
from judgekit.trust.agreement.coefficients import percent_agreement


def test_ceiling_of_three_is_the_pairwise_agreement() -> None:
    # two others who are tied, broken at random, are one random other
    labels = np.random.default_rng(0).integers(0, 3, (200, 3))
    assert ceiling(labels).estimate == pytest.approx(percent_agreement(labels))


def test_ceiling_of_unanimous_people_is_one_but_not_proven() -> None:
    got = ceiling(np.ones((40, 3), dtype=int))
    assert got.estimate == got.high == 1.0
    assert 0.85 < got.low < 1.0


def test_ceiling_counts_questions_not_items() -> None:
    labels = np.repeat(np.random.default_rng(1).integers(0, 2, (60, 2)), 4, axis=0)
    question = np.repeat(np.arange(60), 4)
    apart, together = ceiling(labels), ceiling(labels, questions=question)
    assert together.high - together.low > 1.5 * (apart.high - apart.low)


@settings(max_examples=60, deadline=None)
@given(hnp.arrays(np.int64, st.tuples(st.integers(1, 15), st.integers(2, 4)), elements=st.integers(-1, 2)))
def test_ceiling_interval_holds_the_estimate(labels: np.ndarray) -> None:
    if not np.any(np.sum(labels >= 0, axis=1) > 1):
        with pytest.raises(ValueError, match="two labels"):
            ceiling(labels)
        return
    got = ceiling(labels)
    assert 0 <= got.low <= got.estimate + 1e-9 and got.estimate - 1e-9 <= got.high <= 1
