from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from judgekit.report.paired import (
    by_question,
    difference,
    distance,
    mean,
    shares,
)

columns = st.dictionaries(st.text(alphabet="abcdef", min_size=1, max_size=2), st.floats(0, 1), min_size=1)


def _values(column: np.ndarray) -> dict[str, float]:
    return {str(i): float(x) for i, x in enumerate(column)}


def test_questions_count_once_and_missing_values_not_at_all() -> None:
    found = by_question(["a", "b", "a", "c"], [1.0, None, 0.0, math.nan])
    assert found == {"a": 0.5}


def test_shares_leave_open_items_out() -> None:
    labels = {"a": "leaked", "b": None, "c": "wrong"}
    assert shares(labels, ["leaked", "partial"]) == {"a": 1.0, "c": 0.0}


@given(columns)
def test_the_interval_holds_the_mean_and_stays_in_range(values: dict[str, float]) -> None:
    found = mean(values)
    assert found.value is not None
    assert 0 <= found.low <= found.value <= found.high <= 1
    assert found.low < found.high


@given(columns, columns)
def test_a_difference_turns_round_with_its_runs(a: dict[str, float], b: dict[str, float]) -> None:
    there, back = difference(a, b), difference(b, a)
    if there.value is None:
        assert not set(a) & set(b) and "in common" in there.reason
    else:
        assert back.value is not None
        assert there.value == pytest.approx(-back.value, abs=1e-12)
        assert (there.low, there.high) == pytest.approx((-back.high, -back.low), abs=1e-12)
        assert there.decided == -back.decided


def test_no_leak_in_a_hundred_is_not_a_leak_rate_of_zero() -> None:
    found = mean(_values(np.zeros(100)))
    assert found.value == 0 and found.low == 0
    assert found.high == pytest.approx(3.7e-2, abs=1e-2)  # Clopper-Pearson: 0.036


def test_runs_that_agree_everywhere_are_not_proven_equal() -> None:
    same = difference(_values(np.ones(50)), _values(np.ones(50)))
    assert same.value == 0 and same.decided == 0 and same.low < 0 < same.high


def test_without_bounds_the_interval_is_students() -> None:
    a, b = np.random.default_rng(1).normal(size=(2, 40))
    found = difference(_values(a), _values(b), bounds=None)
    theirs = stats.ttest_rel(a, b)
    assert found.p == pytest.approx(theirs.pvalue)
    interval = theirs.confidence_interval(0.95)
    assert (found.low, found.high) == pytest.approx((interval.low, interval.high))


def test_one_question_without_bounds_tells_nothing() -> None:
    found = mean({"a": 3.0}, bounds=None)
    assert (found.low, found.high) == (-math.inf, math.inf) and found.p == 1


@pytest.mark.parametrize("p", [0.02, 0.1, 0.5, 0.9])
@pytest.mark.parametrize("n", [30, 200])
def test_coverage_of_a_share(p: float, n: int) -> None:
    hits = np.random.default_rng(7).binomial(n, p, size=3000)
    intervals = {k: mean(_values(np.arange(n) < k)) for k in np.unique(hits)}
    covered = np.mean([intervals[k].low <= p <= intervals[k].high for k in hits])
    assert covered > 0.95 - 3 * math.sqrt(0.05 * 0.95 / 3000)


@pytest.mark.parametrize(("both", "first", "second"), [(0.0, 0.05, 0.02), (0.5, 0.1, 0.1), (0.9, 0.05, 0.0)])
@pytest.mark.parametrize("n", [40, 200])
def test_coverage_of_a_paired_difference(both: float, first: float, second: float, n: int) -> None:
    rng = np.random.default_rng(11)
    draws = rng.choice(4, p=[both, first, second, 1 - both - first - second], size=(2000, n))
    covered = 0
    for row in draws:
        found = difference(_values((row == 0) | (row == 1)), _values((row == 0) | (row == 2)))
        covered += found.low <= first - second <= found.high
    assert covered / len(draws) > 0.95 - 3 * math.sqrt(0.05 * 0.95 / len(draws))


def test_distance_says_how_much_of_the_way_was_gone() -> None:
    original, retrained = _values(np.full(80, 0.9)), _values(np.full(80, 0.4))
    found = distance("rougeL_recall", _values(np.full(80, 0.5)), retrained, original)
    assert found.gap.value == pytest.approx(0.1)
    assert found.way == pytest.approx(0.8)
    assert distance("rougeL_recall", original, original, original).way is None
    assert distance("rougeL_recall", original, retrained).way is None
