"""Exact tail bounds for the mean of losses in [0, 1]: from what was seen to p-values and confidence bounds."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import bdtr, betaincinv

from judgekit.elementary import exp, log
from judgekit.trust.arrays import Floats, Ints

ALMOST_ONE = float(np.nextafter(1, 0))
"""For formulas that divide by 1 - risk: the risk that goes with a tiny agreement is stored as 1."""


SAFETY = 1e-10
"""What is added to a p-value, as a share of it: more than its last digits differ between versions of SciPy and
processors, so that one that equals the level passes nowhere, instead of somewhere."""


def no_less(value: float) -> float:
    """A p-value or an upper bound as files hold it: nine digits, rounded up; at most 1."""
    return min(float(f"{value * (1 + 1e-8):.9g}"), 1.0)


def no_more(value: float) -> float:
    """A lower bound as files hold it: nine digits, rounded down."""
    return float(f"{value * (1 - 1e-8):.9g}")


def binomial_p(errors: ArrayLike, n: ArrayLike, risk: float) -> Floats:
    """Exact p-value P(Bin(n, risk) <= errors) of "the error rate is at least ``risk``", a little up; 1 for n = 0."""
    k, m = np.broadcast_arrays(np.asarray(errors, dtype=np.float64), np.asarray(n, dtype=np.int64))
    return np.where(m > 0, np.minimum(bdtr(k, np.maximum(m, 1), risk) * (1 + SAFETY), 1.0), 1.0)


def clopper_pearson_upper(errors: ArrayLike, n: ArrayLike, delta: float) -> Floats:
    """Upper bound of an error rate with confidence 1 - delta (Clopper & Pearson 1934); 1 where n = 0."""
    k, m = np.broadcast_arrays(np.asarray(errors, dtype=np.float64), np.asarray(n, dtype=np.float64))
    inner = betaincinv(np.minimum(k, m) + 1, np.maximum(m - k, 1), 1 - delta)
    return np.where(k >= m, 1.0, inner)


def clopper_pearson(errors: int, n: int, level: float = 0.95) -> tuple[float, float]:
    """Two-sided interval of a rate."""
    tail = (1 - level) / 2
    lower = 1 - float(clopper_pearson_upper(n - errors, n, tail))
    return lower, float(clopper_pearson_upper(errors, n, tail))


def allowed_errors(n: ArrayLike, risk: float, delta: float) -> Ints:
    """Most errors among n with which "the error rate is at least ``risk``" is refuted at level delta; -1: none."""
    trials = np.asarray(n, dtype=np.int64)
    low, high = np.full(trials.shape, -1), trials.copy()
    while (low < high).any():
        middle = (low + high + 1) // 2
        passes = binomial_p(middle, trials, risk) <= delta
        low, high = np.where(passes, middle, low), np.where(passes, high, middle - 1)
    return low.astype(np.intp)


def betting_p(losses: Floats, risk: float, delta: float) -> float:
    """P-value of "the mean of these losses is at least ``risk``", for independent losses in [0, 1].

    A bettor against that claim multiplies a stake of 1 by ``1 + bet * (risk - loss)`` at each loss; if the claim is
    true the stake ever exceeds 1/p with probability at most p (Ville). The bets are the predictable plug-in ones of
    Waudby-Smith & Ramdas (2024, eq. 26 and section 4.2).

    Parameters
    ----------
    losses : float (n,), in an order that does not depend on their values.
    delta : float
        The level at which the bets are aimed; the p-value is valid whatever it is.
    """
    if not len(losses):
        return 1.0
    count = np.arange(1, len(losses) + 1)
    mean = (0.5 + np.cumsum(losses)) / (count + 1)
    spread = (0.25 + np.cumsum((losses - mean) ** 2)) / (count + 1)
    before = np.append(0.25, spread[:-1])
    bet = np.minimum(np.sqrt(2 * log(1 / delta) / (len(losses) * before)), 0.75 / (1 - min(risk, ALMOST_ONE)))
    wealth = np.cumsum(log(1 + bet * (risk - losses)))
    return min(float(exp(-wealth.max())) * (1 + SAFETY), 1.0)


def fewest_labels(risk: float, delta: float) -> int:
    """Smallest n for which n accepted items without any error certify an error rate of at most ``risk``."""
    return int(np.ceil((np.log(delta) - SAFETY) / np.log1p(-min(risk, ALMOST_ONE))))
