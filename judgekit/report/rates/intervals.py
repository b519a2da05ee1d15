"""Intervals for a run's recorded measures: over which questions were asked."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from judgekit.metrics import AGGREGATES, catalog
from judgekit.metrics.entry import PROBABILITY
from judgekit.report.paired import CONFIDENCE, Estimate, mean
from judgekit.report.per_question import QuestionValues

DRAWS = 2000

Floats = NDArray[np.float64]


def intervals(
    run: QuestionValues, level: float = CONFIDENCE, seed: int = 0
) -> dict[tuple[str, str], Estimate]:
    """An interval for every measure of a run that is a mean, or made of means.

    Returns
    -------
    dict
        (split, measure), or ("", aggregate), to Estimate. Forget quality is a p-value and privacy leakage
        rests on one recorded AUC: they have no interval and are left out. `value` is the published figure, a
        mean over items; questions are what is drawn, so that several items of one question do not count as
        independent.
    """
    found: dict[tuple[str, str], Estimate] = {}
    for split, columns in run.values.items():
        for name, values in columns.items():
            bounds = (0.0, 1.0) if catalog()[name].range == PROBABILITY else None
            found[split, name] = _published(
                run.measures.splits[split][name].value, mean(values, level, bounds)
            )
    means = _draw_means(run, seed)
    for aggregate in AGGREGATES:
        published, parts = run.measures.overall.get(aggregate.name), aggregate.parts(run.values)
        if published is not None and published.value is not None:
            drawn = aggregate.combine([means[part] for part in parts])
            found["", aggregate.name] = _quantiles(drawn, published.value, published.n, level)
    return found


def _published(value: float | None, estimate: Estimate) -> Estimate:
    if value is None or estimate.value is None:
        return estimate
    return Estimate(value, min(value, estimate.low), max(value, estimate.high), estimate.n)


def _draw_means(run: QuestionValues, seed: int) -> Mapping[tuple[str, str], Floats]:
    """Means of all measures of each split over the same resampled questions: they stay as correlated as they are."""
    wanted = {part for aggregate in AGGREGATES for part in aggregate.parts(run.values)}
    columns = {
        split: {
            name: values for name, values in run.values[split].items() if (split, name) in wanted and values
        }
        for split in sorted(run.values)
    }
    questions = {
        split: sorted({question for values in mine.values() for question in values})
        for split, mine in columns.items()
        if mine
    }
    counts = _resampled(seed, tuple(map(len, questions.values())))
    return {
        (split, name): _weighted(weights.astype(float), questions[split], values)
        for split, weights in zip(questions, counts, strict=True)
        for name, values in columns[split].items()
    }


@lru_cache(maxsize=1)
def _resampled(seed: int, sizes: tuple[int, ...]) -> list[NDArray[np.uint16]]:
    """How often each question is drawn, (draws, questions) for each split; runs on the same questions share them."""
    rng = np.random.default_rng(seed)
    return [rng.multinomial(size, np.full(size, 1 / size), DRAWS).astype(np.uint16) for size in sizes]


def _weighted(weights: Floats, questions: Sequence[str], values: Mapping[str, float]) -> Floats:
    column = np.array([values.get(question, math.nan) for question in questions])
    known = ~np.isnan(column)
    total = weights[:, known].sum(axis=1)
    sums = weights[:, known] @ column[known]
    # A draw without any question that has a value says nothing new: it takes the mean.
    return np.asarray(np.divide(sums, total, out=np.full(len(sums), column[known].mean()), where=total > 0))


def _quantiles(drawn: Floats, value: float, n: int, level: float) -> Estimate:
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2])
    return Estimate(value, min(float(low), value), max(float(high), value), n)
