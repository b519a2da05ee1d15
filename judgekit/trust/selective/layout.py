"""The paths that are tried, fixed before a label is looked at, and how far the labels come on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from judgekit.trust.arrays import Floats
from judgekit.trust.risk import Agreement, Promise
from judgekit.trust.selective.descent import Opinions
from judgekit.trust.selective.frontier import affordable, candidates, check_costs
from judgekit.trust.selective.legs import Course, courses
from judgekit.trust.selective.opinion_pool import OpinionPool
from judgekit.trust.selective.split import Sample
from judgekit.trust.selective.stopping import USUAL_COST_WEIGHT, StoppingRule

SECOND = 0.05
"""Share of the error level that is spent on the last judge alone, in case the others only disturb it."""


@dataclass(frozen=True)
class Way:
    """One path: how tiers become one opinion, when a cascade stops, and the error level that is spent on it."""

    pool: OpinionPool
    stopping: StoppingRule
    delta: float


@dataclass(frozen=True)
class Layout:
    """The items, what is promised of them, what asking each tier adds, and the paths: the first is the usual one."""

    sample: Sample
    promise: Promise
    prices: Floats
    ways: tuple[Way, ...]

    @cached_property
    def courses(self) -> tuple[tuple[Course, ...], ...]:
        """How far labels have come on each path, for every part of the promise: here labels are looked at."""
        return tuple(
            tuple(courses(self.sample, way.pool, way.stopping, self.promise, way.delta)) for way in self.ways
        )


def lay_out(
    probs: ArrayLike,
    human: ArrayLike,
    *,
    agreement: float | None = None,
    delta: float = 0.1,
    per_label: Mapping[int, float] | None = None,
    tolerance: int = 0,
    groups: Sequence[Any] | None = None,
    judges: Sequence[int] | None = None,
    costs: Sequence[float] | None = None,
    max_mean_cost: float | None = None,
    unlabeled: ArrayLike | None = None,
    label_names: Sequence[str] = (),
    drawn: str = "items",
    tries: int = 1,
    promise: Promise | None = None,
    pool: ArrayLike | None = None,
) -> Layout:
    """Lay the paths out; the parameters are those of :func:`judgekit.trust.calibrate`.

    Raises
    ------
    ValueError
        Arrays that do not fit each other or hold impossible numbers; one line says which.
    """
    if (promise is None) == (agreement is None):
        raise ValueError("give either the agreement that is wanted, or a promise")
    if promise is None:
        assert agreement is not None
        labels_apart = dict(per_label or {})
        promise = Agreement(agreement, delta, tolerance, labels_apart, tuple(label_names), drawn, tries)
    if promise.by_label and max_mean_cost is not None:
        raise ValueError(
            "max_mean_cost and a promise by label exclude each other: by label every tier is asked"
        )
    sample = Sample.of(
        probs,
        human,
        promise,
        groups=groups,
        unlabeled=unlabeled,
        needs_others=max_mean_cost is not None,
        pool=pool,
    )
    tiers, classes = sample.evidence.shape[1:]
    promise.check(classes)
    prices = np.ones(tiers) if costs is None else check_costs(costs, tiers)
    everyone, last = OpinionPool.equal(tiers, judges), OpinionPool.last_alone(tiers, judges)
    if sample.seen is sample.others:
        everyone = everyone.without_inverted(sample.others)
    spent = {everyone: promise.share}
    if max_mean_cost is None and everyone != last:
        spent = {everyone: (1 - SECOND) * promise.share, last: SECOND * promise.share}
    cost_weight = 0.0 if costs is None else USUAL_COST_WEIGHT

    def stopping(opinions: OpinionPool) -> StoppingRule:
        """When a cascade stops early."""
        if promise.by_label:
            return StoppingRule.never(opinions.tiers)
        if max_mean_cost is None:
            return StoppingRule.priced(opinions, prices, cost_weight, promise.target(None), classes)
        seen = Opinions.of(opinions, sample.seen)
        found = candidates(opinions, prices, seen.score, seen.present, promise.target(None), classes)
        return affordable(found, max_mean_cost).stopping

    ways = tuple(Way(opinions, stopping(opinions), share) for opinions, share in spent.items())
    return Layout(sample, promise, prices, ways)
