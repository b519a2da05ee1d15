"""A coefficient of agreement as sums over items, and its interval.

Every coefficient is 1 - observed / expected disagreement; they differ in what chance is taken to be. An interval
comes from the device of :mod:`judgekit.trust.prevalence.core`: the items are drawn again and again with random
weights, each time with one further item, never seen, on which people disagree as much as they can (for the lower end)
or not at all (for the upper one). So people who agreed on ten items of ten are not said to agree always. It speaks of
further items, labeled by these people; other people may agree more or less.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from judgekit.trust.agreement.table import by_unit
from judgekit.trust.arrays import Floats, Ints
from judgekit.trust.prevalence.core import outer_quantiles, weighted_sums

TWICE = "no item has two labels: agreement between people needs items labeled twice"


@dataclass(frozen=True)
class Estimate:
    """A coefficient of agreement with its interval.

    Attributes
    ----------
    value, low, high : float
        1 where people always agree, 0 as by chance; the raw share lies between 0 and 1.
    items : int
        Items that it rests on.
    """

    value: float
    low: float
    high: float
    items: int


@dataclass(frozen=True)
class Parts:
    """A coefficient as sums over items: 1 - (disagreement / weight) / chance.

    Attributes
    ----------
    apart : (items, kinds) float
        Disagreement of each kind, such as every pair of labels, times the item's weight.
    weight : (items,) float
    given : (items, columns) float
        What chance is computed from.
    distance : callable
        From sums of `given` (..., columns) to how much each kind counts (..., kinds).
    chance : callable
        From the same to the disagreement expected by chance (...).
    """

    apart: Floats
    weight: Floats
    given: Floats
    distance: Callable[[Floats], Floats]
    chance: Callable[[Floats], Floats]

    @property
    def rows(self) -> Floats:
        """The three side by side; (items, columns)."""
        return np.column_stack([self.apart, self.weight, self.given])

    @property
    def value(self) -> float:
        """The coefficient; NaN where chance allows no disagreement."""
        if not self.weight.any():
            raise ValueError(TWICE)
        return float(self.of(self.rows.sum(axis=0)))

    def of(self, sums: Floats) -> Floats:
        """The coefficient of sums of rows (..., columns)."""
        kinds = self.apart.shape[1]
        apart, weight, given = sums[..., :kinds], sums[..., kinds], sums[..., kinds + 1 :]
        chance = self.chance(given)
        seen = np.sum(apart * self.distance(given), axis=-1) / weight
        return np.asarray(1.0 - np.divide(seen, chance, out=np.full_like(seen, np.nan), where=chance > 0))


Build = Callable[[Ints], Parts]
"""From items, told by the counts of their labels or (Cohen) by two people's labels, to a coefficient's sums."""


def estimate(
    build: Build, items: Ints, unseen: tuple[Ints, Ints], questions: ArrayLike | None, level: float
) -> Estimate | None:
    """A coefficient with its interval.

    Parameters
    ----------
    build : callable
    items : (items, columns) int
    unseen : pair of (kinds, columns) int
        Items on which people disagree in every possible way, and such on which they agree.
    questions : (items,), optional
        Items of one question are drawn together.
    level : float
        Confidence.

    Returns
    -------
    Estimate or None
        None where no item counts, or chance allows no disagreement.
    """
    parts = build(items)
    if not parts.weight.any() or np.isnan(value := parts.value):
        return None
    rows = by_unit(parts.rows, questions)
    largest = rows[:, parts.apart.shape[1]].max()
    rng = np.random.default_rng(0)
    sums = weighted_sums(rows, rng)
    more = rng.standard_exponential((len(sums), 1)) * largest
    ends = []
    for kinds, extreme in zip(unseen, (np.argmin, np.argmax), strict=True):
        extra = build(kinds)
        each = extra.rows[extra.weight > 0] / extra.weight[extra.weight > 0, None]
        worst = each[int(extreme(parts.of(rows.sum(axis=0) + largest * each)))]
        ends.append(parts.of(sums + more * worst))
    low, high = outer_quantiles(ends[0], ends[1], (1.0 - level) / 2.0)
    return Estimate(value, min(low, value), max(high, value), int(np.sum(parts.weight > 0)))
