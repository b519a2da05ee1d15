"""Candidate policies: one path of whole cascades, from the strictest to the most lenient.

A point on the path is a *threshold*. At a threshold an item stops with a verdict at the first tier where

    score - early_exit_margin[tier] >= threshold     (accept: holds even if what is still to be asked pulls back so far)

and stops without one at the first tier where

    score + futility_bound[tier] < threshold      (give up: what is still to be asked will hardly lift it that far).

A negative `early_exit_margin` asks less evidence to be spared a dear tier, but never less than half, and below
`minimum_score` a tier before the last gives no verdict at any threshold (:meth:`StoppingRule.settles`). All three are
fixed before any label is seen, from the prices, the promised agreement and the number of classes. Lower thresholds
accept more: the sets of accepted items grow along the path, so an item *enters* the path at one threshold and stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from judgekit.elementary import log
from judgekit.trust.arrays import Bools, Floats
from judgekit.trust.selective.opinion_pool import FLOOR, OpinionPool

CAUTION = 1.0
"""How far (log-odds, per unit of weight) judges still to be asked are expected to pull back, if asking were free."""

USUAL_COST_WEIGHT = 2.0
"""How much less evidence (log-odds) is asked for, to be spared the dearest tier, where no budget says."""

BOTTOM = float(np.nextafter(-np.inf, 0))
"""The last threshold of every path, below any score: who has a verdict at any threshold has one here, whatever the
rule."""


@dataclass(frozen=True)
class StoppingRule:
    """When a cascade stops early; all fields have one entry a tier.

    Attributes
    ----------
    early_exit_margin : tuple[float, ...]
        What an early verdict must have to spare; 0 at the last tier.
    futility_bound : tuple[float, ...]
        What later tiers are trusted to add, at most.
    minimum_score : tuple[float, ...]
        The least threshold at which the tier gives a verdict; -inf at the last.
    depth : int
        Number of tiers that may be asked at all.
    """

    early_exit_margin: tuple[float, ...]
    futility_bound: tuple[float, ...]
    minimum_score: tuple[float, ...]
    depth: int

    @classmethod
    def priced(
        cls,
        pool: OpinionPool,
        costs: Floats,
        cost_weight: float,
        agreement: float,
        classes: int,
        depth: int | None = None,
    ) -> StoppingRule:
        """The rule for tiers that cost ``costs`` to ask: the dearer the next tier, the earlier an item stops.

        Judges that claim less than ``agreement``, the promise, wait for the last one (``minimum_score``): else items
        would change their verdict on parts of the path that no certificate reaches, and be charged for it. A claim is
        the log-odds beyond those of an even opinion. At the last tier but one it must be that of the promise, at
        earlier ones less, in proportion to the root of the weight asked. What a price beyond
        :data:`USUAL_COST_WEIGHT` takes off the evidence that is asked for, it takes off ``minimum_score`` too, and
        twice off ``futility_bound``.
        """
        deep = pool.tiers if depth is None else depth
        pending = pool.pending - pool.pending[deep - 1]
        price = cost_weight * np.append(costs[1:], 0.0) / max(float(costs.max()), 1e-300)
        beyond = np.maximum(price - USUAL_COST_WEIGHT, 0)
        early_exit_margin, futility_bound = CAUTION - price, np.maximum(-log(FLOOR) - 2 * beyond, 0)
        asked = np.maximum(1 - pool.pending, 0)
        part = np.sqrt(asked / max(float(asked[max(deep - 2, 0)]), 1e-300))
        claim = part * log(agreement / (1 - agreement)) - log(classes - 1) - pending * beyond
        claim = np.where(pool.heard, claim, np.inf)
        minimum_score = np.where(np.arange(pool.tiers) < deep - 1, claim, -np.inf)
        return cls(
            tuple((pending * early_exit_margin).tolist()),
            tuple((pending * futility_bound).tolist()),
            tuple(minimum_score.tolist()),
            deep,
        )

    @classmethod
    def never(cls, tiers: int) -> StoppingRule:
        """Ask every tier."""
        unless_last = (np.inf,) * (tiers - 1)
        return cls((*unless_last, 0.0), (*unless_last, 0.0), (*unless_last, -np.inf), tiers)

    def settles(self, score: Floats, tier: int) -> Floats:
        """The threshold from which on a score after ``tier`` is enough for a verdict; -inf never.

        That is ``score - early_exit_margin``; but a negative margin adds no more than the score itself, so that no
        evidence at all never passes for some; and below ``minimum_score`` nothing is enough at any threshold.
        """
        enough = score - self.early_exit_margin[tier]
        if self.early_exit_margin[tier] < 0:
            enough = np.minimum(enough, np.maximum(2 * score, score))
        return np.where(enough >= self.minimum_score[tier], enough, -np.inf)

    def needs(self, threshold: Floats, tier: int) -> Floats:
        """The least score with which a tier gives a verdict at a threshold: where :meth:`settles` reaches it."""
        enough, margin = np.maximum(threshold, self.minimum_score[tier]), self.early_exit_margin[tier]
        if margin < 0:
            return np.maximum(enough + margin, np.where(enough > 0, enough / 2, enough))
        return enough + margin

    def entries(self, score: Floats, present: Bools) -> Floats:
        """The threshold from which on each tier would settle an item, (items, tiers); -inf never.

        Parameters
        ----------
        score : float (items, tiers), from :meth:`OpinionPool.opinions`.
        present : bool (items, tiers), whether the tier gave evidence on the item.
        """
        entry = np.full(score.shape, -np.inf)
        alive = np.full(len(score), np.inf)
        for t in range(self.depth):
            entry[:, t] = np.where(present[:, t], np.minimum(self.settles(score[:, t], t), alive), -np.inf)
            alive = np.where(present[:, t], np.minimum(alive, score[:, t] + self.futility_bound[t]), alive)
        return entry

    def outcomes(self, entry: Floats, loss: Floats) -> tuple[Floats, Floats]:
        """When each item gets a verdict, and the greatest loss of all the verdicts it gets along the path.

        Further down the path an earlier tier may settle an item, with another verdict: such an item is charged with
        the worse one from the start. What it is charged with then does not depend on the threshold, which is what
        thresholds at the items' own ranks need (``docs/guarantee.md``).

        Parameters
        ----------
        entry : float (items, tiers), from :meth:`entries`.
        loss : float (items, tiers), the loss of the verdict that each tier would give.

        Returns
        -------
        entered, worst_loss : float (items,); the threshold from which on there is a verdict (-inf never), and the loss.
        """
        entered, worst_loss = np.full(len(entry), -np.inf), np.zeros(len(entry))
        for t in range(self.depth):
            settles = entry[:, t] > entered
            worst_loss = np.where(settles, np.maximum(worst_loss, loss[:, t]), worst_loss)
            entered = np.maximum(entered, entry[:, t])
        return entered, worst_loss

    def reach(self, entry: Floats, score: Floats, present: Bools, threshold: float) -> Floats:
        """Share of the items that each tier is asked about at a threshold, (tiers,)."""
        asked = np.zeros(score.shape[1])
        active = np.ones(len(score), dtype=np.bool_)
        for t in range(self.depth):
            asked[t] = active.mean() if len(score) else 0.0
            settled = present[:, t] & (
                (entry[:, t] >= threshold) | (score[:, t] + self.futility_bound[t] < threshold)
            )
            active = active & ~settled
        return asked


def thresholds(entered: Floats, counts: Iterable[int]) -> list[float]:
    """The thresholds at which about the given numbers of reference items are accepted, strictest first.

    A threshold lies just above the entry of the first item that is left out, so items with equal entries are taken or
    left together; none is left out at :data:`BOTTOM`. ``entered`` float (reference items,): the threshold at which each
    enters the path, -inf never.
    """
    order = np.sort(entered[entered > -np.inf])[::-1]
    found: list[float] = []
    for count in counts:
        if not 0 < count <= len(order):
            continue
        left = np.searchsorted(-order, -order[count - 1], side="right")
        threshold = float(np.nextafter(order[left], np.inf)) if left < len(order) else BOTTOM
        if not found or threshold < found[-1]:
            found.append(threshold)
    return found


def tally(entry: Floats, loss: Floats, at: Sequence[float]) -> Floats:
    """The sum of the losses of the verdicts given at each threshold, (thresholds,).

    Parameters
    ----------
    entry : float (items, tiers), from :meth:`StoppingRule.entries`.
    loss : float (items, tiers), the loss of the verdict that each tier would give.
    at : Sequence[float]
        Thresholds, strictest first.
    """
    total, grid = np.zeros(len(at) + 1), -np.asarray(at, dtype=np.float64)
    before = np.full(len(entry), -np.inf)
    for t in range(entry.shape[1]):
        settles = entry[:, t] > before
        # this tier's verdict stands from the threshold of its entry on, until an earlier tier would settle the item
        start = np.searchsorted(grid, -entry[settles, t])
        end = np.where(before[settles] > -np.inf, np.searchsorted(grid, -before[settles]), len(at))
        for position, sign in ((start, 1.0), (end, -1.0)):
            total += sign * np.bincount(position, weights=loss[settles, t], minlength=len(at) + 1)
        before = np.maximum(before, entry[:, t])
    return np.cumsum(total)[:-1]
