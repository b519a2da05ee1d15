"""Evidence of several tiers as one opinion: a label and how sure of it, from all that was asked so far.

Opinions are added as mean log-probabilities over the judges asked (a logarithmic opinion pool; for two labels
the mean log-odds). A judge with several stages counts once, with its latest stage. The *score* of an item is the
log-odds of its leading label against all others; it orders items from doubtful to sure, no more: what a score is
worth is found out with human labels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
Bools = NDArray[np.bool_]

FLOOR = 1e-4
"""Smallest probability believed: one judge's certainty may not outshout all others together."""


def check_probs(probs: Any, name: str = "probs") -> Floats:
    """Validate evidence and return it as float64 (items, tiers, labels); a row with any NaN becomes all NaN.

    Raises
    ------
    ValueError : the shape is wrong, a number is negative or infinite, or a row sums to nothing.
    """
    array = np.asarray(probs, dtype=np.float64)
    if array.ndim != 3:
        raise ValueError(f"{name} must have shape (items, tiers, labels), got {array.shape}")
    if array.shape[1] < 1 or array.shape[2] < 2:
        raise ValueError(f"{name} must hold at least 1 tier and 2 labels, got shape {array.shape}")
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


@dataclass(frozen=True)
class Combination:
    """How tiers become one opinion.

    Attributes
    ----------
    judges : for each tier the judge it belongs to; consecutive tiers of one judge are its stages, and each
        replaces the earlier ones.
    weights : for each tier the weight of its judge's log-probabilities while that tier is its latest.
    """

    judges: tuple[int, ...]
    weights: tuple[float, ...]

    @classmethod
    def equal(cls, tiers: int, judges: Sequence[int] | None = None) -> Combination:
        """Every judge counts the same.

        Raises
        ------
        ValueError : ``judges`` has not one entry a tier, or a judge's stages are not consecutive.
        """
        owner = tuple(range(tiers)) if judges is None else tuple(int(j) for j in judges)
        if len(owner) != tiers:
            raise ValueError(f"judges must name one judge for each of the {tiers} tiers, got {len(owner)}")
        if any(owner[t] in owner[: t - 1] and owner[t] != owner[t - 1] for t in range(2, tiers)):
            raise ValueError(f"the stages of a judge must be consecutive tiers, got judges={list(owner)}")
        return cls(owner, (1.0,) * tiers)

    @property
    def tiers(self) -> int:
        """Number of tiers."""
        return len(self.judges)

    def opinion(self, probs: Floats, tier: int) -> tuple[Ints, Floats]:
        """Label and score of items after tiers ``0..tier``.

        Parameters
        ----------
        probs : float (items, tiers, labels), as from :func:`check_probs`.

        Returns
        -------
        label : int (items,), the leading label (the first of equals); -1 where no tier gave evidence.
        score : float (items,), log-odds of that label; NaN where no tier gave evidence.
        """
        pool = _Pool(probs)
        for t in range(tier + 1):
            pool.add(self, t)
        return pool.opinion()

    def opinions(self, probs: Floats) -> tuple[Ints, Floats]:
        """Labels and scores after every tier, each (items, tiers)."""
        pool, found = _Pool(probs), []
        for t in range(self.tiers):
            pool.add(self, t)
            found.append(pool.opinion())
        return np.stack([label for label, _ in found], axis=1), np.stack(
            [score for _, score in found], axis=1
        )


class _Pool:
    """Running weighted sum of log-probabilities; the judge asked last is kept apart, as it may be replaced."""

    def __init__(self, probs: Floats) -> None:
        items, _, labels = probs.shape
        self.probs = probs
        self.judge = -1
        self.settled, self.latest = np.zeros((items, labels)), np.zeros((items, labels))
        self.settled_weight, self.latest_weight = np.zeros(items), np.zeros(items)

    def add(self, combination: Combination, tier: int) -> None:
        judge, weight = combination.judges[tier], combination.weights[tier]
        if judge != self.judge:
            self.settled, self.settled_weight = (
                self.settled + self.latest,
                self.settled_weight + self.latest_weight,
            )
            self.latest, self.latest_weight = np.zeros_like(self.latest), np.zeros_like(self.latest_weight)
            self.judge = judge
        rows = self.probs[:, tier]
        present = ~np.isnan(rows[:, 0])
        believed = np.maximum(rows / rows.sum(axis=1, keepdims=True), FLOOR)
        self.latest = np.where(present[:, None], weight * np.log(believed), self.latest)
        self.latest_weight = np.where(present, weight, self.latest_weight)

    def opinion(self) -> tuple[Ints, Floats]:
        weight = self.settled_weight + self.latest_weight
        known = weight > 0
        mean = (self.settled + self.latest) / np.where(known, weight, 1.0)[:, None]
        label = mean.argmax(axis=1)
        top = np.take_along_axis(mean, label[:, None], axis=1)
        others = mean - top
        np.put_along_axis(others, label[:, None], -np.inf, axis=1)
        score = -np.log(np.exp(others).sum(axis=1))
        return np.where(known, label, -1), np.where(known, score, np.nan)
