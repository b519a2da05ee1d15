"""Exact limits of a rate over strata: every outcome that the labels could have had is counted.

Labels were drawn at random within each stratum, so the positives among them are binomial (hypergeometric where the
items at hand are the target), and the rate is their strata's rates, added with known shares. The outcomes are put in
order by a statistic that approximates an upper limit. The limit is the greatest rate at which an outcome as low as the
one seen is not too improbable, at whatever rates of the single strata (Buehler 1957; Lloyd and Kabaila 2003); these are
first confined to a region that holds them nearly always, whose error is paid for (Berger and Boos 1994). The lower
limit is the same with outcomes exchanged. ``docs/rates.md`` has the proof.

References: Buehler (1957), "Confidence intervals for the product of two binomial parameters"; Lloyd & Kabaila (2003),
"On the optimality and limitations of Buehler bounds"; Berger & Boos (1994), "P values maximized over a confidence set
for the nuisance parameter"; Newcombe (1998), "Interval estimation for the difference between independent proportions".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from scipy.sparse import csr_array
from scipy.special import ndtri

from judgekit.trust.arrays import Bools, Floats
from judgekit.trust.prevalence.outcomes import Stratum, as_low

CONFINED = 0.02  # share of the error that pays for the region of the strata's rates
EARLY = 0.85  # share of the error that a rate has at its upper limit where no label is positive
STEPS = {1: 2, 2: 65, 3: 15, 4: 8}  # by number of strata: rates tried of each but the last, at first
FINER, FINER_STEPS = 3, 5  # rounds around the best rates, and rates tried of each stratum in a round
OUTCOMES = 3_000_000  # outcomes of all strata together that are computed in a fraction of a second


@dataclass(frozen=True)
class Counts:
    """What is known of each stratum.

    Attributes
    ----------
    positives, labeled, items : (strata,) int
        Labeled items that have the label; labeled items, a random part of the stratum; all items.
    floor, ceiling : (strata,) float
        Bounds of the rate of a stratum without labels.
    """

    positives: tuple[int, ...]
    labeled: tuple[int, ...]
    items: tuple[int, ...]
    floor: tuple[float, ...]
    ceiling: tuple[float, ...]

    @property
    def mirrored(self) -> Counts:
        """The same with outcomes 0 and 1 exchanged."""
        missed = tuple(n - k for k, n in zip(self.positives, self.labeled, strict=True))
        low, high = (tuple(1.0 - bound for bound in bounds) for bounds in (self.ceiling, self.floor))
        return replace(self, positives=missed, floor=low, ceiling=high)

    @property
    def estimate(self) -> float | None:
        """The strata's labeled shares, added; None where a stratum has no label."""
        if not all(self.labeled):
            return None
        return float(np.average(np.divide(self.positives, self.labeled), weights=self.items))

    @property
    def countable(self) -> bool:
        """Whether all outcomes can be counted in a fraction of a second: a matter of numbers of labels alone."""
        spread = [min(n + 1.0, 9.0 * np.sqrt(n)) for n in self.labeled if n]  # 9: twice 9 standard deviations
        return bool(spread) and float(np.prod(spread)) <= OUTCOMES


@lru_cache(maxsize=4096)
def exact_interval(counts: Counts, error: float, *, source: bool) -> tuple[float, float]:
    """Two-sided interval of the rate over all strata.

    Parameters
    ----------
    counts : Counts
    error : float
        Probability that the interval misses the rate, on both sides together.
    source : bool
        The rate in the source that the items were drawn from; else that of the items.
    """
    low, high = 1.0 - _upper(counts.mirrored, error, source), _upper(counts, error, source)
    middle = counts.estimate
    return (min(low, high), high) if middle is None else (min(low, middle), max(high, middle))


def _upper(counts: Counts, error: float, source: bool) -> float:
    k, n, items = (np.array(part) for part in (counts.positives, counts.labeled, counts.items))
    share = items / items.sum()
    rates = np.where(n > 0, k / np.maximum(n, 1), counts.ceiling)
    open_ = (n > 0) & (source | (n < items))  # strata that labels speak for, but do not settle
    worst, tail = rates.copy(), error / 2.0
    if open_.any():
        order = np.flatnonzero(open_)[np.argsort(n[open_], kind="stable")]
        strata = [Stratum(int(k[h]), int(n[h]), None if source else int(items[h])) for h in order]
        weights = share[order] / share[order].sum()
        worst[order], most, tail = _highest(strata, weights, error)
        limit = float(share[~open_] @ rates[~open_] + share[order].sum() * most)
    else:
        limit = float(share @ rates)
    if source:  # squared and added: how far the shares of the strata may be from those in the source
        here = float(share @ rates)
        variance = max(float(share @ p**2 - (share @ p) ** 2) for p in (rates, worst))
        drift = float(ndtri(tail)) ** 2 * variance / items.sum()
        limit = here + float(np.sqrt((limit - here) ** 2 + drift))
    return min(limit, 1.0)


