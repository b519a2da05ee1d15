"""Exact tail bounds for the mean of losses: from what was seen to a p-value and an upper confidence bound."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import bdtr, betaincinv

Floats = NDArray[np.float64]


def binomial_p(errors: ArrayLike, n: ArrayLike, risk: float) -> Floats:
    """P(Bin(n, risk) <= errors): the exact p-value of "the error rate is at least ``risk``"; 1 where n = 0."""
    k, m = np.broadcast_arrays(np.asarray(errors, dtype=np.float64), np.asarray(n, dtype=np.float64))
    return np.where(m > 0, bdtr(k, np.maximum(m, 1).astype(np.int64), risk), 1.0)


def clopper_pearson_upper(errors: ArrayLike, n: ArrayLike, delta: float) -> Floats:
    """One-sided upper bound of an error rate with confidence 1 - delta (Clopper & Pearson 1934); 1 where n = 0."""
    k, m = np.broadcast_arrays(np.asarray(errors, dtype=np.float64), np.asarray(n, dtype=np.float64))
    inner = betaincinv(np.minimum(k, m) + 1, np.maximum(m - k, 1), 1 - delta)
    return np.where(k >= m, 1.0, inner)


def clopper_pearson(errors: int, n: int, level: float = 0.95) -> tuple[float, float]:
    """Two-sided interval of a rate."""
    tail = (1 - level) / 2
    return 1 - float(clopper_pearson_upper(n - errors, n, tail)), float(
        clopper_pearson_upper(errors, n, tail)
    )


def fewest_labels(risk: float, delta: float) -> int:
    """Smallest n for which n accepted items without any error certify an error rate of at most ``risk``."""
    return int(np.ceil(np.log(delta) / np.log1p(-risk)))
