"""Evidence of several tiers as one opinion: a label, and how far the evidence for it goes.

Opinions are averaged as log-probabilities (a logarithmic opinion pool; for two classes, log-odds), and a judge that is
sure counts somewhat more than one that is not. The average is scaled by the share of judges asked, so evidence
accumulates as in Wald's sequential test: what a cheap judge said is kept when the next one speaks. A judge asked in
stages counts once, with its latest stage.

The *score* of an item is the log-odds of its leading label against all others. It orders items from doubtful to
sure, no more: what a score is worth is found out with human labels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from judgekit.elementary import added, exp, log
from judgekit.trust.arrays import Bools, Floats, Ints

FLOOR = 1e-4
"""Smallest probability believed: one judge's certainty may not outshout all others together."""

SURENESS = 0.2
"""Power of its own log-odds with which a judge's weight grows: the judge that is sure is the one to listen to."""


DIGITS = 9
"""Digits after the point of log-probabilities and scores."""

INVERTED = 3.0
"""Standard errors beyond which a judge's confidence counts as upside down."""


@dataclass(frozen=True)
class OpinionPool:
    """How tiers become one opinion.

    Attributes
    ----------
    judges : tuple[int, ...]
        For each tier the judge it belongs to; consecutive tiers of one judge are its stages, and each
        replaces the earlier ones.
    weights : tuple[float, ...]
        For each tier the weight of its judge; the weights of the judges sum to one.
    """

    judges: tuple[int, ...]
    weights: tuple[float, ...]

    @classmethod
    def equal(cls, tiers: int, judges: Sequence[int] | None = None) -> OpinionPool:
        """Every judge counts the same.

        Raises
        ------
        ValueError
            ``judges`` has not one entry a tier, or the stages of a judge are not consecutive.
        """
        owner = tuple(range(tiers)) if judges is None else tuple(int(j) for j in judges)
        if len(owner) != tiers:
            raise ValueError(f"judges must name one judge for each of the {tiers} tiers, got {len(owner)}")
        changes = 1 + sum(a != b for a, b in pairwise(owner))
        if changes != len(set(owner)):
            raise ValueError(f"the stages of a judge must be consecutive tiers, got judges={list(owner)}")
        return cls(owner, (1 / len(set(owner)),) * tiers)

    @classmethod
    def last_alone(cls, tiers: int, judges: Sequence[int] | None = None) -> OpinionPool:
        """Only the last judge counts."""
        owner = cls.equal(tiers, judges).judges
        return cls(owner, tuple(float(judge == owner[-1]) for judge in owner))

    def without_inverted(self, probs: Floats) -> OpinionPool:
        """The same with no weight for a judge whose confidence is upside down.

        No label is needed to see that: the surer such a judge is, the more often the other judges together contradict
        it. It is dropped where the Mann-Whitney statistic of that comparison lies beyond -:data:`INVERTED` standard
        errors.
        """
        latest = [t for t in range(self.tiers) if t + 1 == self.tiers or self.judges[t + 1] != self.judges[t]]
        if len(latest) < 2:
            return self
        logs = _believed(probs[:, latest]).round(DIGITS)
        total = np.nansum(logs, axis=1)
        keep = []
        for k, tier in enumerate(latest):
            known = ~np.isnan(logs[:, k, 0]) & ~np.isnan(np.delete(logs, k, axis=1)[:, :, 0]).all(axis=1)
            own, others = logs[known, k], (total[known] - logs[known, k]).round(DIGITS)
            agree = own.argmax(axis=1) == others.argmax(axis=1)
            if _rank_z(own.max(axis=1), agree) > -INVERTED:
                keep.append(self.judges[tier])
        if not keep:
            return self
        weights = tuple(1 / len(keep) if judge in keep else 0.0 for judge in self.judges)
        return OpinionPool(self.judges, weights)

    @property
    def tiers(self) -> int:
        """Number of tiers."""
        return len(self.judges)

    @property
    def heard(self) -> Bools:
        """For each tier whether any judge with weight has been asked by then, (tiers,)."""
        return np.cumsum(self.weights) > 0

    @property
    def pending(self) -> Floats:
        """For each tier the weight of what has not been asked after it, (tiers,); 0 after the last.

        Of a judge's own weight the share of its stages still to come is pending.
        """
        owner, weight = np.array(self.judges), np.array(self.weights)
        pending = np.zeros(self.tiers)
        for t in range(self.tiers):
            mine = np.flatnonzero(owner == owner[t])
            later = {int(owner[u]): weight[u] for u in range(t + 1, self.tiers) if owner[u] != owner[t]}
            pending[t] = sum(later.values()) + weight[t] * (mine[-1] - t) / len(mine)
        return pending

    def opinions(self, probs: Floats) -> tuple[Ints, Floats]:
        """Labels and scores after every tier, each (items, tiers); see :meth:`PoolState.opinion`."""
        state, found = PoolState(self, len(probs), probs.shape[2]), []
        for tier in range(self.tiers):
            state.add(probs[:, tier], tier)
            found.append(state.opinion())
        return np.stack([label for label, _ in found], axis=1), np.stack(
            [score for _, score in found], axis=1
        )


