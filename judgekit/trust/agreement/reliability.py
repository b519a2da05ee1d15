"""How far people agree, by every common coefficient with its interval: over all labels, and on each."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import ArrayLike

from judgekit.trust.agreement.coefficients import (
    Scale,
    ac1_parts,
    alpha_parts,
    cohen_parts,
    fleiss_parts,
    paired,
    raw_parts,
    specific_parts,
)
from judgekit.trust.agreement.interval import TWICE, Build, Estimate, estimate
from judgekit.trust.agreement.table import MISSING, checked, counted
from judgekit.trust.arrays import Ints


@dataclass(frozen=True)
class Reliability:
    """Agreement of people who labeled the same items, by every common coefficient.

    Attributes
    ----------
    items : int
        Items with two or more labels.
    raw : Estimate
        How often two people who labeled the same item say the same; each item counts once.
    alpha : Estimate or None
        Krippendorff's, on the scale asked for. None, as the others, where only one label occurs.
    fleiss, ac1 : Estimate or None
        Fleiss' kappa and Gwet's AC1, both nominal.
    cohen : Estimate or None
        Cohen's kappa; of two people only.
    """

    items: int
    raw: Estimate
    alpha: Estimate | None
    fleiss: Estimate | None
    ac1: Estimate | None
    cohen: Estimate | None


def reliability(
    labels: ArrayLike,
    *,
    questions: ArrayLike | None = None,
    scale: Scale = "nominal",
    n_labels: int | None = None,
    level: float = 0.95,
) -> Reliability:
    """Agreement between people with intervals.

    Parameters
    ----------
    labels : (items, annotators) int
        -1 where missing; on the ordinal scale label numbers give the order.
    questions : (items,), optional
        Items of one question are drawn together.
    scale : "nominal" or "ordinal"
        Of Krippendorff's alpha.
    n_labels : int, optional
        How many labels there were to choose from; by default those up to the greatest that occurs.
    level : float
        Confidence of every interval.

    Raises
    ------
    ValueError
        No item with two labels.

    Examples
    --------
    >>> found = reliability([[0, 0], [0, 0], [1, 1], [1, 0]])
    >>> found.raw.value, found.cohen.value
    (0.75, 0.5)
    """
    table = checked(labels)
    counts = counted(table, n_labels)
    unseen = _unseen(counts.shape[1])

    def of(build: Build) -> Estimate | None:
        return estimate(build, counts, unseen, questions, level)

    raw = of(raw_parts)
    if raw is None:
        raise ValueError(TWICE)
    return Reliability(
        items=raw.items,
        raw=raw,
        alpha=of(partial(alpha_parts, scale=scale)),
        fleiss=of(fleiss_parts),
        ac1=of(ac1_parts),
        cohen=_cohen_estimate(table, counts.shape[1], questions, level) if table.shape[1] == 2 else None,
    )


def _cohen_estimate(table: Ints, n_labels: int, questions: ArrayLike | None, level: float) -> Estimate | None:
    both = (table != MISSING).all(axis=1)
    pairs = np.indices((n_labels, n_labels)).reshape(2, -1).T
    same = pairs[:, 0] == pairs[:, 1]
    asked = None if questions is None else np.asarray(questions)[both]
    build = partial(cohen_parts, labels=n_labels)
    return estimate(build, table[both], (pairs[~same], pairs[same]), asked, level)


@dataclass(frozen=True)
class LabelAgreement:
    """How well people agree on one label.

    Attributes
    ----------
    share : float
        Share of the label among all labels of items with two or more.
    specific : Estimate or None
        If one person gave the label, how often another gave it too; None where nobody did.
    alpha : Estimate or None
        Krippendorff's, of this label against all others; None where all or none are it.
    """

    share: float
    specific: Estimate | None
    alpha: Estimate | None


def by_label(
    labels: ArrayLike, n_labels: int, *, questions: ArrayLike | None = None, level: float = 0.95
) -> tuple[LabelAgreement, ...]:
    """Agreement on each label alone (specific agreement: Spitzer & Fleiss 1974).

    Parameters
    ----------
    labels : (items, annotators) int
        -1 where missing.
    n_labels : int
        How many labels there are.
    questions, level
        As for :func:`reliability`.
    """
    counts = paired(counted(checked(labels), n_labels))
    found = []
    for label in range(n_labels):
        split = np.column_stack([counts[:, label], counts.sum(axis=1) - counts[:, label]])
        share = float(split[:, 0].sum() / max(counts.sum(), 1))
        found.append(
            LabelAgreement(
                share,
                estimate(specific_parts, split, _unseen(2), questions, level),
                estimate(partial(alpha_parts, scale="nominal"), split, _unseen(2), questions, level),
            )
        )
    return tuple(found)


def _unseen(labels: int) -> tuple[Ints, Ints]:
    """Two labels of an item: any two different ones, any one twice; as counts."""
    first, second = np.triu_indices(labels, 1)
    one = np.eye(labels, dtype=np.intp)
    return one[first] + one[second], 2 * one
