"""Coefficients of agreement, each with an interval over the items.

Every coefficient is 1 - observed / expected disagreement; they differ in what chance is taken to be. An interval
comes from the device of :mod:`judgekit.trust.prevalence.core`: the items are drawn again and again with random
weights, each time with one further item, never seen, on which people disagree as much as they can (for the lower end)
or not at all (for the upper one). So people who agreed on ten items of ten are not said to agree always. It speaks of
further items, labeled by these people; other people may agree more or less.

References: Cohen (1960); Fleiss (1971); Krippendorff (2011), "Computing Krippendorff's alpha-reliability"; Gwet (2008),
"Computing inter-rater reliability and its variance in the presence of high agreement"; Gwet (2014), "Handbook of
Inter-Rater Reliability", for items with different numbers of labels.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from judgekit.trust.agreement.table import MISSING, by_unit, checked, counted
from judgekit.trust.arrays import Floats, Ints
from judgekit.trust.prevalence.core import outer_quantiles, weighted_sums

Scale = Literal["nominal", "ordinal"]
_TWICE = "no item has two labels: agreement between people needs items labeled twice"


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

    raw = of(_raw)
    if raw is None:
        raise ValueError(_TWICE)
    return Reliability(
        items=raw.items,
        raw=raw,
        alpha=of(partial(_alpha, scale=scale)),
        fleiss=of(_fleiss),
        ac1=of(_ac1),
        cohen=_cohen_estimate(table, counts.shape[1], questions, level) if table.shape[1] == 2 else None,
    )


def _cohen_estimate(table: Ints, n_labels: int, questions: ArrayLike | None, level: float) -> Estimate | None:
    both = (table != MISSING).all(axis=1)
    pairs = np.indices((n_labels, n_labels)).reshape(2, -1).T
    same = pairs[:, 0] == pairs[:, 1]
    asked = None if questions is None else np.asarray(questions)[both]
    build = partial(_cohen, labels=n_labels)
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
    counts = _paired(counted(checked(labels), n_labels))
    found = []
    for label in range(n_labels):
        split = np.column_stack([counts[:, label], counts.sum(axis=1) - counts[:, label]])
        share = float(split[:, 0].sum() / max(counts.sum(), 1))
        found.append(
            LabelAgreement(
                share,
                estimate(_specific, split, _unseen(2), questions, level),
                estimate(partial(_alpha, scale="nominal"), split, _unseen(2), questions, level),
            )
        )
    return tuple(found)


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
    return _raw(counted(checked(labels))).value


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
    return _cohen(table, int(table.max()) + 1).value


def fleiss_kappa(labels: ArrayLike) -> float:
    """Chance-corrected agreement of any annotators; NaN where one label occurs.

    With different numbers of labels an item it is Gwet's (2014) generalization: agreement is averaged over items
    with two labels, chance over all items.

    Parameters
    ----------
    labels : (items, annotators) int
        -1 where missing.
    """
    return _fleiss(counted(checked(labels))).value


def gwet_ac1(labels: ArrayLike, n_labels: int | None = None) -> float:
    """Gwet's AC1: agreement beyond that of people who guess on the hard items; steady where one label is frequent.

    Parameters
    ----------
    labels : (items, annotators) int
        -1 where missing.
    n_labels : int, optional
        How many labels there were to choose from; by default those up to the greatest that occurs.
    """
    return _ac1(counted(checked(labels), n_labels)).value


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
    return _alpha(counted(checked(labels)), scale).value


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
            raise ValueError(_TWICE)
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


def _unseen(labels: int) -> tuple[Ints, Ints]:
    """Two labels of an item: any two different ones, any one twice; as counts."""
    first, second = np.triu_indices(labels, 1)
    one = np.eye(labels, dtype=np.intp)
    return one[first] + one[second], 2 * one


def _one(given: Floats) -> Floats:
    """Every disagreement counts the same."""
    return np.ones((*given.shape[:-1], 1))


def _shares(given: Floats) -> Floats:
    return np.asarray(given / given.sum(axis=-1, keepdims=True))


def _paired(counts: Ints) -> Ints:
    """The counts, items with a single label emptied: nobody can agree on them."""
    return np.where(counts.sum(axis=1, keepdims=True) > 1, counts, 0)


def _disagreeing(counts: Ints) -> tuple[Floats, Floats]:
    """Share of an item's pairs of labels that differ, and whether it has two labels; both (items,)."""
    n = counts.sum(axis=1)
    same = np.sum(counts * (counts - 1), axis=1)
    return np.where(n > 1, 1.0 - same / np.maximum(n * (n - 1), 1), 0.0), (n > 1).astype(np.float64)


def _raw(counts: Ints) -> Parts:
    apart, weight = _disagreeing(counts)
    return Parts(apart[:, None], weight, weight[:, None], _one, lambda given: np.ones(given.shape[:-1]))


def _fleiss(counts: Ints) -> Parts:
    return _of_shares(counts, lambda given: np.asarray(1.0 - np.sum(_shares(given) ** 2, axis=-1)))


def _ac1(counts: Ints) -> Parts:
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


def _cohen(two: Ints, labels: int) -> Parts:
    given = np.concatenate([two[:, :1] == np.arange(labels), two[:, 1:] == np.arange(labels)], axis=1)

    def chance(given: Floats) -> Floats:
        first, second = _shares(given[..., :labels]), _shares(given[..., labels:])
        return np.asarray(1.0 - np.sum(first * second, axis=-1))

    apart = (two[:, 0] != two[:, 1]).astype(np.float64)
    return Parts(apart[:, None], np.ones(len(two)), given.astype(np.float64), _one, chance)


def _specific(split: Ints) -> Parts:
    """Of a label and all others: pairs that begin with the label and end with another."""
    n = split.sum(axis=1)
    apart = split[:, 0] * split[:, 1] / np.maximum(n - 1, 1)
    weight = split[:, 0].astype(np.float64)
    return Parts(apart[:, None], weight, weight[:, None], _one, lambda given: np.ones(given.shape[:-1]))


def _alpha(counts: Ints, scale: Scale) -> Parts:
    """Kinds of disagreement are pairs of labels; chance draws two labels of all, without replacement."""
    if scale not in ("nominal", "ordinal"):
        raise ValueError(f"scale is {scale!r}: give 'nominal' or 'ordinal'")
    counts = _paired(counts)
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
