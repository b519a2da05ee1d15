"""What a stratum's labels could have shown: the chance of each number of positives, and an order of all outcomes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln, ndtri

from judgekit.trust.arrays import Bools, Floats, Ints
from judgekit.trust.bounds import ALMOST_ONE

IMPROBABLE = 1e-9  # outcomes of a stratum further out are left out


@dataclass(frozen=True)
class Stratum:
    """Positives among the labeled, and the items that they were drawn from; None: a source without end."""

    positives: int
    labeled: int
    items: int | None

    @property
    def strength(self) -> float:
        """As many labels from a source without end would as often have no positive."""
        return (
            self.labeled if self.items is None else -self.items * float(np.log1p(-self.labeled / self.items))
        )

    @property
    def halvings(self) -> int:
        """How often to halve the rates between 0 and 1 until two next to each other are told apart."""
        return 26 if self.items is None else 1 + self.items.bit_length()

    def possible(self, rates: Floats) -> Floats:
        """The rates that this many items can have, next to these."""
        return rates if self.items is None else np.rint(rates * self.items) / self.items

    def chances(self, seen: Ints, rates: Floats) -> Floats:
        """Probability of each number of positives at each (possible) rate, (rates, numbers)."""
        n, p = self.labeled, rates[:, None]
        if self.items is None:
            ways = gammaln(n + 1) - gammaln(seen + 1) - gammaln(n - seen + 1)
            inside = np.clip(p, 1e-300, ALMOST_ONE)
            return np.asarray(np.exp(ways + seen * np.log(inside) + (n - seen) * np.log1p(-inside)))
        have = np.rint(p * self.items)
        lack = self.items - have
        valid = (seen <= have) & (n - seen <= lack)
        logs = _ways(have, np.minimum(seen, have)) + _ways(lack, np.minimum(n - seen, lack))
        return np.asarray(np.where(valid, np.exp(logs - _ways(self.items, n)), 0.0))

    def region(self, tail: float) -> tuple[float, float]:
        """Rates at which so many positives, or more, and so many, or fewer, have more than this probability."""
        seen = np.arange(self.labeled + 1)
        ends = []
        for inside, outside, these in (
            (1.0, 0.0, seen >= self.positives),
            (0.0, 1.0, seen <= self.positives),
        ):
            for _ in range(self.halvings):
                middle = (inside + outside) / 2
                at = self.possible(np.array([middle]))
                if self.chances(seen, at)[0, these].sum() > tail:
                    inside = middle
                else:
                    outside = middle
            ends.append(float(self.possible(np.array([inside]))[0]))
        return ends[0], ends[1]

    def outcomes(self, low: float, high: float) -> Ints:
        """Numbers of positives that are not too improbable at any rate between these two."""
        seen = np.arange(self.labeled + 1)
        at = self.chances(seen, np.array([low, high]))
        first = int(np.searchsorted(np.cumsum(at[0]), IMPROBABLE))
        last = self.labeled - int(np.searchsorted(np.cumsum(at[1, ::-1]), IMPROBABLE))
        return seen[min(first, self.positives) : max(last, self.positives) + 1]

    def moments(self, seen: Ints) -> tuple[Floats, Floats, Floats]:
        """Mean, variance and third cumulant of the rate, given so many positives: a Beta, by half a label each way."""
        a, b = seen + 0.5, self.labeled - seen + 0.5
        total, rest = a + b, 1.0 if self.items is None else 1.0 - self.labeled / self.items
        variance = a * b / (total**2 * (total + 1)) * rest
        skew = 2.0 * (b - a) * np.sqrt(total + 1) / ((total + 2) * np.sqrt(a * b))
        return a / total, variance, skew * variance**1.5


def _ways(of: Floats | int, chosen: Floats | Ints | int) -> Floats:
    """Logarithm of the number of ways to choose."""
    return np.asarray(gammaln(of + 1.0) - gammaln(chosen + 1.0) - gammaln(of - chosen + 1.0))


def as_low(strata: Sequence[Stratum], weights: Floats, outcomes: Sequence[Ints]) -> Bools:
    """Which outcomes are as low as the one seen, one axis a stratum.

    In the order of an approximate 97.5 % limit (Cornish and Fisher 1938, three cumulants), made to rise with every
    number of positives. With one stratum that is the order of the number of positives.
    """
    z = float(ndtri(0.975))
    mean, variance, third = (np.zeros((1,) * len(strata)) for _ in range(3))
    for axis, (stratum, weight, seen) in enumerate(zip(strata, weights, outcomes, strict=True)):
        m, v, t = stratum.moments(seen)
        along = [1] * len(strata)
        along[axis] = -1
        mean = mean + (weight * m).reshape(along)
        variance = variance + (weight**2 * v).reshape(along)
        third = third + (weight**3 * t).reshape(along)
    order = mean + z * np.sqrt(variance) + (z * z - 1) / 6 * third / variance
    for axis in range(len(strata)):
        order = np.maximum.accumulate(order, axis=axis)
    own = tuple(s.positives - int(seen[0]) for s, seen in zip(strata, outcomes, strict=True))
    return np.asarray(order <= order[own] + 1e-12)
