from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from judgekit.report.compare import (
    Estimate,
    Point,
    by_question,
    decided,
    difference,
    distance,
    dominators,
    holm,
    mean,
    pareto,
    rank,
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


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_holm_is_monotone_and_no_laxer_than_the_p_values(p_values: list[float]) -> None:
    adjusted = holm(p_values)
    order = np.argsort(p_values, kind="stable")
    assert all(a >= p for a, p in zip(adjusted, p_values, strict=True))
    assert np.all(np.diff(np.array(adjusted)[order]) >= 0)
    assert min(adjusted) == pytest.approx(min(1, len(p_values) * min(p_values)))


def test_equal_runs_are_told_apart_in_at_most_five_of_a_hundred_studies() -> None:
    rng = np.random.default_rng(3)
    wrong = 0
    for _ in range(400):
        questions = rng.random(60)
        runs = {name: _values(rng.random(60) < questions) for name in "abcd"}
        wrong += bool(decided(runs))
    assert wrong / 400 < 0.05 + 3 * math.sqrt(0.05 * 0.95 / 400)


def test_ranks_are_ranges_where_the_data_cannot_tell() -> None:
    rng = np.random.default_rng(5)
    runs = {
        "gone": _values(rng.random(300) < 0.02),
        "alike": _values(rng.random(300) < 0.31),
        "same": _values(rng.random(300) < 0.30),
        "kept": _values(rng.random(300) < 0.9),
    }
    ranked = rank({name: mean(v) for name, v in runs.items()}, decided(runs, higher=False), higher=False)
    places = {r.name: (r.best, r.worst) for r in ranked}
    assert ranked[0].name == "gone" and places["gone"] == (1, 1)
    assert places["alike"] == places["same"] == (2, 3)
    assert ranked[-1].name == "kept" and places["kept"] == (4, 4)


def test_a_run_without_an_estimate_comes_last() -> None:
    ranked = rank({"none": Estimate(None, reason="no data"), "some": Estimate(0.1, 0, 0.2)}, frozenset())
    assert [r.name for r in ranked] == ["some", "none"]
    assert all(r.tied for r in ranked)


points = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=8)


@given(points)
def test_the_front_is_what_nothing_dominates(coordinates: list[tuple[int, int]]) -> None:
    cloud = [Point(str(i), f, u) for i, (f, u) in enumerate(coordinates)]
    front = {s.name for s in pareto(cloud, frozenset(), frozenset()) if s.on_front}
    assert front
    for point in cloud:
        if point.name not in front:
            assert front & set(dominators(point, cloud))


def test_a_run_behind_the_front_is_contested_until_a_domination_is_decided() -> None:
    cloud = [Point("good", 0.9, 0.9), Point("near", 0.89, 0.9)]
    assert [s.contested for s in pareto(cloud, frozenset(), frozenset())] == [False, True]
    assert [s.contested for s in pareto(cloud, frozenset({("good", "near")}), frozenset())] == [False, False]


def test_distance_says_how_much_of_the_way_was_gone() -> None:
    original, retrained = _values(np.full(80, 0.9)), _values(np.full(80, 0.4))
    found = distance("rougeL_recall", _values(np.full(80, 0.5)), retrained, original)
    assert found.gap.value == pytest.approx(0.1)
    assert found.way == pytest.approx(0.8)
    assert distance("rougeL_recall", original, original, original).way is None
    assert distance("rougeL_recall", original, retrained).way is None
