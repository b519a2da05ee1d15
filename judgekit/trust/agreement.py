"""How far people agree with each other: the ceiling for any judge that is measured against them.

Labels come as a table (items, annotators) of label numbers, -1 where an annotator did not label the item.

References: Cohen (1960); Fleiss (1971); Krippendorff (2011), "Computing Krippendorff's alpha-reliability".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from judgekit.trust.arrays import Floats, Ints
from judgekit.trust.prevalence.core import bounded_mean_interval

MISSING = -1
NO_MAJORITY = -2


@dataclass(frozen=True)
class Ceiling:
    """How often a left-out annotator agrees with the majority of the others.

    Attributes
    ----------
    estimate, low, high : float
        Mean over items of the share of its annotators who agree, with its interval at `level`.
    level : float
        Confidence of the interval.
    n_items : int
        Items with at least two labels.
    n_tied : int
        Comparisons of a left-out annotator with others who were tied.
    """

    estimate: float
    low: float
    high: float
    level: float
    n_items: int
    n_tied: int


def majority(labels: ArrayLike) -> Ints:
    """The most frequent label of each item.

    Parameters
    ----------
    labels : (items, annotators) int
        -1 where missing.

    Returns
    -------
    (items,) int
        A label; -2 where the most frequent ones are tied; -1 where nobody labeled.

    Examples
    --------
    >>> majority([[1, 1, 0], [0, 1, -1], [-1, -1, -1]]).tolist()
    [1, -2, -1]
    """
    return _majority_of(_counts(_table(labels)))


def percent_agreement(labels: ArrayLike) -> float:
    """Share of agreeing pairs among all pairs of annotators who labeled the same item."""
    counts = _counts(_table(labels))
    raters = counts.sum(axis=1)
    pairs = np.sum(raters * (raters - 1))
    if pairs == 0:
        raise ValueError("no item has two labels: agreement between people needs items labeled twice")
    return float(np.sum(counts * (counts - 1)) / pairs)


def cohen_kappa(first: ArrayLike, second: ArrayLike) -> float:
    """Chance-corrected agreement of two annotators on the items both labeled; NaN if both always say one label.

    Parameters
    ----------
    first, second : (items,) int
        Labels, -1 where missing.
    """
    table = _table(np.column_stack([np.asarray(first), np.asarray(second)]))
    table = table[(table != MISSING).all(axis=1)]
    if not len(table):
        raise ValueError("the two annotators share no item")
    joint = np.zeros((table.max() + 1, table.max() + 1))
    np.add.at(joint, (table[:, 0], table[:, 1]), 1.0 / len(table))
    return _beyond_chance(float(np.trace(joint)), float(joint.sum(axis=1) @ joint.sum(axis=0)))


def fleiss_kappa(labels: ArrayLike) -> float:
    """Chance-corrected agreement of any annotators; every item needs the same number of labels.

    Raises
    ------
    ValueError
        Items with different numbers of labels (use `krippendorff_alpha`), or fewer than two.
    """
    counts = _counts(_table(labels))
    raters = counts.sum(axis=1)
    if len(set(raters.tolist())) != 1 or raters[0] < 2:
        raise ValueError("Fleiss' kappa needs the same number of labels, two or more, on every item")
    share = counts.sum(axis=0) / counts.sum()
    return _beyond_chance(percent_agreement(labels), float(share @ share))


def krippendorff_alpha(labels: ArrayLike, scale: Literal["nominal", "ordinal"] = "nominal") -> float:
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
    counts = _counts(_table(labels))
    raters = counts.sum(axis=1)
    counts, raters = counts[raters > 1], raters[raters > 1]
    if not len(counts):
        raise ValueError("no item has two labels: agreement between people needs items labeled twice")
    pairs = counts.T @ (counts / (raters - 1)[:, None])  # coincidences of two labels within an item
    np.fill_diagonal(pairs, np.sum(counts * (counts - 1) / (raters - 1)[:, None], axis=0))
    total = pairs.sum(axis=0)
    n = total.sum()
    expected = (np.outer(total, total) - np.diag(total)) / (n - 1)
    apart = _distances(total, scale)
    if np.sum(expected * apart) == 0:
        return float("nan")
    return float(1.0 - np.sum(pairs * apart) / np.sum(expected * apart))


def ceiling(labels: ArrayLike, *, questions: ArrayLike | None = None, level: float = 0.95) -> Ceiling:
    """The human-human ceiling: agreement of a left-out annotator with the majority of the others.

    A judge that is compared with a majority cannot be asked for more. Each item counts once, whatever its
    number of annotators. Where the others are tied, agreeing with one of m tied labels counts 1/m, as if the
    tie were broken at random; leaving such comparisons out would count only the dissenters.

    Give only annotators who were assigned at random: a third one who was called in where two disagreed makes
    people look less alike than they are.

    Parameters
    ----------
    labels : (items, annotators) int
        -1 where missing.
    questions : (items,), optional
        Items of one question are drawn together.
    level : float
        Confidence of the interval (Gaffke's, for a mean of numbers between 0 and 1).

    Raises
    ------
    ValueError
        No item with two labels.
    """
    table = _table(labels)
    counts = _counts(table)
    credit, compared, tied = np.zeros(len(table)), np.zeros(len(table)), 0
    for own in table.T:
        rows = np.flatnonzero((own != MISSING) & (counts.sum(axis=1) > 1))
        others = counts[rows]
        others[np.arange(len(rows)), own[rows]] -= 1
        top = others == others.max(axis=1, keepdims=True)
        credit[rows] += top[np.arange(len(rows)), own[rows]] / top.sum(axis=1)
        compared[rows] += 1
        tied += int(np.sum(top.sum(axis=1) > 1))
    kept = compared > 0
    if not kept.any():
        raise ValueError("no item has two labels: the ceiling needs items labeled by two or more people")
    share = credit[kept] / compared[kept]
    names = np.arange(len(table)) if questions is None else np.asarray(questions)
    unit = np.unique(names[kept], return_inverse=True)[1]
    sums, sizes = (np.bincount(unit, w).astype(float) for w in (share, np.ones(len(unit))))
    low, high = bounded_mean_interval(sums, sizes, level)
    return Ceiling(float(share.mean()), low, high, level, int(kept.sum()), tied)


def _table(labels: ArrayLike) -> Ints:
    table = np.asarray(labels)
    if table.ndim != 2 or not np.issubdtype(table.dtype, np.integer) or table.size == 0:
        raise ValueError("labels must be a table (items, annotators) of label numbers, -1 where missing")
    if table.min() < MISSING:
        raise ValueError(f"label {table.min()} found: labels are 0, 1, ... and -1 where missing")
    return table.astype(np.int64)


def _counts(table: Ints) -> Ints:
    """How often each item got each label. Shape (items, labels)."""
    return np.stack([np.sum(table == label, axis=1) for label in range(max(int(table.max()), 0) + 1)], axis=1)


def _majority_of(counts: Ints) -> Ints:
    most = counts.max(axis=1)
    vote = np.where(np.sum(counts == most[:, None], axis=1) > 1, NO_MAJORITY, counts.argmax(axis=1))
    return np.where(most == 0, MISSING, vote)


def _beyond_chance(observed: float, expected: float) -> float:
    return float("nan") if expected == 1.0 else (observed - expected) / (1.0 - expected)


def _distances(total: Floats, scale: str) -> Floats:
    """Squared distances between labels; ordinal ones count the labels given in between."""
    if scale == "nominal":
        return 1.0 - np.eye(len(total))
    if scale != "ordinal":
        raise ValueError(f"scale is {scale!r}: give 'nominal' or 'ordinal'")
    position = np.cumsum(total) - total / 2.0
    return (position[:, None] - position[None, :]) ** 2
