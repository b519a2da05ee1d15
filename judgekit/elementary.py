"""Logarithm, exponential and what is made of them, with the same bits on every processor.

The system's mathematical library and NumPy's vector code differ in the last bit from processor to processor, and
sums of products differ with the linear algebra library, its threads and the size of a block. A verdict at a threshold
must not hang on that. So what decides is computed here, by additions, multiplications, divisions and shifts of the
exponent alone, each of them rounded as IEEE 754 says, in an order that nothing changes. The results are
within four units in the last place of the true ones.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

_LN2_HIGH, _LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10
"""Together the logarithm of 2; the first has so few digits that its products with exponents are exact."""

_ODD = tuple(1 / (2 * k + 1) for k in range(12))
"""Of the series of artanh(s) / s in s ** 2; enough for s up to 0.172."""

_TAYLOR = tuple(1 / math.factorial(k) for k in range(15))
"""Of the exponential series; enough up to half the logarithm of 2."""

_LEAST, _MOST = -746.0, 710.0
"""Beyond these the exponential is 0 and infinite."""


def log(numbers: ArrayLike) -> Floats:
    """The natural logarithm, of any shape; -inf of 0, NaN of negative numbers and of NaN."""
    x = np.asarray(numbers, dtype=np.float64)
    part, exponent = np.frexp(np.where((x > 0) & (x < np.inf), x, 1.0))
    small = part < math.sqrt(0.5)
    part, power = np.where(small, 2 * part, part), (exponent - small).astype(np.float64)
    s = (part - 1) / (part + 1)
    found = power * _LN2_HIGH + (2 * s * _polynomial(_ODD, s * s) + power * _LN2_LOW)
    return np.where(x > 0, np.where(x < np.inf, found, np.inf), np.where(x == 0, -np.inf, np.nan))


def exp(numbers: ArrayLike) -> Floats:
    """The exponential, of any shape; infinite where it is too large, NaN of NaN."""
    x = np.asarray(numbers, dtype=np.float64)
    held = np.clip(np.where(np.isnan(x), 0.0, x), _LEAST, _MOST)
    power = np.rint(held / (_LN2_HIGH + _LN2_LOW))
    rest = (held - power * _LN2_HIGH) - power * _LN2_LOW
    with np.errstate(over="ignore", under="ignore"):
        found = np.ldexp(_polynomial(_TAYLOR, rest), power.astype(np.int32))
    return np.where(np.isnan(x), np.nan, found)


def sigmoid(log_odds: ArrayLike) -> Floats:
    """The logistic function, of any shape, without overflow."""
    with np.errstate(over="ignore"):
        return np.asarray(1 / (1 + exp(-np.asarray(log_odds, dtype=np.float64))))


def added(numbers: Floats) -> Floats:
    """The sum over the last axis, from the first number to the last."""
    total: Floats = numbers[..., 0]
    for k in range(1, numbers.shape[-1]):
        total = total + numbers[..., k]
    return total


def weighted(columns: Floats, weights: Sequence[float] | Floats) -> Floats:
    """The sum of columns (items, columns) by their weights (columns,), one after the other. Shape (items,)."""
    total = np.zeros(len(columns))
    for k, weight in enumerate(weights):
        total = total + columns[:, k] * weight
    return total


@lru_cache(maxsize=4096)
def log1p(count: int) -> float:
    """The logarithm of one more than a whole number, as a feature of counts."""
    return float(log(1.0 + count))


def _polynomial(coefficients: Sequence[float], x: Floats) -> Floats:
    """By Horner's rule, the constant first."""
    total: Floats = np.full_like(x, coefficients[-1])
    for coefficient in reversed(coefficients[:-1]):
        total = total * x + coefficient
    return total