class PoolState:
    """The evidence of some items, added up tier by tier.

    ``settled`` and ``latest`` (of the judge being asked) have shape (items, classes + 2): weighted log-probabilities,
    the weights they have been given, and what these weights would be if all judges were equally sure.
    """

    def __init__(self, pool: OpinionPool, items: int, classes: int) -> None:
        self.pool = pool
        self.judge: int | None = None
        self.settled: Floats = np.zeros((items, classes + 2))
        self.latest: Floats = np.zeros((items, classes + 2))

    def add(self, rows: Floats, tier: int) -> None:
        """Add the evidence of the next tier, (items, classes); NaN rows add nothing."""
        if self.pool.judges[tier] != self.judge:
            self.judge = self.pool.judges[tier]
            self.settled = self.settled + self.latest
            self.latest = np.zeros_like(self.settled)
        logs = _believed(rows)
        fair = self.pool.weights[tier]
        _, score = _leading(logs)
        sure = np.maximum(score + log(rows.shape[1] - 1), FLOOR)
        weight = fair * exp(SURENESS * log(sure))
        believed = np.column_stack([logs * weight[:, None], weight, np.full(len(rows), fair)])
        present = ~np.isnan(rows[:, :1])
        self.latest = believed if present.all() else np.where(present, believed, self.latest)

    def keep(self, items: Ints) -> None:
        """Go on with some of the items only."""
        self.settled, self.latest = self.settled[items], self.latest[items]

    def opinion(self) -> tuple[Ints, Floats]:
        """Leading label (the first of equals) and its log-odds against all others, each (items,).

        Rounded, so that opinions that are equal but for the order in which they were added up tie.
        """
        total = self.settled + self.latest
        weight = np.where(total[:, -2] > 0, total[:, -2], 1.0)
        label, score = _leading((total[:, :-2] * (total[:, -1] / weight)[:, None]).round(DIGITS))
        return label, score.round(DIGITS)


def _believed(probs: Floats) -> Floats:
    """Log-probabilities of opinions, (…, classes), each made to sum to one and held to :data:`FLOOR`."""
    return log(np.maximum(probs / added(probs)[..., None], FLOOR))


def _leading(logs: Floats) -> tuple[Ints, Floats]:
    """Of log-probabilities (items, classes), the leading label (first of equals) and its log-odds, each (items,)."""
    label = logs.argmax(axis=1)
    if logs.shape[1] == 2:
        return label, np.abs(logs[:, 0] - logs[:, 1])
    others = logs - np.take_along_axis(logs, label[:, None], axis=1)
    np.put_along_axis(others, label[:, None], -np.inf, axis=1)
    return label, -log(added(exp(others)))


def _rank_z(values: Floats, chosen: Bools) -> float:
    """Standardized Mann-Whitney statistic: how much larger the chosen values are; 0 where none or all are chosen."""
    n, m = len(values), int(chosen.sum())
    if m in (0, n):
        return 0.0
    _, group, sizes = np.unique(values, return_inverse=True, return_counts=True)
    rank = (np.cumsum(sizes) - (sizes - 1) / 2)[group]
    ties = float((sizes**3 - sizes).sum()) / (n * (n - 1))
    variance = m * (n - m) / 12 * (n + 1 - ties)
    return float((rank[chosen].sum() - m * (n + 1) / 2) / np.sqrt(variance)) if variance > 0 else 0.0
