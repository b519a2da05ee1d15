"""Arrays as the mathematics takes them: their types, and what evidence must look like."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
Bools = NDArray[np.bool_]


def check_probs(probs: Any, name: str = "probs") -> Floats:
    """Validate evidence and return it as float64 (items, tiers, classes); a row with any NaN becomes all NaN.

    Raises
    ------
    ValueError
        The shape is wrong, a number is negative or infinite, or a row sums to nothing.
    """
    array = np.asarray(probs, dtype=np.float64)
    if array.ndim != 3:
        raise ValueError(f"{name} must have shape (items, tiers, classes), got {array.shape}")
    if array.shape[1] < 1 or array.shape[2] < 2:
        raise ValueError(f"{name} must hold at least 1 tier and 2 classes, got shape {array.shape}")
    total = array.sum(axis=2)
    bad = (array < 0).any(axis=2) | np.isinf(total) | (total == 0)
    if bad.any():
        item, tier = (int(k) for k in np.argwhere(bad)[0])
        raise ValueError(
            f"{name}[{item}, {tier}] is no distribution: {array[item, tier].tolist()}; "
            "give non-negative numbers, or NaN where a tier has no evidence"
        )
    missing = np.isnan(total)
    if missing.any():
        array = array.copy()
        array[missing] = np.nan
    return array
