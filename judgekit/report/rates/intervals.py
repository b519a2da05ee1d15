"""Intervals for a run's recorded measures: over which questions were asked."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from judgekit.metrics import AGGREGATES, catalog
from judgekit.metrics.aggregate import Part
from judgekit.metrics.entry import PROBABILITY
from judgekit.report.paired import CONFIDENCE, Estimate, mean
from judgekit.report.per_question import QuestionValues

DRAWS = 2000
TOGETHER = 1 << 22
"""Counts that are worked on at once: a run of a million questions must not take gigabytes for its draws."""

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
    told = [one for one in AGGREGATES if (made := run.measures.overall.get(one.name)) and made.known]
    means = _draw_means(run, {part for one in told for part in one.parts(run.values)}, seed)
    for aggregate in told:
        published = run.measures.overall[aggregate.name]
        assert published.value is not None
        drawn = aggregate.combine([means[part] for part in aggregate.parts(run.values)])
        found["", aggregate.name] = _quantiles(drawn, published.value, published.n, level)
    return found


def _published(value: float | None, estimate: Estimate) -> Estimate:
    if value is None or estimate.value is None:
        return estimate
    return Estimate(value, min(value, estimate.low), max(value, estimate.high), estimate.n)


def _draw_means(run: QuestionValues, wanted: Collection[Part], seed: int) -> Mapping[tuple[str, str], Floats]:
    """Means of measures of each split over the same resampled questions: they stay as correlated as they are."""
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
        (split, name): _weighted(weights, questions[split], values)
        for split, weights in zip(questions, counts, strict=True)
        for name, values in columns[split].items()
    }


@lru_cache(maxsize=1)
def _resampled(seed: int, sizes: tuple[int, ...]) -> list[NDArray[np.uint16]]:
    """How often each question is drawn, (draws, questions) for each split; runs on the same questions share them."""
    rng = np.random.default_rng(seed)
    return [
        np.concatenate(
            [
                rng.multinomial(size, np.full(size, 1 / size), len(part)).astype(np.uint16)
                for part in _parts(size)
            ]
        )
        for size in sizes
    ]


def _parts(size: int) -> list[range]:
    """The draws in parts, so that each has at most :data:`TOGETHER` counts of so many questions, or is one draw."""
    step = max(TOGETHER // size, 1)
    return [range(start, min(start + step, DRAWS)) for start in range(0, DRAWS, step)]


def _weighted(weights: NDArray[np.uint16], questions: Sequence[str], values: Mapping[str, float]) -> Floats:
    column = np.array([values.get(question, math.nan) for question in questions])
    known = ~np.isnan(column)
    total, sums = np.zeros(DRAWS), np.zeros(DRAWS)
    for part in _parts(len(column)):
        counts = weights[part.start : part.stop, known].astype(float)
        total[part], sums[part] = counts.sum(axis=1), counts @ column[known]
    # A draw without any question that has a value says nothing new: it takes the mean.
    return np.asarray(np.divide(sums, total, out=np.full(len(sums), column[known].mean()), where=total > 0))


def _quantiles(drawn: Floats, value: float, n: int, level: float) -> Estimate:
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2])
    return Estimate(value, min(float(low), value), max(float(high), value), n)
