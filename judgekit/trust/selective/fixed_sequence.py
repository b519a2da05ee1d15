"""Which thresholds of a path may be promised: fixed-sequence testing (Bauer 1991), from two starts.

The hypotheses "the policy at this threshold errs more than allowed" are tested from strict to lenient, each at the
whole error level, until the first one that cannot be refuted. ``docs/guarantee.md`` proves that the last threshold
before it breaks its promise with probability at most that error level. Two such ways down share the error level: one
begins where it has power, one near the strict end, for judges that are right there and soon not any more.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from judgekit.trust.arrays import Floats, Ints
from judgekit.trust.bounds import allowed_errors
from judgekit.trust.selective.stopping import BOTTOM

START = 0.4
"""Share of the items at which the main way down begins: where most risk curves leave it the most power."""

EARLY = 0.05
"""Share of the error level that an early way down may spend, and share of the items at which it begins."""

STEPS = 400
"""Most thresholds on a way down."""


@dataclass(frozen=True)
class Start:
    """One way down: the numbers of accepted items at which to test, increasing, each at level ``delta``."""

    points: Ints
    delta: float


@lru_cache(maxsize=1024)
def starts(n: int, risk: float, delta: float) -> tuple[Start, ...]:
    """The ways down that share an error level, the main one first; they depend on nothing but n, risk and delta.

    The early way is left out, and costs nothing, where so few items cannot pass sooner than on the main one.
    """
    early = Start(checkpoints(n, risk, EARLY * delta, EARLY), EARLY * delta)
    main = Start(checkpoints(n, risk, (1 - EARLY) * delta, START), (1 - EARLY) * delta)
    if len(early.points) and early.points[0] < main.points[0]:
        return main, early
    return (Start(checkpoints(n, risk, delta, START), delta),)


def checkpoints(n: int, risk: float, delta: float, start: float) -> Ints:
    """Numbers of accepted items at which to test, increasing; empty if n is too small to certify anything.

    Between two numbers at which the exact binomial test allows one error more, waiting only adds errors: so the path
    stops exactly there, from the share ``start`` of the items on (or at the last such number, if all come before).
    """
    number = np.arange(1, n + 1) if n <= 10 * STEPS else np.linspace(start * n, n, STEPS).astype(np.int64)
    allowed = allowed_errors(number, risk, delta)
    count = number[np.diff(allowed, prepend=-1) > 0]
    if not len(count):
        return np.zeros(0, dtype=np.intp)
    points = count[count >= start * n] if count[-1] >= start * n else count[-1:]
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
    points : Ints
        From :func:`checkpoints`.
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
