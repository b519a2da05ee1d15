"""A policy: at which tier to stop with which label, or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from judgekit.elementary import sigmoid
from judgekit.trust.arrays import Bools, Floats, Ints, check_probs
from judgekit.trust.selective.certificate import Certificate
from judgekit.trust.selective.opinion_pool import OpinionPool, PoolState
from judgekit.trust.selective.stopping import StoppingRule

SCHEMA = "judgekit.policy/3"
_BEFORE = {
    "drag": "early_exit_margin",
    "hope": "futility_bound",
    "least": "minimum_score",
    "level": "threshold",
}
"""What version 2 called what version 3 holds."""


@dataclass(frozen=True)
class Actions:
    """What to do with each item of a batch after one tier; all fields have shape (items,).

    ``escalate``: ask the next tier. Otherwise the item is done: ``label`` >= 0 is a verdict, -1 none; ``unscored``
    says that it has none because the last tier gave no evidence. ``confidence`` (0..1, how sure the judges are, not a
    promise) is NaN without a verdict.
    """

    escalate: Bools
    label: Ints
    confidence: Floats
    unscored: Bools

    @property
    def accept(self) -> Bools:
        """Items with a verdict."""
        return self.label >= 0

    @property
    def abstain(self) -> Bools:
        """Items that the policy declines to judge."""
        return ~self.escalate & (self.label < 0) & ~self.unscored


@dataclass(frozen=True)
class Decisions:
    """The outcome for each item; all fields have shape (items,).

    ``label``: verdict, -1 none. ``tier``: where the item stopped, -1 if unscored. ``confidence`` (0..1, how sure
    the judges are): NaN without a verdict. ``unscored``: no verdict because evidence was missing at the last tier;
    otherwise no verdict means abstained.
    """

    label: Ints
    tier: Ints
    confidence: Floats
    unscored: Bools

    @property
    def accepted(self) -> Bools:
        """Items with a verdict."""
        return self.label >= 0

    @property
    def abstained(self) -> Bools:
        """Items that the policy declined to judge."""
        return (self.label < 0) & ~self.unscored


@dataclass(frozen=True)
class Policy:
    """One point of a path of cascades (see :mod:`.stopping`), with the certificate of what was proven of it.

    Attributes
    ----------
    pool : OpinionPool
        How the tiers asked so far become one label and score (log-odds).
    stopping : StoppingRule
        What an early stop must have to spare.
    threshold : float (groups, classes); how far the evidence must go for a verdict with that label; +inf never given.
    groups : tuple[str, ...]
        Names of the groups in the order of ``threshold``; empty if one rule serves all items.
    certificate : Certificate | None
        What was proven; None where nothing was tried.
    """

    pool: OpinionPool
    stopping: StoppingRule
    threshold: Floats
    groups: tuple[str, ...] = ()
    certificate: Certificate | None = None

    @property
    def certified(self) -> bool:
        """Whether any verdict is promised."""
        return self.certificate is not None and self.certificate.certified

    @property
    def grouped(self) -> bool:
        """Whether ``decide`` and ``start`` need the items' groups."""
        return bool(self.groups)

    @property
    def tiers(self) -> int:
        """Number of tiers."""
        return self.pool.tiers

    @property
    def classes(self) -> int:
        """Number of labels that a verdict can have."""
        return int(self.threshold.shape[1])

    def start(self, items: int, groups: Sequence[object] | None = None) -> Walk:
        """So many items before the first tier; ``groups`` as for :meth:`decide`."""
        return Walk(self, items, groups)

    def decide(self, probs: ArrayLike, groups: Sequence[object] | None = None) -> Decisions:
        """Verdicts for items with recorded evidence.

        Parameters
        ----------
        probs : array_like of float, (items, tiers, classes)
            NaN where a tier gave no evidence.
        groups : sequence, optional
            The items' groups where the policy has any; a group never calibrated gets no verdict.
        """
        evidence = check_probs(probs)
        if evidence.shape[1:] != (self.tiers, self.classes):
            raise ValueError(
                f"the policy is for {self.tiers} tiers and {self.classes} classes, got probs of shape {evidence.shape}"
            )
        walk = self.start(len(evidence), groups)
        for tier in range(self.stopping.depth):
            walk.advance(
                evidence[:, tier] if len(walk.active) == len(evidence) else evidence[walk.active, tier]
            )
            if not len(walk.active):
                break
        return walk.decisions

    def standing(self, probs: ArrayLike, groups: Sequence[object] | None = None) -> tuple[Floats, Floats]:
        """How far the evidence on each item went where it stopped, and how far it had to go for a verdict there.

        Parameters
        ----------
        probs, groups
            As for :meth:`decide`.

        Returns
        -------
        score, needed : float (items,)
            Log-odds of the leading label at the tier where the item stopped, and the least that is enough there for a
            verdict with that label (+inf: nothing is); both NaN for an item that is unscored or has no evidence.
        """
        evidence = check_probs(probs)
        tier, group = self.decide(evidence, groups).tier, self._group_index(groups, len(evidence))
        labels, scores = self.pool.opinions(evidence)
        items, silent = np.arange(len(evidence)), np.isnan(evidence[:, :, 0]).all(axis=1)
        label, score = labels[items, tier], scores[items, tier]
        threshold = np.where(group >= 0, self.threshold[group, label], np.inf)
        needed = np.full(len(evidence), np.nan)
        for t in range(self.stopping.depth):
            here = tier == t
            needed[here] = self.stopping.needs(threshold[here], t)
        unknown = silent | (tier < 0)
        return np.where(unknown, np.nan, score), np.where(unknown, np.nan, needed)

    def to_dict(self) -> dict[str, Any]:
        """JSON-able form; ``from_dict`` gives back an equal policy."""
        return {
            "schema": SCHEMA,
            "judges": list(self.pool.judges),
            "weights": list(self.pool.weights),
            "groups": list(self.groups),
            "early_exit_margin": _jsonable(self.stopping.early_exit_margin),
            "futility_bound": _jsonable(self.stopping.futility_bound),
            "minimum_score": _jsonable(self.stopping.minimum_score),
            "depth": self.stopping.depth,
            "threshold": _jsonable(self.threshold),
            "certificate": None if self.certificate is None else self.certificate.to_dict(),
        }

    @classmethod
    def from_dict(cls, row: dict[str, Any]) -> Policy:
        """Read what ``to_dict`` wrote, now or in version 2.

        Raises
        ------
        ValueError
            Not such a dict, or one of another version.
        """
        if row.get("schema") == "judgekit.policy/2":
            row = {_BEFORE.get(name, name): value for name, value in row.items()} | {"schema": SCHEMA}
        if row.get("schema") != SCHEMA:
            raise ValueError(
                f"expected a policy with schema '{SCHEMA}', got {row.get('schema')!r}; calibrate again"
            )
        try:
            policy = cls(
                OpinionPool(tuple(row["judges"]), tuple(row["weights"])),
                StoppingRule(
                    tuple(map(float, row["early_exit_margin"])),
                    tuple(map(float, row["futility_bound"])),
                    tuple(map(float, row["minimum_score"])),
                    int(row["depth"]),
                ),
                np.array(row["threshold"], dtype=np.float64),
                tuple(row["groups"]),
                Certificate.from_dict(row["certificate"]) if row["certificate"] else None,
            )
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise ValueError(f"policy is not complete: {error}") from None
        stopping, tiers = policy.stopping, policy.tiers
        sizes = {
            len(part)
            for part in (
                policy.pool.weights,
                stopping.early_exit_margin,
                stopping.futility_bound,
                stopping.minimum_score,
            )
        }
        rows = max(len(policy.groups), 1)
        if sizes != {tiers} or not 1 <= stopping.depth <= tiers or policy.threshold.shape[:-1] != (rows,):
            raise ValueError("policy is not complete: its parts are of different lengths")
        return policy

    def _group_index(self, groups: Sequence[object] | None, items: int) -> Ints:
        """Row of each item in the threshold arrays; -1 for a group never calibrated."""
        if not self.groups:
            return np.zeros(items, dtype=np.intp)
        if groups is None or len(groups) != items:
            raise ValueError(f"the policy was certified per group: give groups for the {items} items")
        names, inverse = np.unique(np.asarray(groups).astype(str), return_inverse=True)
        where = {name: g for g, name in enumerate(self.groups)}
        return np.array([where.get(str(name), -1) for name in names], dtype=np.intp)[inverse]


