"""Coefficients of agreement: what disagreement is seen, and what chance would give.

References: Cohen (1960); Fleiss (1971); Krippendorff (2011), "Computing Krippendorff's alpha-reliability"; Gwet (2008),
"Computing inter-rater reliability and its variance in the presence of high agreement"; Gwet (2014), "Handbook of
Inter-Rater Reliability", for items with different numbers of labels; Spitzer & Fleiss (1974) for agreement on a label.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from judgekit.trust.agreement.interval import Parts
from judgekit.trust.agreement.table import MISSING, checked, counted
from judgekit.trust.arrays import Floats, Ints

Scale = Literal["nominal", "ordinal"]


def percent_agreement(labels: ArrayLike) -> float:
    """Share of agreeing pairs of labels of an item, averaged over the items with two or more.

    Parameters
    ----------
    labels : (items, annotators) int
        -1 where missing.

    Raises
    ------
    ValueError
        No item with two labels.
    """
    return raw_parts(counted(checked(labels))).value


def cohen_kappa(first: ArrayLike, second: ArrayLike) -> float:
    """Chance-corrected agreement of two annotators on the items both labeled; NaN if both always say one label.

    Parameters
    ----------
    first, second : (items,) int
        Labels, -1 where missing.

    Raises
    ------
    ValueError
        They share no item.
    """
    table = checked(np.column_stack([np.asarray(first), np.asarray(second)]))
    table = table[(table != MISSING).all(axis=1)]
    if not len(table):
        raise ValueError("the two annotators share no item")
    return cohen_parts(table, int(table.max()) + 1).value


def fleiss_kappa(labels: ArrayLike) -> float:
    """Chance-corrected agreement of any annotators; NaN where one label occurs.

    With different numbers of labels an item it is Gwet's (2014) generalization: agreement is averaged over items
    with two labels, chance over all items.

    Parameters
    ----------
    labels : (items, annotators) int
        -1 where missing.
    """
    return fleiss_parts(counted(checked(labels))).value


def gwet_ac1(labels: ArrayLike, n_labels: int | None = None) -> float:
    """Gwet's AC1: agreement beyond that of people who guess on the hard items; steady where one label is frequent.

    Parameters
    ----------
    labels : (items, annotators) int
        -1 where missing.
    n_labels : int, optional
        How many labels there were to choose from; by default those up to the greatest that occurs.
    """
    return ac1_parts(counted(checked(labels), n_labels)).value


def krippendorff_alpha(labels: ArrayLike, scale: Scale = "nominal") -> float:
    """Krippendorff's alpha: 1 - observed / expected disagreement; missing labels allowed.

    Parameters
    ----------
    labels : (items, annotators) int
        -1 where missing; on the ordinal scale label numbers give the order.
    scale : "nominal" or "ordinal"
        Whether any two different labels are equally far apart.

    Returns
    -------
    float
        1 perfect, 0 as by chance, negative below; NaN when only one label occurs.
    """
    return alpha_parts(counted(checked(labels)), scale).value


def _one(given: Floats) -> Floats:
    """Every disagreement counts the same."""
    return np.ones((*given.shape[:-1], 1))


def _shares(given: Floats) -> Floats:
    return np.asarray(given / given.sum(axis=-1, keepdims=True))


def paired(counts: Ints) -> Ints:
    """The counts, items with a single label emptied: nobody can agree on them."""
    return np.where(counts.sum(axis=1, keepdims=True) > 1, counts, 0)


def _disagreeing(counts: Ints) -> tuple[Floats, Floats]:
    """Share of an item's pairs of labels that differ, and whether it has two labels; both (items,)."""
    n = counts.sum(axis=1)
    same = np.sum(counts * (counts - 1), axis=1)
    return np.where(n > 1, 1.0 - same / np.maximum(n * (n - 1), 1), 0.0), (n > 1).astype(np.float64)


def raw_parts(counts: Ints) -> Parts:
    """Of the share of agreeing pairs; from the counts of labels (items, labels)."""
    apart, weight = _disagreeing(counts)
    return Parts(apart[:, None], weight, weight[:, None], _one, lambda given: np.ones(given.shape[:-1]))


def fleiss_parts(counts: Ints) -> Parts:
    """Of Fleiss' kappa; from the counts of labels (items, labels)."""
    return _of_shares(counts, lambda given: np.asarray(1.0 - np.sum(_shares(given) ** 2, axis=-1)))


def ac1_parts(counts: Ints) -> Parts:
    """Of Gwet's AC1; from the counts of labels (items, labels)."""
    labels = counts.shape[1]

    def chance(given: Floats) -> Floats:
        share = _shares(given)
        return np.asarray(1.0 - np.sum(share * (1.0 - share), axis=-1) / (labels - 1))

    return _of_shares(counts, chance)


def _of_shares(counts: Ints, chance: Callable[[Floats], Floats]) -> Parts:
    """Chance is that of the mean shares of the labels; every item that has any counts once."""
    apart, weight = _disagreeing(counts)
    given = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    return Parts(apart[:, None], weight, given, _one, chance)


def cohen_parts(two: Ints, labels: int) -> Parts:
    """Of Cohen's kappa; from two people's labels (items, 2), each one of so many."""
    given = np.concatenate([two[:, :1] == np.arange(labels), two[:, 1:] == np.arange(labels)], axis=1)

    def chance(given: Floats) -> Floats:
        first, second = _shares(given[..., :labels]), _shares(given[..., labels:])
        return np.asarray(1.0 - np.sum(first * second, axis=-1))

    apart = (two[:, 0] != two[:, 1]).astype(np.float64)
    return Parts(apart[:, None], np.ones(len(two)), given.astype(np.float64), _one, chance)


def specific_parts(split: Ints) -> Parts:
    """Of specific agreement; from the counts of a label and of all others (items, 2)."""
    n = split.sum(axis=1)
    apart = split[:, 0] * split[:, 1] / np.maximum(n - 1, 1)
    weight = split[:, 0].astype(np.float64)
    return Parts(apart[:, None], weight, weight[:, None], _one, lambda given: np.ones(given.shape[:-1]))


def alpha_parts(counts: Ints, scale: Scale) -> Parts:
    """Of Krippendorff's alpha; from the counts of labels (items, labels).

    Kinds of disagreement are pairs of labels; chance draws two labels of all, without replacement.
    """
    if scale not in ("nominal", "ordinal"):
        raise ValueError(f"scale is {scale!r}: give 'nominal' or 'ordinal'")
    counts = paired(counts)
    n = counts.sum(axis=1)
    first, second = np.triu_indices(counts.shape[1], 1)
    apart = 2.0 * counts[:, first] * counts[:, second] / np.maximum(n - 1, 1)[:, None]
    finite = n.sum() / max(n.sum() - 1, 1)

    def distance(given: Floats) -> Floats:
        share = _shares(given)
        if scale == "nominal":
            return np.ones((*given.shape[:-1], len(first)))
        place = np.cumsum(share, axis=-1) - share / 2.0
        return np.asarray((place[..., first] - place[..., second]) ** 2)

    def chance(given: Floats) -> Floats:
        share = _shares(given)
        pairs = 2.0 * share[..., first] * share[..., second]
        return np.asarray(np.sum(pairs * distance(given), axis=-1) * finite)

    return Parts(apart, n.astype(np.float64), counts.astype(np.float64), distance, chance)
