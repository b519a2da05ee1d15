"""The promise of the audit: looking after every check and stopping at will, it is rarely ever wrong."""

from __future__ import annotations

import numpy as np
import pytest

from judgekit.trust.monitoring.audit import Audit

pytestmark = pytest.mark.slow

STREAMS, CHECKS, LEVEL = 4000, 250, 0.1
ALLOWANCE = 3 * (LEVEL * (1 - LEVEL) / STREAMS) ** 0.5


def states(target: float) -> tuple[np.ndarray, np.ndarray]:
    """Whether the audit says holds, and broken, for every number of checks and of agreements."""
    holds, broken = np.zeros((2, CHECKS + 1, CHECKS + 1), dtype=bool)
    for n in range(1, CHECKS + 1):
        for k in range(n + 1):
            status = Audit(target, LEVEL, agreed=k, checked=n).status
            holds[n, k], broken[n, k] = status == "holds", status == "broken"
    return holds, broken


@pytest.mark.parametrize("target", [0.7, 0.9])
def test_no_time_to_stop_makes_it_lie(target: float) -> None:
    holds, broken = states(target)
    rng = np.random.default_rng(0)
    number = np.arange(1, CHECKS + 1)
    for agreement, false in [
        (target, broken),
        (target + 0.03, broken),
        (target - 1e-6, holds),
        (target - 0.03, holds),
    ]:
        agreed = np.cumsum(rng.random((STREAMS, CHECKS)) < agreement, axis=1)
        ever = false[number, agreed].any(axis=1)
        assert ever.mean() <= LEVEL + ALLOWANCE


def test_it_finds_out_in_the_end() -> None:
    holds, broken = states(0.8)
    rng = np.random.default_rng(1)
    number = np.arange(1, CHECKS + 1)
    for agreement, true in [(0.92, holds), (0.65, broken)]:
        agreed = np.cumsum(rng.random((STREAMS, CHECKS)) < agreement, axis=1)
        assert true[number, agreed].any(axis=1).mean() > 0.9


def test_bounds_hold_at_all_times_together() -> None:
    rng = np.random.default_rng(2)
    missed_low = missed_high = 0
    for _ in range(400):
        agreed = np.cumsum(rng.random(60) < 0.85)
        audits = [Audit(0.8, LEVEL, agreed=int(k), checked=n + 1) for n, k in enumerate(agreed)]
        missed_low += any(a.low > 0.85 for a in audits)
        missed_high += any(a.high < 0.85 for a in audits)
    allowed = 400 * LEVEL + 3 * (400 * LEVEL * (1 - LEVEL)) ** 0.5
    assert missed_low <= allowed and missed_high <= allowed
