"""What labels are likely to buy, before they are given: calibrations on labels drawn at random from what is believed.

Believed is either what a pilot's people said, or that judges are as often right as they claim. The items at hand stand
for the population: each draw takes them with replacement, twice, so that a small pilot is known to be one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from judgekit.elementary import log, sigmoid
from judgekit.trust.arrays import Floats, check_probs
from judgekit.trust.selective.calibrate import GAIN
from judgekit.trust.selective.layout import Layout, lay_out
from judgekit.trust.selective.legs import courses
from judgekit.trust.selective.opinion_pool import OpinionPool

DRAWS = 50
"""Calibrations for each number of items."""

BEYOND = 3
"""Pools of up to so many times the most labels are tried."""


@dataclass(frozen=True)
class Buys:
    """What some labels are likely to buy.

    Attributes
    ----------
    labels : int
        Labels that people give at most.
    pool : int
        Items to draw, and to have judged by every tier: as many where people are asked in random order; more along the
        path, since those at its lenient end are not asked about.
    coverage, low, high : float
        Share of the items that get a verdict: its mean, and between what it lies in eight calibrations of ten.
    certified : float
        Probability that anything is certified.
    """

    labels: int
    pool: int
    coverage: float
    low: float
    high: float
    certified: float


@dataclass(frozen=True)
class Outlook:
    """What each number of labels is likely to buy at one target, asked along the path and in random order."""

    agreement: float
    path: tuple[Buys, ...]
    random: tuple[Buys, ...]


def claimed(probs: ArrayLike, judges: Sequence[int] | None = None) -> Floats:
    """How likely people are to give each label if all judges together are as often right as they claim.

    Parameters
    ----------
    probs, judges
        As for :func:`judgekit.trust.calibrate`.

    Returns
    -------
    float (items, classes), rows sum to one; even where the last tier gave nothing.
    """
    evidence = check_probs(probs)
    _, tiers, classes = evidence.shape
    label, score = OpinionPool.equal(tiers, judges).opinions(evidence)
    even = -log(classes - 1)
    right = sigmoid(np.where(np.isnan(score[:, -1]), even, score[:, -1]))
    people = np.repeat((1 - right)[:, None] / (classes - 1), classes, axis=1)
    np.put_along_axis(people, label[:, -1:], right[:, None], axis=1)
    return people


def outlook(
    probs: ArrayLike,
    people: ArrayLike,
    labels: Sequence[int],
    *,
    agreement: float,
    draws: int = DRAWS,
    **options: Any,
) -> Outlook:
    """What so many labels are likely to buy.

    Parameters
    ----------
    probs : float (items, tiers, classes)
        Evidence, as for :func:`judgekit.trust.calibrate`.
    people : float (items, classes)
        How likely people are to give each label: from a pilot what they said (0 or 1), else :func:`claimed`.
    labels : int
        The numbers of labels asked about.
    agreement : float
        The promise, with ``options`` as for :func:`judgekit.trust.calibrate`: delta, costs, judges.
    draws : int
        Calibrations for each number of items.

    Raises
    ------
    ValueError
        Arrays that do not fit each other, no item, or no number of labels.
    """
    evidence, believed = check_probs(probs), np.asarray(people, dtype=np.float64)
    if believed.shape != (len(evidence), evidence.shape[2]):
        raise ValueError(f"people must have shape {(len(evidence), evidence.shape[2])}, got {believed.shape}")
    if not len(evidence) or not labels or min(labels) < 1:
        raise ValueError("an outlook needs items, and numbers of labels above 0")
    most = max(labels)
    sizes = np.unique([*labels, *np.geomspace(most, BEYOND * most, 4).round().astype(int)])
    coverage, asked = np.zeros((len(sizes), draws)), np.zeros((len(sizes), draws))
    for draw in range(draws):
        rng = np.random.default_rng(
            draw
        )  # fewer labels are the first of more, at every target: what is told is smooth
        drawn = rng.integers(0, len(evidence), len(evidence))[rng.integers(0, len(evidence), sizes[-1])]
        chance = rng.random(sizes[-1])
        said = (chance[:, None] > np.cumsum(believed[drawn], axis=1)[:, :-1]).sum(axis=1)
        for i, size in enumerate(sizes):
            pool = np.ones(size, dtype=np.bool_)
            layout = lay_out(evidence[drawn[:size]], said[:size], agreement=agreement, pool=pool, **options)
            coverage[i, draw], asked[i, draw] = _won_and_asked(layout)
    told = np.array([_told(one) for one in coverage])
    needed = np.interp(labels, np.maximum.accumulate(asked.mean(axis=1)), sizes)

    def bought(pools: Floats) -> tuple[Buys, ...]:
        """What is told of the sizes between those tried."""
        between = np.array([np.interp(pools, sizes, one) for one in told.T]).T.tolist()
        return tuple(
            Buys(wanted, round(pool), *one)
            for wanted, pool, one in zip(labels, pools.tolist(), between, strict=True)
        )

    return Outlook(agreement, path=bought(needed), random=bought(np.asarray(labels, dtype=np.float64)))


def _told(coverage: Floats) -> tuple[float, float, float, float]:
    """Mean coverage, its 10th and 90th percentile, and how often there is any."""
    low, high = np.quantile(coverage, (0.1, 0.9))
    return float(coverage.mean()), float(low), float(high), float((coverage > 0).mean())


def _won_and_asked(layout: Layout) -> tuple[float, int]:
    """Share of the items that get a verdict, and how many people are asked about until every path has ended."""
    count, won, asked = len(layout.sample), 0.0, set[int]()
    for at, way in enumerate(layout.ways):
        if at and won > (1 - GAIN) * count:
            break  # the second path cannot add enough any more
        found = list(courses(layout.sample, way.pool, way.stopping, layout.promise, way.delta))
        asked |= {int(item) for course in found for leg in course.legs for item in leg.asked}
        reached = sum(course.won for course in found)
        won = reached if not at or reached > won + GAIN * count else won
    return won / max(count, 1), len(asked)
