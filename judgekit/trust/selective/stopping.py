"""Candidate policies: one path of whole cascades, from the strictest to the most lenient.

A point on the path is a *level*. At a level an item stops with a verdict at the first tier where

    score - drag[tier] >= level     (accept: would hold even if what is still to be asked pulled back by `drag`)

and stops without one at the first tier where

    score + hope[tier] < level      (give up: what is still to be asked will hardly lift it that far).

A negative `drag` asks less evidence to be spared a dear tier, but never less than half, and below `least` a tier before
the last gives no verdict at any level (:meth:`Exits.settles`). `drag`, `hope` and `least` are fixed before any label is
seen, from the prices, the promised agreement and the number of classes. Lower levels accept more: the sets of
accepted items grow along the path, so an item *enters* the path at one level and stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from judgekit.trust.arrays import Bools, Floats
from judgekit.trust.selective.opinion_pool import FLOOR, Combination

CAUTION = 1.0
"""How far (log-odds, per unit of weight) judges still to be asked are expected to pull back, if asking were free."""

USUAL_THRIFT = 2.0
"""How much less evidence (log-odds) is asked for, to be spared the dearest tier, where no budget says."""

BOTTOM = float(np.nextafter(-np.inf, 0))
"""The last level of every path, below any score: who has a verdict at any level has one here, whatever the exits."""


@dataclass(frozen=True)
class Exits:
    """When a cascade stops early; all fields have one entry a tier.

    Attributes
    ----------
    drag : what an early verdict must have to spare; 0 at the last tier.
    hope : what later tiers are trusted to add, at most.
    least : the least level at which the tier gives a verdict; -inf at the last.
    depth : number of tiers that may be asked at all.
    """

    drag: tuple[float, ...]
    hope: tuple[float, ...]
    least: tuple[float, ...]
    depth: int

    @classmethod
    def priced(
        cls,
        combination: Combination,
        costs: Floats,
        thrift: float,
        agreement: float,
        classes: int,
        depth: int | None = None,
    ) -> Exits:
        """Exits for tiers that cost ``costs`` to ask: the dearer the next tier, the earlier an item stops.

        Judges that claim less than ``agreement``, the promise, wait for the last one (``least``): else items would
        change their verdict on parts of the path that no certificate reaches, and be charged for it. A claim is the
        log-odds beyond those of an even opinion. At the last tier but one it must be that of the promise, at earlier
        ones less, in proportion to the root of the weight asked. What a price beyond :data:`USUAL_THRIFT` takes off
        the evidence that is asked for, it takes off ``least`` too, and twice off ``hope``.
        """
        deep = combination.tiers if depth is None else depth
        pending = combination.pending - combination.pending[deep - 1]
        price = thrift * np.append(costs[1:], 0.0) / max(float(costs.max()), 1e-300)
        beyond = np.maximum(price - USUAL_THRIFT, 0)
        drag, hope = CAUTION - price, np.maximum(-np.log(FLOOR) - 2 * beyond, 0)
        asked = np.maximum(1 - combination.pending, 0)
        part = np.sqrt(asked / max(float(asked[max(deep - 2, 0)]), 1e-300))
        claim = part * np.log(agreement / (1 - agreement)) - np.log(classes - 1) - pending * beyond
        claim = np.where(combination.heard, claim, np.inf)
        least = np.where(np.arange(combination.tiers) < deep - 1, claim, -np.inf)
        return cls(
            tuple((pending * drag).tolist()), tuple((pending * hope).tolist()), tuple(least.tolist()), deep
        )

    @classmethod
    def never(cls, tiers: int) -> Exits:
        """Ask every tier."""
        unless_last = (np.inf,) * (tiers - 1)
        return cls((*unless_last, 0.0), (*unless_last, 0.0), (*unless_last, -np.inf), tiers)

    def settles(self, score: Floats, tier: int) -> Floats:
        """The level from which on a score after ``tier`` is enough for a verdict; -inf never.

        That is ``score - drag``; but a negative drag adds no more than the score itself, so that no evidence at all
        never passes for some; and below ``least`` nothing is enough at any level.
        """
        enough = score - self.drag[tier]
        if self.drag[tier] < 0:
            enough = np.minimum(enough, np.maximum(2 * score, score))
        return np.where(enough >= self.least[tier], enough, -np.inf)

    def entries(self, score: Floats, present: Bools) -> Floats:
        """The level from which on each tier would settle an item, (items, tiers); -inf never.

        Parameters
        ----------
        score : float (items, tiers), from :meth:`Combination.opinions`.
        present : bool (items, tiers), whether the tier gave evidence on the item.
        """
        entry = np.full(score.shape, -np.inf)
        alive = np.full(len(score), np.inf)
        for t in range(self.depth):
            entry[:, t] = np.where(present[:, t], np.minimum(self.settles(score[:, t], t), alive), -np.inf)
            alive = np.where(present[:, t], np.minimum(alive, score[:, t] + self.hope[t]), alive)
        return entry

    def outcomes(self, entry: Floats, loss: Floats) -> tuple[Floats, Floats]:
        """When each item gets a verdict, and the greatest loss of all the verdicts it gets along the path.

        Further down the path an earlier tier may settle an item, with another verdict: such an item is charged with
        the worse one from the start. What it is charged with then does not depend on the level, which is what
        levels at the items' own ranks need (``docs/guarantee.md``).

        Parameters
        ----------
        entry : float (items, tiers), from :meth:`entries`.
        loss : float (items, tiers), the loss of the verdict that each tier would give.

        Returns
        -------
        entered, charge : float (items,); the level from which on there is a verdict (-inf never), and the loss.
        """
        entered, charge = np.full(len(entry), -np.inf), np.zeros(len(entry))
        for t in range(self.depth):
            settles = entry[:, t] > entered
            charge = np.where(settles, np.maximum(charge, loss[:, t]), charge)
            entered = np.maximum(entered, entry[:, t])
        return entered, charge

    def reach(self, entry: Floats, score: Floats, present: Bools, level: float) -> Floats:
        """Share of the items that each tier is asked about at a level, (tiers,)."""
        asked = np.zeros(score.shape[1])
        active = np.ones(len(score), dtype=np.bool_)
        for t in range(self.depth):
            asked[t] = active.mean() if len(score) else 0.0
            settled = present[:, t] & ((entry[:, t] >= level) | (score[:, t] + self.hope[t] < level))
            active = active & ~settled
        return asked


def levels(entered: Floats, counts: Iterable[int]) -> list[float]:
    """The levels at which about the given numbers of reference items are accepted, strictest first.

    A level lies just above the entry of the first item that is left out, so items with equal entries are taken or
    left together; none is left out at :data:`BOTTOM`. ``entered`` float (reference items,): the level at which each
    enters the path, -inf never.
    """
    order = np.sort(entered[entered > -np.inf])[::-1]
    found: list[float] = []
    for count in counts:
        if not 0 < count <= len(order):
            continue
        left = np.searchsorted(-order, -order[count - 1], side="right")
        level = float(np.nextafter(order[left], np.inf)) if left < len(order) else BOTTOM
        if not found or level < found[-1]:
            found.append(level)
    return found


def tally(entry: Floats, loss: Floats, at: Sequence[float]) -> Floats:
    """The sum of the losses of the verdicts given at each level, (levels,).

    Parameters
    ----------
    entry : float (items, tiers), from :meth:`Exits.entries`.
    loss : float (items, tiers), the loss of the verdict that each tier would give.
    at : levels, strictest first.
    """
    total, grid = np.zeros(len(at) + 1), -np.asarray(at, dtype=np.float64)
    before = np.full(len(entry), -np.inf)
    for t in range(entry.shape[1]):
        settles = entry[:, t] > before
        # this tier's verdict stands from the level of its entry on, until an earlier tier would settle the item
        start = np.searchsorted(grid, -entry[settles, t])
        end = np.where(before[settles] > -np.inf, np.searchsorted(grid, -before[settles]), len(at))
        for position, sign in ((start, 1.0), (end, -1.0)):
            total += sign * np.bincount(position, weights=loss[settles, t], minlength=len(at) + 1)
        before = np.maximum(before, entry[:, t])
    return np.cumsum(total)[:-1]
