"""Which levels of a path may be promised: fixed-sequence testing (Bauer 1991), begun where it has power.

The hypotheses "the policy at this level errs more than allowed" are tested from strict to lenient, each at the whole
error level, until the first one that cannot be refuted. ``docs/guarantee.md`` proves that the last level before it
breaks its promise with probability at most that error level.
"""

from __future__ import annotations

import numpy as np

from judgekit.trust.bounds import Floats, Ints, allowed_errors

START = 0.4
"""Share of the items at which the path begins, unless that leaves no room for errors."""

LATEST_START = 0.5

ROOM = 1 / 3
"""Least share of the target rate that must be allowed as errors where the path begins, if it can be had."""

STEPS = 400
"""Most levels on a path."""


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


def fixed_sequence(p_values: Floats, delta: float) -> int:
    """Number of hypotheses refuted before the first that is not."""
    failed = np.flatnonzero(~(p_values <= delta))
    return int(failed[0]) if len(failed) else len(p_values)
