"""The formulas behind `rate`: arrays in, intervals out.

Everything rests on one device. A stratum's rate is drawn again and again with random weights on the labeled
units, each time with one further unit, never seen, that behaves worst: it has the label when an upper end
is sought and lacks it when a lower end is. With 0/1 outcomes and equal weights the quantiles of such draws
are the exact Clopper-Pearson limits, because the draws are Beta(k + 1, n - k) and Beta(k, n - k + 1); for
weighted or clustered units they are Gaffke's nonparametric limits for a bounded mean. Drawing the strata
side by side and adding them up is melding.

References: Clopper & Pearson (1934); Gaffke (2005), "Three test statistics for a nonparametric one-sided
hypothesis on the mean of a nonnegative variable"; Fay, Proschan & Brittain (2015), "Combining one-sample
confidence procedures for inference in the two-sample case"; Angelopoulos, Duchi & Zrnic (2023), "PPI++".
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from judgekit.trust.arrays import Floats, Ints

DRAWS = 10_000
FEWEST_DRAWS = 2_000  # where there are so many different units that chance in the draws hardly matters
WORK, CHUNK = 40_000_000, 4_000_000  # random numbers in all, and at once


@dataclass(frozen=True)
class Units:
    """Labeled outcomes summed per unit (an item, or all items of one question) and stratum.

    Attributes
    ----------
    positives, weights : (units, strata) float
        Sum over a unit's labeled items of weight x outcome, and of weight.
    items : (units, strata) float
        How many items, labeled or not, the unit has in the stratum.
    largest : (strata,) float
        The greatest weight one unit can carry in the stratum.
    worst_low, worst_high : (strata,) float
        The least and the greatest outcome an item can have: 0 and 1, or further out after power tuning.
    floor, ceiling : (strata,) float
        What is known of the stratum's rate without labels: 0 and 1, or a certificate's bounds.
    sampled : (strata,) float
        Share of the stratum's items that is labeled; that part is known and no longer uncertain.
    wobble : (strata,) float
        Standard error of the stratum's mean prediction, had the questions been drawn anew.
    """

    positives: Floats
    weights: Floats
    items: Floats
    largest: Floats
    worst_low: Floats
    worst_high: Floats
    floor: Floats
    ceiling: Floats
    sampled: Floats
    wobble: Floats


def stratum_estimates(units: Units) -> Floats:
    """Weighted mean outcome per stratum; NaN where nothing is labeled. Shape (strata,)."""
    total = units.weights.sum(axis=0)
    mean = np.divide(units.positives.sum(axis=0), total, out=np.full(len(total), np.nan), where=total > 0)
    return np.asarray(np.clip(mean, 0.0, 1.0))


def draw_rates(units: Units, kind: Ints, *, source: bool, seed: int = 0) -> tuple[Floats, Floats, Floats]:
    """Draws of every stratum's lower and upper rate and of its item count, each (draws, strata).

    Parameters
    ----------
    units : Units
        One model's strata, or two models' side by side.
    kind : (strata,) int
        Strata of the same kind (in two models) share their unseen unit.
    source : bool
        Let the item counts vary too, as if the questions had been drawn anew; else the target is the items at
        hand, and a stratum's rate is only as uncertain as its unlabeled part.
    """
    rng = np.random.default_rng(seed)
    if source:
        sums = weighted_sums(np.hstack([units.positives, units.weights, units.items]), rng)
    else:  # a unit without labels has no say
        labeled = units.weights.any(axis=1)
        sums = weighted_sums(np.hstack([units.positives[labeled], units.weights[labeled]]), rng)
    strata = len(kind)
    unseen = rng.standard_exponential((len(sums), int(kind.max()) + 1))[:, kind] * units.largest
    numerator, denominator = sums[:, :strata], sums[:, strata : 2 * strata] + unseen
    low = (numerator + unseen * units.worst_low) / denominator
    high = (numerator + unseen * units.worst_high) / denominator
    if source:
        drift = rng.standard_normal(low.shape) * units.wobble
        low, high, totals = low + drift, high + drift, sums[:, 2 * strata :]
    else:
        estimate = stratum_estimates(units)
        known = ~np.isnan(estimate)
        shrink = np.sqrt(1.0 - units.sampled[known])  # finite population correction
        for draws in (low, high):
            draws[:, known] = estimate[known] + shrink * (draws[:, known] - estimate[known])
        totals = np.broadcast_to(units.items.sum(axis=0), low.shape)
    return np.clip(low, units.floor, units.ceiling), np.clip(high, units.floor, units.ceiling), totals


def weighted_sums(units: Floats, rng: np.random.Generator) -> Floats:
    """Sums over units with independent standard exponential weights, (draws, columns); equal units are pooled."""
    rows, counts = np.unique(units, axis=0, return_counts=True)
    draws = int(np.clip(WORK // max(len(rows), 1), FEWEST_DRAWS, DRAWS))
    parts = np.array_split(np.arange(draws), 1 + draws * len(rows) // CHUNK)
    return np.concatenate(
        [rng.standard_gamma(counts.astype(float), size=(len(part), len(rows))) @ rows for part in parts]
    )


def outer_quantiles(low: Floats, high: Floats, tail: float) -> tuple[float, float]:
    """The interval that draws of its two ends, each (draws,), give: `tail` is left out on either side.

    Where an end falls between two draws, the outer one is taken.
    """
    return (
        float(np.quantile(low, tail, method="lower")),
        float(np.quantile(high, 1.0 - tail, method="higher")),
    )


def bounded_mean_interval(sums: Floats, sizes: Floats, level: float) -> tuple[float, float]:
    """Gaffke's two-sided interval for the mean of numbers in [0, 1], grouped in units that are drawn together.

    Parameters
    ----------
    sums, sizes : (units,) float
        Sum and count of each unit's numbers.
    """
    units = len(sums)
    column = np.ones((units, 1))
    one = np.ones(1)
    table = Units(
        positives=sums[:, None], weights=sizes[:, None], items=column, largest=sizes.max() * one,
        worst_low=0 * one, worst_high=one, floor=0 * one, ceiling=one, sampled=0 * one, wobble=0 * one,
    )  # fmt: skip
    low, high, _ = draw_rates(table, np.zeros(1, dtype=np.int64), source=True)
    return outer_quantiles(low[:, 0], high[:, 0], (1.0 - level) / 2.0)


def power_tuning(outcomes: Floats, predicted: Floats, predicted_all: Floats, ratio: float = 0.0) -> float:
    """The share of the prediction to trust that makes the variance least, between 0 and 1 (PPI++, section 6).

    Parameters
    ----------
    outcomes, predicted : (n,) float
        Human outcome and its prediction on labeled items.
    predicted_all : (N,) float
        Predictions on the items whose mean prediction is used.
    ratio : float
        n / N when the two sets are disjoint samples; 0 when the second is the whole population.
    """
    variance = float(np.var(np.concatenate([predicted, predicted_all])))
    if variance == 0.0:
        return 0.0
    covariance = float(np.cov(outcomes, predicted, bias=True)[0, 1])
    return float(np.clip(covariance / ((1.0 + ratio) * variance), 0.0, 1.0))


def prediction_powered(
    outcomes: Floats, predicted: Floats, predicted_unlabeled: Floats, level: float = 0.95
) -> tuple[float, float, float]:
    """Power-tuned prediction-powered mean with its large-sample interval: estimate, low, high.

    Both samples are drawn from the same source. The interval is asymptotic, too narrow for rare labels and
    few of them: `rate` uses the same correction but exact limits.
    """
    n, m = len(outcomes), len(predicted_unlabeled)
    trust = power_tuning(outcomes, predicted, predicted_unlabeled, n / m)
    estimate = float(np.mean(outcomes) + trust * (np.mean(predicted_unlabeled) - np.mean(predicted)))
    variance = np.var(outcomes - trust * predicted) / n + trust**2 * np.var(predicted_unlabeled) / m
    half = float(-ndtri((1.0 - level) / 2.0) * np.sqrt(variance))
    return estimate, estimate - half, estimate + half
