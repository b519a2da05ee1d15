"""How well a score tells two groups apart: the area under the ROC curve, with limits that hold for few of each."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq
from scipy.special import stdtrit
from scipy.stats import rankdata

_EDGE = 1e-12
"""At 0 and 1 themselves the variance is 0, so that they are never contradicted; the limit is the other root."""


class Auc(NamedTuple):
    """An area under the ROC curve and its confidence limits, all in [0, 1]."""

    value: float
    low: float
    high: float


def auc(positive: ArrayLike, negative: ArrayLike, level: float = 0.95) -> Auc:
    """P(a positive scores higher than a negative) + P(tie) / 2, with limits.

    The limits are Newcombe's (2006, "Confidence intervals for an effect size measure based on the Mann-Whitney
    statistic. Part 2", method 5): the values that the estimate does not contradict, with Hanley and McNeil's variance
    at the mean of the two sizes. Unlike DeLong's they keep their width where the groups are wholly apart.

    Parameters
    ----------
    positive, negative : (m,) and (n,) float
        Scores, at least one of each; infinite ones have their place, NaN has none.
    level : float
        Confidence of the two-sided interval.

    Raises
    ------
    ValueError
        A group is empty, or a score is NaN.
    """
    x, y = np.asarray(positive, dtype=float).ravel(), np.asarray(negative, dtype=float).ravel()
    if not len(x) or not len(y):
        raise ValueError("both groups need a score")
    if np.isnan(x).any() or np.isnan(y).any():
        raise ValueError("a score is not a number")
    m, n = len(x), len(y)
    ranks = rankdata(np.concatenate([x, y]))
    value = float((ranks[:m].sum() - m * (m + 1) / 2) / (m * n))
    z = float(stdtrit(max(m + n - 2, 1), (1 + level) / 2))

    def beyond(true: float, side: int) -> float:
        return side * (value - true) - z * math.sqrt(_variance(true, m, n))

    low = 0.0 if value == 0 else float(brentq(beyond, 0.0, min(value, 1 - _EDGE), args=(1,)))
    high = 1.0 if value == 1 else float(brentq(beyond, max(value, _EDGE), 1.0, args=(-1,)))
    return Auc(value, min(low, value), max(high, value))


def _variance(true: float, m: int, n: int) -> float:
    more = (m + n) / 2 - 1
    return true * (1 - true) * (1 + more * ((1 - true) / (2 - true) + true / (1 + true))) / (m * n)