class Walk:
    """Items on their way through a policy's tiers; each stays behind at the tier that decides it.

    Attributes
    ----------
    active : int (active items,)
        The items that the next tier is to be asked about.
    decisions : Decisions
        Of all items; of those still active it says nothing yet.
    """

    def __init__(self, policy: Policy, items: int, groups: Sequence[object] | None) -> None:
        self._policy = policy
        self._group = policy._group_index(groups, items)
        self._state = PoolState(policy.pool, items, policy.classes)
        self._tier = 0
        self.active: Ints = np.arange(items)
        self.decisions = Decisions(
            label=np.full(items, -1, dtype=np.intp),
            tier=np.full(items, -1, dtype=np.intp),
            confidence=np.full(items, np.nan),
            unscored=np.zeros(items, dtype=np.bool_),
        )

    def add(self, rows: ArrayLike) -> Actions:
        """What the next tier said of the active items, and what follows from it.

        Parameters
        ----------
        rows : array_like of float, (active items, classes)
            NaN where it gave no evidence.
        """
        return self.advance(check_probs(np.asarray(rows)[:, None])[:, 0])

    def advance(self, evidence: Floats) -> Actions:
        """The same with evidence that has been checked (:func:`judgekit.trust.arrays.check_probs`)."""
        self._state.add(evidence, self._tier)
        actions = self._act(~np.isnan(evidence[:, 0]), self._group[self.active])
        settled, made = ~actions.escalate, self.decisions
        done = self.active[settled]
        made.label[done] = actions.label[settled]
        made.confidence[done] = actions.confidence[settled]
        made.unscored[done] = actions.unscored[settled]
        made.tier[done] = np.where(actions.unscored[settled], -1, self._tier)
        self._keep(actions.escalate)
        self._tier += 1
        return actions

    def drop(self, items: Bools) -> None:
        """Ask no more about some of the items, (items,); those undecided stay without a verdict."""
        self._keep(~items[self.active])

    def _keep(self, which: Bools) -> None:
        self._state.keep(np.flatnonzero(which))
        self.active = self.active[which]

    def _act(self, present: Bools, group: Ints) -> Actions:
        policy, tier = self._policy, self._tier
        label, score = self._state.opinion()
        last = tier == policy.stopping.depth - 1
        known = present & (group >= 0)
        accepted = known & (policy.stopping.settles(score, tier) >= policy.threshold[group, label])
        lowest = policy.threshold.min(axis=1)[
            group
        ]  # +inf where nothing was certified: then nothing more is asked
        hopeless = (
            (known & (score + policy.stopping.futility_bound[tier] < lowest))
            | np.isposinf(lowest)
            | (group < 0)
        )
        escalate = np.zeros_like(known) if last else ~accepted & ~hopeless
        return Actions(
            escalate=escalate,
            label=np.where(accepted, label, -1),
            confidence=np.where(accepted, sigmoid(score), np.nan),
            unscored=~present & last,
        )


def _jsonable(numbers: ArrayLike) -> Any:
    """Nested lists; infinities as the strings that ``float`` reads back, since JSON has none."""
    array = np.asarray(numbers, dtype=np.float64)
    return np.where(np.isfinite(array), array.astype(object), array.astype(str).astype(object)).tolist()
