"""The human ceiling: how often a left-out person agrees with the majority of the others, and how often a judge does."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from judgekit.trust.agreement.interval import Estimate
from judgekit.trust.agreement.table import MISSING, by_unit, checked, counted
from judgekit.trust.arrays import Bools, Floats, Ints
from judgekit.trust.prevalence.core import bounded_mean_interval


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


@dataclass(frozen=True)
class Standing:
    """A judge beside people: both compared with the majority of the others, on the same items.

    Attributes
    ----------
    person : Estimate
        How often a left-out person agrees with the majority of the others.
    judge : Estimate
        How often the judge does, in that person's place.
    difference : Estimate
        Judge minus person; above 0 the judge agrees more often.
    """

    person: Estimate
    judge: Estimate
    difference: Estimate


def ceiling(labels: ArrayLike, *, questions: ArrayLike | None = None, level: float = 0.95) -> Ceiling:
    """The human-human ceiling: agreement of a left-out annotator with the majority of the others.

    A judge that is compared with a majority cannot be asked for more. Each item counts once, whatever its
    number of annotators. Where the others are tied, agreeing with one of m tied labels counts 1/m, as if the
    tie were broken at random; leaving such comparisons out would count only the dissenters.

    Give only annotators who were assigned at random: a third one who was called in where two disagreed agrees with
    one of them, which makes people look more alike than they are.

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
    table = checked(labels)
    share, _, tied = _left_out(table)
    kept = ~np.isnan(share)
    if not kept.any():
        raise ValueError("no item has two labels: the ceiling needs items labeled by two or more people")
    found = _mean(share[kept], _of(questions, kept), level)
    return Ceiling(found.value, found.low, found.high, level, found.items, tied)


def beside_people(
    labels: ArrayLike, judge: ArrayLike, *, questions: ArrayLike | None = None, level: float = 0.95
) -> Standing | None:
    """A judge in the place of each person in turn, against the majority of the others.

    Parameters
    ----------
    labels : (items, annotators) int
        -1 where missing.
    judge : (items,) int
        What the judge says, -1 where nothing.
    questions, level
        As for :func:`ceiling`.

    Returns
    -------
    Standing or None
        None where the judge says nothing of any item with two labels.
    """
    person, model, _ = _left_out(checked(labels), np.asarray(judge, dtype=np.intp))
    kept = ~np.isnan(model)
    if not kept.any():
        return None
    asked = _of(questions, kept)
    person, model = person[kept], model[kept]
    half = _mean((model - person + 1.0) / 2.0, asked, level)
    difference = Estimate(2 * half.value - 1, 2 * half.low - 1, 2 * half.high - 1, half.items)
    return Standing(_mean(person, asked, level), _mean(model, asked, level), difference)


def _left_out(table: Ints, judge: Ints | None = None) -> tuple[Floats, Floats, int]:
    """Agreement with the majority of the others: of an item's people, and of a judge in their place.

    Returns
    -------
    person, judge : (items,) float
        Mean over the item's people; NaN where it has fewer than two, or the judge says nothing.
    tied : int
        Comparisons with others who were tied.
    """
    said = np.full(len(table), MISSING, dtype=np.intp) if judge is None else judge
    counts = counted(table, int(said.max()) + 1)
    people = counts.sum(axis=1)
    person, model, tied = np.zeros(len(table)), np.zeros(len(table)), 0
    for own in table.T:
        rows = np.flatnonzero((own != MISSING) & (people > 1))
        others, place = counts[rows], np.arange(len(rows))
        others[place, own[rows]] -= 1
        top = others == others.max(axis=1, keepdims=True)
        credit = top / top.sum(axis=1, keepdims=True)
        person[rows] += credit[place, own[rows]]
        model[rows] += credit[place, said[rows]]
        tied += int(np.sum(top.sum(axis=1) > 1))
    several = np.where(people > 1, people, np.nan)
    return person / several, np.where(said != MISSING, model, np.nan) / several, tied


def _of(questions: ArrayLike | None, kept: Bools) -> Ints | None:
    return None if questions is None else np.unique(np.asarray(questions)[kept], return_inverse=True)[1]


def _mean(share: Floats, questions: Ints | None, level: float) -> Estimate:
    sums, sizes = by_unit(np.column_stack([share, np.ones(len(share))]), questions).T
    low, high = bounded_mean_interval(sums, sizes, level)
    return Estimate(float(share.mean()), low, high, len(share))
