"""Runs side by side on the same questions: means, differences, distance to a retrained model.

Everything here takes a value per question (`Values`): a recorded measure, or 1 and 0 for a judged label.
Questions are the units that are drawn: several outputs for one question are averaged first (`by_question`),
and two runs are compared on the questions they share. The intervals cover which questions were asked; a
judge's own error is not in them (`judgekit.report.comparison.axes` compares judged rates by intervals that cover it).
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri, stdtr, stdtrit

Question = TypeVar("Question", bound=Hashable)
Values = Mapping[str, float]
Bounds = tuple[float, float] | None

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Estimate:
    """A mean or difference with its interval; `value` None, with a `reason`, where there is nothing to
    estimate.

    `p` is the two-sided p-value against 0, for differences.
    """

    value: float | None
    low: float = math.nan
    high: float = math.nan
    n: int = 0
    p: float | None = None
    reason: str = ""

    @property
    def decided(self) -> int:
        """1 above zero, -1 below zero, 0 not told apart from zero."""
        return 0 if self.value is None else int(self.low > 0) - int(self.high < 0)


def by_question(questions: Sequence[str], values: Sequence[float | None]) -> dict[str, float]:
    """Mean value of each question, in order of appearance; items without a value (None, NaN) are left out."""
    found: dict[str, list[float]] = {}
    for question, value in zip(questions, values, strict=True):
        if value is not None and not math.isnan(value):
            found.setdefault(question, []).append(float(value))
    return {question: math.fsum(column) / len(column) for question, column in found.items()}


def shares(labels: Mapping[str, str | None], counted: Iterable[str]) -> dict[str, float]:
    """1 where a question's label is among `counted`, else 0; questions without a label (None) are left out."""
    wanted = frozenset(counted)
    return {question: float(label in wanted) for question, label in labels.items() if label is not None}


def mean(values: Values, level: float = CONFIDENCE, bounds: Bounds = (0.0, 1.0)) -> Estimate:
    """Mean over questions with a t interval, stabilized at the bounds (Agresti & Coull 1998 for shares).

    Parameters
    ----------
    values : Values
        Question to value
    level : float
        Confidence of the two-sided interval.
    bounds : (float, float) or None
        Range of the values. Two pseudo-questions at each end keep the interval open when all values are
        equal: 0 leaks of 100 questions do not make a leak rate of exactly 0. None: values without bounds,
        plain t.
    """
    if not values:
        return Estimate(None, reason="no question has a value")
    column = np.fromiter(values.values(), dtype=float, count=len(values))
    z = float(ndtri((1 + level) / 2))
    return _interval(column, level, bounds, weight=z * z / 2)


def difference(
    first: Mapping[Question, float],
    second: Mapping[Question, float],
    level: float = CONFIDENCE,
    bounds: Bounds = (0.0, 1.0),
    factor: float = 1.0,
) -> Estimate:
    """Mean of first - factor * second over the questions both have (Bonett & Price 2012 for shares).

    One pseudo-question at each end of the possible differences keeps the interval open when no question
    differs.
    """
    common = [question for question in first if question in second]
    if not common:
        return Estimate(None, reason="the runs have no question in common")
    column = np.array([first[question] - factor * second[question] for question in common])
    ends = None if bounds is None else (bounds[0] - factor * bounds[1], bounds[1] - factor * bounds[0])
    return _interval(column, level, ends, weight=1.0)


def _interval(column: NDArray[np.float64], level: float, bounds: Bounds, weight: float) -> Estimate:
    value, n = float(column.mean()), len(column)
    low_end, high_end = bounds if bounds is not None else (0.0, 0.0)
    if bounds is None:
        weight = 0.0
    total = n + 2 * weight
    if total <= 1:
        return Estimate(value, -math.inf, math.inf, n, 1.0)
    center = (column.sum() + weight * (low_end + high_end)) / total
    spread = ((column - center) ** 2).sum()
    spread += weight * ((low_end - center) ** 2 + (high_end - center) ** 2)
    error = math.sqrt(spread / (total - 1) / total)
    reach = float(stdtrit(total - 1, (1 + level) / 2)) * error
    low, high = min(center - reach, value), max(center + reach, value)
    if bounds is not None:
        low, high = max(low, low_end), min(high, high_end)
    p = float(2 * stdtr(total - 1, -abs(center) / error)) if error else float(center == 0)
    return Estimate(value, float(low), float(high), n, p)


@dataclass(frozen=True)
class Distance:
    """How far a run is from the retrained model in one measure.

    Attributes
    ----------
    gap : Estimate
        Run - retrained, paired; not told apart where the interval holds 0.
    way : float or None
        (original - run) / (original - retrained): 0 unchanged, 1 like retrained, above 1 overshot. None
        without an original, or where original and retrained are not told apart.
    """

    measure: str
    gap: Estimate
    way: float | None


def distance(
    measure: str,
    run: Values,
    retrained: Values,
    original: Values | None = None,
    level: float = CONFIDENCE,
    bounds: Bounds = (0.0, 1.0),
) -> Distance:
    """Distance of a run to the retrained model, and how much of the way from the original it went."""
    gap = difference(run, retrained, level, bounds)
    if original is None:
        return Distance(measure, gap, None)
    total, gone = difference(original, retrained, level, bounds), difference(original, run, level, bounds)
    if not total.decided or not total.value or gone.value is None:
        return Distance(measure, gap, None)
    return Distance(measure, gap, gone.value / total.value)
