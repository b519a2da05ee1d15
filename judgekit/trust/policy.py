"""A policy: at which tier to stop with which label, or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from judgekit.trust.evidence import Bools, Combination, Floats, Ints, check_probs

SCHEMA = "judgekit.policy/1"


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

    ``label``: verdict, -1 none. ``tier``: where the item stopped, -1 if unscored. ``confidence``: NaN without a verdict.
    ``unscored``: no verdict because evidence was missing at the last tier (otherwise no verdict means abstained).
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
    """A cascade of thresholds on the combined evidence, with the certificate of what was proven of it.

    Attributes
    ----------
    combination : how the tiers asked so far become one label and score (log-odds).
    accept : float (groups, tiers, labels); stop with the leading label where the score reaches this; +inf never.
    abstain : float (groups, tiers); stop without a verdict where the score is below this; -inf never.
    groups : names of the groups in the order of the arrays; empty if one rule serves all items.
    certificate : what was proven, JSON-able.
    frontier : coverage against cost of the candidates, from evidence alone (see ``path.frontier``).
    """

    combination: Combination
    accept: Floats
    abstain: Floats
    groups: tuple[str, ...] = ()
    certificate: dict[str, Any] = field(default_factory=dict)
    frontier: list[dict[str, Any]] = field(default_factory=list)

    @property
    def certified(self) -> bool:
        """Whether any verdict is promised."""
        return self.certificate.get("status") == "certified"

    @property
    def grouped(self) -> bool:
        """Whether ``decide`` and ``step`` need the items' groups."""
        return bool(self.groups)

    @property
    def tiers(self) -> int:
        """Number of tiers."""
        return self.combination.tiers

    @property
    def labels(self) -> int:
        """Number of labels."""
        return int(self.accept.shape[2])

    def step(self, probs: ArrayLike, tier: int, groups: Sequence[Any] | None = None) -> Actions:
        """What to do after ``tier`` with items whose evidence of tiers ``0..tier`` is known.

        Parameters
        ----------
        probs : float (items, tiers, labels); NaN where a tier gave no evidence; later tiers are not looked at.
        groups : the items' groups where the policy has any; a group never calibrated gets no verdict.
        """
        return self._step(self._checked(probs), tier, self._group_index(groups, np.shape(probs)[0]))

    def decide(self, probs: ArrayLike, groups: Sequence[Any] | None = None) -> Decisions:
        """Verdicts for items with recorded evidence: ``step`` from the first tier on, until each item is done."""
        evidence = self._checked(probs)
        items = len(evidence)
        group = self._group_index(groups, items)
        label, tier = np.full(items, -1, dtype=np.intp), np.full(items, -1, dtype=np.intp)
        confidence, unscored = np.full(items, np.nan), np.zeros(items, dtype=np.bool_)
        active = np.arange(items)
        for t in range(self.tiers):
            if not len(active):
                break
            whole = len(active) == items
            actions = self._step(evidence if whole else evidence[active], t, group[active])
            done = active[~actions.escalate]
            label[done] = actions.label[~actions.escalate]
            confidence[done] = actions.confidence[~actions.escalate]
            unscored[done] = actions.unscored[~actions.escalate]
            tier[done] = np.where(unscored[done], -1, t)
            active = active[actions.escalate]
        return Decisions(label, tier, confidence, unscored)

    def to_dict(self) -> dict[str, Any]:
        """JSON-able form; ``from_dict`` gives back an equal policy."""
        return {
            "schema": SCHEMA,
            "judges": list(self.combination.judges),
            "weights": list(self.combination.weights),
            "groups": list(self.groups),
            "accept": _jsonable(self.accept),
            "abstain": _jsonable(self.abstain),
            "certificate": self.certificate,
            "frontier": self.frontier,
        }

    @classmethod
    def from_dict(cls, row: dict[str, Any]) -> Policy:
        """Read what ``to_dict`` wrote.

        Raises
        ------
        ValueError : not such a dict, or one of another version.
        """
        if row.get("schema") != SCHEMA:
            raise ValueError(f"expected a policy with schema '{SCHEMA}', got {row.get('schema')!r}")
        try:
            return cls(
                Combination(tuple(row["judges"]), tuple(row["weights"])),
                np.array(row["accept"], dtype=np.float64),
                np.array(row["abstain"], dtype=np.float64),
                tuple(row["groups"]),
                row["certificate"],
                row["frontier"],
            )
        except (KeyError, TypeError) as error:
            raise ValueError(f"policy is not complete: {error}") from None

    def _checked(self, probs: ArrayLike) -> Floats:
        evidence = check_probs(probs)
        if evidence.shape[1:] != (self.tiers, self.labels):
            raise ValueError(
                f"the policy is for {self.tiers} tiers and {self.labels} labels, got probs of shape {evidence.shape}"
            )
        return evidence

    def _group_index(self, groups: Sequence[Any] | None, items: int) -> Ints:
        """Row of each item in the threshold arrays; -1 for a group never calibrated."""
        if not self.groups:
            return np.zeros(items, dtype=np.intp)
        if groups is None or len(groups) != items:
            raise ValueError(f"the policy was certified per group: give groups for the {items} items")
        names, inverse = np.unique(np.asarray(groups).astype(str), return_inverse=True)
        where = {name: g for g, name in enumerate(self.groups)}
        return np.array([where.get(str(name), -1) for name in names], dtype=np.intp)[inverse]

    def _step(self, evidence: Floats, tier: int, group: Ints) -> Actions:
        label, score = self.combination.opinion(evidence, tier)
        present = ~np.isnan(evidence[:, tier, 0])
        known = present & (group >= 0)
        accepted = known & (score >= self.accept[group, tier, label])
        last = tier == self.tiers - 1
        stopped = known & ~accepted & (score < self.abstain[group, tier])
        escalate = np.zeros_like(present) if last else ~accepted & ~stopped & (group >= 0)
        return Actions(
            escalate=escalate,
            label=np.where(accepted, label, -1),
            confidence=np.where(accepted, 1 / (1 + np.exp(-score)), np.nan),
            unscored=~present & ~escalate,
        )


def _jsonable(array: Floats) -> Any:
    """Nested lists; infinities as the strings that ``float`` reads back, since JSON has none."""
    return np.where(np.isfinite(array), array.astype(object), array.astype(str).astype(object)).tolist()
