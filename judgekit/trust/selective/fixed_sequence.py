"""Which thresholds of a path may be promised: fixed-sequence testing (Bauer 1991), begun where it has power.

The hypotheses "the policy at this threshold errs more than allowed" are tested from strict to lenient, each at the
whole error level, until the first one that cannot be refuted. ``docs/guarantee.md`` proves that the last threshold
before it breaks its promise with probability at most that error level.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from judgekit.trust.arrays import Floats, Ints
from judgekit.trust.bounds import allowed_errors
from judgekit.trust.selective.stopping import BOTTOM

START = 0.4
"""Share of the items at which the path begins, unless that leaves no room for errors."""

LATEST_START = 0.5

ROOM = 1 / 3
"""Least share of the target rate that must be allowed as errors where the path begins, if it can be had."""

STEPS = 400
"""Most thresholds on a path."""


def checkpoints(n: int, risk: float, delta: float) -> Ints:
    """Numbers of accepted items at which to test, increasing; empty if n is too small to certify anything.

    They depend on nothing but n, risk and delta. Between two numbers at which the exact binomial test allows one
    error more, waiting only adds errors: so the path stops exactly there. It begins at 40 % of the items,
    or later (up to 50 %) while the errors allowed are less than a third of the target rate.
    """
    number = np.arange(1, n + 1) if n <= 10 * STEPS else np.linspace(START * n, n, STEPS).astype(np.int64)
    allowed = allowed_errors(number, risk, delta)
    jumps = np.flatnonzero(np.diff(allowed, prepend=-1) > 0)
    if not len(jumps):
        return np.zeros(0, dtype=np.intp)
    count, room = number[jumps], allowed[jumps] / (number[jumps] * risk)
    early = (count < START * n) | ((room < ROOM) & (count < LATEST_START * n))
    points = count[~early] if not early.all() else count[-1:]
    if len(points) > STEPS:
        points = points[np.unique(np.linspace(0, len(points) - 1, STEPS).round().astype(int))]
    return np.append(points, n)[: len(points) + (points[-1] < n)].astype(np.intp)


@dataclass(frozen=True)
class Step:
    """One step down a path.

    The ``first`` items are tested, and the ``whole`` items above ``threshold`` too where the threshold may be certified
    (``certifies``); both are counted in the order of :func:`entry_order`.
    """

    threshold: float
    first: int
    whole: int
    certifies: bool = True


def entry_order(entered: Floats, worst_loss: Floats) -> Ints:
    """The items that ever get a verdict, by entry from the strictest; among equals the least charged first.

    What is equal in both is in an order that has nothing to do with that of the items.
    """
    chance = np.random.default_rng(len(entered)).permutation(len(entered))
    order = np.lexsort((chance, worst_loss, -entered))
    return order[entered[order] > -np.inf].astype(np.intp)


def own_steps(entered: Floats, points: Ints) -> list[Step]:
    """Steps at fixed ranks of the tested items themselves.

    The test at rank ``k`` sees the first ``k`` items; its threshold lies just above the entry of the next one, so that
    items with equal entries are taken or left together. Certified is what takes at least as many items as the first
    rank. The last step tests all the items and takes them, and whatever else ever enters.

    Parameters
    ----------
    entered : float (items,), sorted from the strictest, all above -inf.
    points : from :func:`checkpoints`.
    """
    count = len(entered)
    ranks = points[points < count]
    whole = np.searchsorted(-entered, -entered[ranks])
    threshold = np.nextafter(entered[ranks], np.inf)
    steps = [
        Step(float(u), int(k), int(n), bool(n >= points[0]))
        for u, k, n in zip(threshold, ranks, whole, strict=True)
    ]
    return [*steps, Step(BOTTOM, count, count)] if count and len(points) else []


def fixed_steps(entered: Floats, thresholds: Sequence[float]) -> list[Step]:
    """Steps at given thresholds, strictest first; ``entered`` as in :func:`own_steps`."""
    number = np.searchsorted(-entered, -np.asarray(thresholds, dtype=np.float64), side="right")
    return [Step(float(u), int(n), int(n)) for u, n in zip(thresholds, number, strict=True)]


def descend(steps: Sequence[Step], p_value: Callable[[Step], float], delta: float) -> Step | None:
    """The last step that may be certified before the first whose ``p_value`` is too large."""
    return last(steps[: passed(steps, p_value, delta)])


def passed(steps: Sequence[Step], p_value: Callable[[Step], float], delta: float) -> int:
    """How many steps pass before the first whose ``p_value`` is too large."""
    failing = (i for i, step in enumerate(steps) if p_value(step) > delta)
    return next(failing, len(steps))


def last(steps: Sequence[Step]) -> Step | None:
    """The last of steps that all pass which may be certified."""
    return next((step for step in reversed(steps) if step.certifies), None)
