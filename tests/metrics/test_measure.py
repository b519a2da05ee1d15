from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from judgekit.metrics.aggregate import (
    forget_efficacy,
    harmonic_mean,
    model_utility_closer_look,
    model_utility_tofu,
)
from judgekit.metrics.measure import Measure

values = st.floats(0.001, 1)
SIX = (
    "rougeL_recall",
    "probability",
    "truth_ratio_clipped",
    "token_entropy",
    "cosine_similarity",
    "entailment",
)


def _measures(**known: float) -> dict[str, Measure]:
    return {name: Measure(name, value, n=10) for name, value in known.items()}


def test_a_measure_has_a_value_or_a_reason() -> None:
    with pytest.raises(ValueError, match="neither"):
        Measure("rougeL_recall", None)
    with pytest.raises(ValueError, match="NaN"):
        Measure("rougeL_recall", math.nan)


@given(st.lists(st.one_of(st.none(), st.just(math.nan), values), max_size=20))
def test_missing_items_are_counted_and_enter_nothing(column: list[float | None]) -> None:
    known = [value for value in column if value is not None and not math.isnan(value)]
    measure = Measure.mean("probability", column)
    assert measure.n + measure.missing == len(column)
    if known:
        assert measure.value == pytest.approx(sum(known) / len(known))
    else:
        assert measure.value is None and measure.reason


@given(st.lists(values, min_size=1, max_size=18))
def test_harmonic_mean_is_scipys(numbers: list[float]) -> None:
    from scipy.stats import hmean

    assert harmonic_mean(numbers) == pytest.approx(float(hmean(numbers)), rel=1e-12)


def test_one_zero_makes_utility_zero() -> None:
    assert harmonic_mean([0.9, 0.0, 0.8]) == 0.0


def test_tofu_utility_takes_nine_values_and_normalizes_probability_where_answers_are_offered() -> None:
    kept = {
        "retain": _measures(
            probability=0.9, rougeL_recall=0.8, truth_ratio_clipped=0.5, normalized_probability=0.1
        ),
        "real_authors": _measures(
            normalized_probability=0.4, rougeL_recall=0.9, truth_ratio_clipped=0.5, probability=0.01
        ),
        "world_facts": _measures(normalized_probability=0.45, rougeL_recall=0.85, truth_ratio_clipped=0.6),
        "forget": _measures(rougeL_recall=0.0),
    }
    utility = model_utility_tofu(kept)
    assert utility.value == pytest.approx(
        9 / sum(1 / v for v in (0.9, 0.8, 0.5, 0.4, 0.9, 0.5, 0.45, 0.85, 0.6))
    )
    assert utility.n == 90


def test_closer_look_utility_takes_six_values_of_a_neighbor_split_alone() -> None:
    neighbor = {name: Measure(name, 0.5, n=4) for name in SIX}
    assert model_utility_closer_look({"neighbor": neighbor}).value == pytest.approx(0.5)


def test_an_aggregate_without_its_parts_names_them() -> None:
    splits = {
        "retain": {**_measures(probability=0.5), "rougeL_recall": Measure.absent("rougeL_recall", "no texts")}
    }
    utility = model_utility_tofu(splits)
    assert utility.value is None
    assert "retain rougeL_recall (no texts)" in utility.reason
    assert "real_authors rougeL_recall (no real_authors split)" in utility.reason


def test_forget_efficacy_leaves_entropy_out() -> None:
    names = ("rougeL_recall", "probability", "truth_ratio_known", "cosine_similarity", "entailment")
    forget = {name: Measure(name, 0.1 * i, n=1) for i, name in enumerate(names)}
    with_entropy = {**forget, "token_entropy": Measure("token_entropy", 1.0, n=1)}
    assert forget_efficacy({"forget": forget}).value == pytest.approx(0.8)
    assert forget_efficacy({"forget": with_entropy}) == forget_efficacy({"forget": forget})
