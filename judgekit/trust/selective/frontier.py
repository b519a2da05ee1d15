"""What budgets buy, from evidence alone: candidate ways to stop early, before any label is looked at."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from judgekit.trust.arrays import Bools, Floats, check_probs
from judgekit.trust.risk import Agreement
from judgekit.trust.selective.opinion_pool import OpinionPool
from judgekit.trust.selective.stopping import USUAL_COST_WEIGHT, StoppingRule, thresholds

COST_WEIGHTS = (0.0, 1.0, 2.0, 2.5, 3.0, 3.5, 4.0, 4.5, 5.0, 5.5, 6.0, 6.5)
"""Candidates of how much less evidence (log-odds) is asked for, to be spared the dearest tier."""

SHARES = np.linspace(0.4, 1, 7)
"""Shares of the items with a verdict at which a candidate is priced."""

SAMPLE = 1000
"""About how many items a frontier is drawn from."""


@dataclass(frozen=True)
class Candidate:
    """A way to stop early that some budget chooses; the threshold on its path is found with labels later.

    Attributes
    ----------
    stopping : StoppingRule
        When its cascades stop.
    coverage : (thresholds,), shares of the items with a verdict, strictest threshold first.
    reach : (thresholds, tiers), share of the items that each tier is then asked about.
    cost : (thresholds,), mean cost per item.
    """

    stopping: StoppingRule
    coverage: tuple[float, ...]
    reach: tuple[tuple[float, ...], ...]
    cost: tuple[float, ...]

    @property
    def budget(self) -> float:
        """The least budget that chooses it: its mean cost per item wherever labels may put the threshold."""
        return max(self.cost)


def frontier(
    probs: ArrayLike,
    *,
    agreement: float,
    costs: Sequence[float],
    judges: Sequence[int] | None = None,
) -> list[Candidate]:
    """What each ``max_mean_cost`` of ``calibrate`` would choose, the dearest first; no label is needed.

    Parameters
    ----------
    probs : float (items, tiers, classes)
        What each tier says of some items, as for ``calibrate``; of very many an even sample is taken.
    agreement : float
        Target agreement of the promise.
    costs, judges : (tiers,)
        As for ``calibrate``.

    Raises
    ------
    ValueError
        Arrays that do not fit each other or hold impossible numbers.
    """
    Agreement(agreement, 0.5)  # refuses what is no agreement
    evidence = check_probs(probs)
    pool = OpinionPool.equal(evidence.shape[1], judges)
    present = ~np.isnan(evidence[:, :, 0])
    prices = check_costs(costs, pool.tiers)
    return candidates(pool, prices, pool.opinions(evidence)[1], present, agreement, evidence.shape[2])


def check_costs(costs: Sequence[float], tiers: int) -> Floats:
    """Validate what asking each tier adds, (tiers,)."""
    prices = np.asarray(costs, dtype=np.float64)
    if prices.shape != (tiers,) or not np.isfinite(prices).all() or (prices < 0).any():
        raise ValueError(f"costs must be {tiers} finite numbers >= 0, one a tier, got {costs}")
    return prices


def candidates(
    pool: OpinionPool, costs: Floats, score: Floats, present: Bools, agreement: float, classes: int
) -> list[Candidate]:
    """The candidates that some budget chooses, the dearest first: each cheaper than all deeper ones."""
    found: list[Candidate] = []
    sample = slice(None, None, max(len(score) // SAMPLE, 1))
    score, present = score[sample], present[sample]
    counts = np.unique(np.ceil(len(score) * SHARES).astype(int))
    for depth in range(pool.tiers, int(np.argmax(pool.heard)), -1):
        for cost_weight in COST_WEIGHTS if depth == pool.tiers else (USUAL_COST_WEIGHT,):
            stopping = StoppingRule.priced(pool, costs, cost_weight, agreement, classes, depth)
            entry = stopping.entries(score, present)
            entered = entry.max(axis=1)
            at = thresholds(entered, counts)
            reach = [stopping.reach(entry, score, present, threshold) for threshold in at]
            candidate = Candidate(
                stopping,
                tuple(float((entered >= threshold).mean()) for threshold in at),
                tuple(tuple(asked.tolist()) for asked in reach),
                tuple(math.fsum((asked * costs).tolist()) for asked in reach),
            )
            if at and (not found or candidate.budget < found[-1].budget):
                found.append(candidate)
    return found


def affordable(found: Sequence[Candidate], budget: float) -> Candidate:
    """The first candidate that stays within a mean cost per item.

    Raises
    ------
    ValueError
        Even the cheapest costs more, or there are none for want of items.
    """
    for candidate in found:
        if candidate.budget <= budget:
            return candidate
    cheapest = (
        f"the cheapest costs {found[-1].budget:g}" if found else "there are too few items to price them by"
    )
    raise ValueError(f"no candidate costs at most {budget} per item; {cheapest}")
