"""Annotators who stand out: too fast, against everyone, always one label.

Each test is exact or nearly so and controls the chance that *any* annotator who works as the others do is named: at
most 5 % for each of the three kinds, however many annotators there are. A name is a reason to look, not to discard:
with two wrong people of three, the third is against everyone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from judgekit.trust.agreement.table import MISSING, by_unit, checked, counted
from judgekit.trust.arrays import Bools, Floats, Ints
from judgekit.trust.bounds import binomial_p
from judgekit.trust.prevalence.core import outer_quantiles, weighted_sums

FASTER = 3.0
"""So many times as fast as the others is too fast."""

GAP = 0.1
"""By so much more people disagree with one than with each other before that one is against everyone."""

FALSE_ALARM = 0.05
"""Chance that a kind of mark falls on anyone who works as the others do."""


@dataclass(frozen=True)
class Pace:
    """How fast an annotator answers.

    Attributes
    ----------
    timed : int
        Answers whose time is known.
    median, others : float
        Median seconds of the annotator, and the median of the other people's medians; NaN where unknown.
    hurried : float
        Share of the answers that took less than a third of the others' median.
    unread : float
        Share of the answers that took less than reading takes; NaN where that is not known.
    too_fast : bool
        Whether more than half of the answers are one or the other, beyond chance.
    """

    timed: int
    median: float
    others: float
    hurried: float
    unread: float
    too_fast: bool


@dataclass(frozen=True)
class Place:
    """How an annotator agrees with the others, and how they agree without that one.

    Attributes
    ----------
    items : int
        Items that someone else labeled too.
    agreement, others : float
        Mean share of the others who agree with the annotator, and of pairs of others who agree with each other; NaN
        where nobody can be compared.
    gap_low : float
        Lower bound of the difference `others` - `agreement`; NaN where there are no pairs of others.
    against : bool
        Whether that bound exceeds .1.
    """

    items: int
    agreement: float
    others: float
    gap_low: float
    against: bool


def pace(
    seconds: ArrayLike, *, reading: ArrayLike | None = None, level: float = FALSE_ALARM
) -> tuple[Pace, ...]:
    """Who answers too fast.

    An annotator is too fast if more than half of the answers took less than a third of the other people's median
    time, or less time than reading takes: the exact sign test of "at most half did", with Holm's correction over
    annotators and both rules.

    Parameters
    ----------
    seconds : (items, annotators) float
        Time of each answer, NaN where unknown.
    reading : (items,) float, optional
        The least seconds in which an item can be read; NaN where unknown.
    level : float
        Chance that anyone is named falsely.
    """
    times = np.asarray(seconds, dtype=np.float64)
    needed = np.full(len(times), np.nan) if reading is None else np.asarray(reading, dtype=np.float64)
    medians = np.array([_median(column) for column in times.T])
    others = np.array([_median(np.delete(medians, k)) for k in range(len(medians))])
    rules = np.stack(
        [np.broadcast_to(others / FASTER, times.shape), np.broadcast_to(needed[:, None], times.shape)]
    )
    judged = ~np.isnan(times) & ~np.isnan(rules)
    short = judged & (times < np.nan_to_num(rules))
    n, k = judged.sum(axis=1), short.sum(axis=1)
    refuted = np.zeros(np.shape(n), dtype=np.bool_)
    refuted[n > 0] = _holm(binomial_p(n - k, n, 0.5)[n > 0], level)
    too_fast: Bools = np.asarray(refuted.any(axis=0))
    share = np.divide(k, n, out=np.full(np.shape(n), np.nan), where=n > 0)
    return tuple(
        Pace(
            timed=int(np.sum(~np.isnan(times[:, who]))),
            median=float(medians[who]),
            others=float(others[who]),
            hurried=float(share[0, who]),
            unread=float(share[1, who]),
            too_fast=bool(too_fast[who]),
        )
        for who in range(times.shape[1])
    )


def places(
    labels: ArrayLike, *, questions: ArrayLike | None = None, level: float = FALSE_ALARM
) -> tuple[Place, ...]:
    """Who is against everyone.

    An annotator is if others agree with each other more than with that one, by more than .1: the lower bound of the
    difference, at `level` divided by the number of annotators, exceeds .1. It takes items that two others labeled too,
    or items of the annotator with others and items of others alone.

    Parameters
    ----------
    labels : (items, annotators) int
        -1 where missing.
    questions : (items,), optional
        Items of one question are drawn together.
    level : float
        Chance that anyone is named falsely.
    """
    table = checked(labels)
    counts = counted(table)
    tail = level / table.shape[1]
    return tuple(_place(own, counts, questions, tail) for own in table.T)


def _place(own: Ints, counts: Ints, questions: ArrayLike | None, tail: float) -> Place:
    rows, n = own != MISSING, counts.sum(axis=1)
    others = counts.copy()
    others[rows, own[rows]] -= 1
    left = others.sum(axis=1)
    mine, theirs = rows & (n > 1), left > 1
    agree, among = np.zeros(len(own)), np.zeros(len(own))
    agree[mine] = others[mine, own[mine]] / left[mine]
    among[theirs] = np.sum(others * (others - 1), axis=1)[theirs] / (left * (left - 1))[theirs]
    sums = np.column_stack([agree, mine, among, theirs])
    value, apart = (
        float(sums[:, k].sum() / sums[:, k + 1].sum()) if sums[:, k + 1].any() else np.nan for k in (0, 2)
    )
    low = np.nan if np.isnan(value + apart) else _gap_low(by_unit(sums, questions), tail)
    return Place(int(mine.sum()), value, apart, float(low), bool(low > GAP))


def _gap_low(units: Floats, tail: float) -> float:
    """Lower bound of how much more the others agree with each other, with an unseen unit at its worst for each."""
    rng = np.random.default_rng(0)
    sums = weighted_sums(units, rng)
    unseen = rng.standard_exponential((len(sums), 2)) * units[:, [1, 3]].max(axis=0)
    with_one = (sums[:, 0] + unseen[:, 0]) / (sums[:, 1] + unseen[:, 0])
    without = sums[:, 2] / (sums[:, 3] + unseen[:, 1])
    return outer_quantiles(without - with_one, without - with_one, tail)[0]


def one_label(labels: ArrayLike, *, level: float = FALSE_ALARM) -> Bools:
    """Who always gives one label, where the others tell items apart.

    If an item's labels could as well have been handed out the other way round, the chance that an annotator got the
    same label on every item is the product of its shares; below `level` (Holm) it is no chance.

    Parameters
    ----------
    labels : (items, annotators) int
        -1 where missing.
    level : float
        Chance that anyone is named falsely.

    Returns
    -------
    (annotators,) bool
    """
    table = checked(labels)
    counts = counted(table)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    p_values = [
        float(shares[own != MISSING].prod(axis=0).sum())
        if len(set(own[own != MISSING].tolist())) == 1
        else 1.0
        for own in table.T
    ]
    return _holm(np.array(p_values), level)


def _holm(p_values: Floats, level: float) -> Bools:
    """Which hypotheses are refuted, with probability at most `level` that any true one is (Holm 1979)."""
    order = np.argsort(p_values)
    passes = p_values[order] <= level / np.arange(len(p_values), 0, -1)
    refuted = np.zeros(len(p_values), dtype=np.bool_)
    refuted[order[: len(passes) if passes.all() else int(np.argmin(passes))]] = True
    return refuted


def _median(values: Floats) -> float:
    known = values[~np.isnan(values)]
    return float(np.median(known)) if len(known) else float("nan")