def _highest(strata: Sequence[Stratum], weights: Floats, error: float) -> tuple[Floats, float, float]:
    """Rates of the strata at the greatest rate that is not refuted, that rate, and the error of refuting it.

    Parameters
    ----------
    strata : sequence of Stratum
        The one with most labels last.
    weights : (strata,) float
        Their shares, adding up to 1.
    error : float
    """
    confined = CONFINED * error
    allowed = _Split.of(strata, weights, error - confined)
    regions = np.array([stratum.region(confined / (2 * len(strata))) for stratum in strata])
    search = _Search(strata, weights, regions, allowed)
    best, worst = -1.0, regions[:, 1]
    ends = regions[:-1].T
    for steps in [STEPS[len(strata)]] + [FINER_STEPS] * (FINER if len(strata) > 1 else 0):
        points = search.points(ends[0], ends[1], steps)
        of_last, totals = search.greatest(points)
        top = int(totals.argmax())
        if totals[top] > best:
            best, worst = float(totals[top]), np.append(points[top], of_last[top])
        reach = (ends[1] - ends[0]) / (steps - 1)
        ends = np.clip([worst[:-1] - reach, worst[:-1] + reach], *regions[:-1].T)
    best = max(best, allowed.first)
    return worst, best, float(allowed(np.array([best]))[0])


class _Search:
    """Which rates of the strata make an outcome as low as the one seen not too improbable.

    That chance falls with every stratum's rate. So for given rates of the others, the greatest rate of the last stratum
    is found by halving.
    """

    def __init__(self, strata: Sequence[Stratum], weights: Floats, regions: Floats, allowed: _Split) -> None:
        self.others, self.last, self.weights = strata[:-1], strata[-1], weights
        self.lowest, self.highest = regions[-1]
        self.allowed = allowed
        self.outcomes = [s.outcomes(low, high) for s, (low, high) in zip(strata, regions, strict=True)]
        # row: how many outcomes of the last stratum are low enough; column: an outcome of the others
        counts = as_low(strata, weights, self.outcomes).sum(axis=-1).ravel()
        shape = len(self.outcomes[-1]) + 1, len(counts)
        self.enough = csr_array((np.ones(len(counts)), (counts, np.arange(len(counts)))), shape=shape)

    def points(self, low: Floats, high: Floats, steps: int) -> Floats:
        """Rates to try of all strata but the last, (points, strata - 1), evenly between two ends of each."""
        axes = [s.possible(np.linspace(a, b, steps)) for s, a, b in zip(self.others, low, high, strict=True)]
        return (
            np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, len(axes))
            if axes
            else np.empty((1, 0))
        )

    def greatest(self, points: Floats) -> tuple[Floats, Floats]:
        """The greatest rate of the last stratum, and of all together (-1: all are refuted), at each point."""
        chances = np.ones((len(points), 1))
        for h, stratum in enumerate(self.others):
            more = stratum.chances(self.outcomes[h], points[:, h])
            chances = (chances[:, :, None] * more[:, None, :]).reshape(len(points), -1)
        by_count = (self.enough @ chances.T).T
        low_enough = np.cumsum(by_count[:, ::-1], axis=1)[
            :, -2::-1
        ]  # by number of positives in the last stratum
        fixed = points @ self.weights[:-1]

        def stands(rates: Floats) -> Bools:
            chance = np.sum(self.last.chances(self.outcomes[-1], rates) * low_enough, axis=1)
            return np.asarray(chance > self.allowed(fixed + self.weights[-1] * rates))

        low, high = (np.full(len(points), end) for end in (self.lowest, self.highest))
        refuted = ~stands(low)
        low = np.where(stands(high), high, low)
        for _ in range(self.last.halvings):
            middle = self.last.possible((low + high) / 2)
            fine = stands(middle)
            low, high = np.where(fine, middle, low), np.where(fine, high, middle)
        return low, np.where(refuted, -1.0, fixed + self.weights[-1] * low)


@dataclass(frozen=True)
class _Split:
    """How much of the error refutes a rate for being too high, the rest being left for refuting it as too low.

    Up to `first` no rate is too high, and the mirror image holds from 1 - `first`. Between, most of the error goes to
    upper limits near 0 and to lower ones near 1, as in the intervals of Feldman and Cousins (1998). All that is a
    function of the rate and of the design alone.
    """

    error: float
    first: float

    @classmethod
    def of(cls, strata: Sequence[Stratum], weights: Floats, error: float) -> _Split:
        """`first` is about the upper limit where no label is positive.

        With n labels a rate p leaves a stratum without positives with probability (1 - p)^n: the greatest sum of
        weighted rates at which all strata are so with the allowed probability has 1 - p in proportion to n / weight.
        """
        n = np.array([s.strength for s in strata])
        least, scale = -np.log(EARLY * error), weights / n
        low, high = 0.0, float(scale.max())
        for _ in range(60):
            middle = (low + high) / 2
            used = -np.sum(n * np.log(np.minimum(1.0, middle / scale)))
            low, high = (middle, high) if used > least else (low, middle)
        first = float(weights @ (1.0 - np.minimum(1.0, high / scale)))
        items = [s.items for s in strata if s.items is not None]
        return cls(error, np.floor(first * sum(items)) / sum(items) if items else first)

    def __call__(self, rates: Floats) -> Floats:
        near_0, near_1 = (np.minimum(1.0, self.first / np.maximum(x, 1e-12)) for x in (rates, 1.0 - rates))
        level = self.error * (0.5 + (EARLY - 0.5) * (near_0 - near_1))
        return np.where(rates > 1.0 - self.first, self.error, level)
