"""What the worst of k outputs to a question comes to, from n that were seen; questions are the units.

Of n outputs of one question, drawn alike and independently, c show an event. The share of the sets of k of them that
show it at least once, 1 - C(n - c, k) / C(n, k), is an unbiased estimate of the probability that k outputs do: Chen et
al. (2021), "Evaluating Large Language Models Trained on Code", equation 1 (pass@k); Reisizadeh et al. (2025), "Leak@k",
take it for leaks. The same for a score instead of an event is the mean over sets of k of their greatest score. An
average over questions is unbiased for the population that the questions are drawn from, whatever their n.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from judgekit.trust.arrays import Floats, Ints
from judgekit.trust.prevalence.core import weighted_sums


def any_of_k(events: Ints, outputs: Ints, ks: Sequence[int]) -> Floats:
    """Unbiased estimate, for each question, that at least one of k outputs shows the event.

    Parameters
    ----------
    events, outputs : (questions,) int
        How many of a question's outputs show it, and how many outputs there are.
    ks : sequence of int
        From 1 to the fewest outputs.

    Returns
    -------
    (questions, len(ks)) float

    Raises
    ------
    ValueError
        Some k is below 1 or above the fewest outputs, where nothing can be estimated.
    """
    return 1.0 - _all_among(np.asarray(outputs) - np.asarray(events), outputs, ks)


def worst_of_k(scores: Floats, ks: Sequence[int]) -> Floats:
    """Unbiased estimate of the expected greatest of k scores, from n scores of each question.

    The i-th smallest is the greatest of a set of k with probability C(i - 1, k - 1) / C(n, k).

    Parameters
    ----------
    scores : (..., n) float
    ks : sequence of int
        From 1 to n.

    Returns
    -------
    (..., len(ks)) float

    Raises
    ------
    ValueError
        As for :func:`any_of_k`.
    """
    n = scores.shape[-1]
    at_most = _all_among(np.arange(n + 1), np.full(n + 1, n), ks)  # that all k are among the i smallest
    return np.asarray(np.sort(scores, axis=-1) @ np.diff(at_most, axis=0))


def mean_limits(least: Floats, most: Floats, level: float) -> tuple[Floats, Floats]:
    """Gaffke's limits for means over questions of several columns of numbers in [0, 1], with the same draws for all.

    Parameters
    ----------
    least, most : (questions, columns) float
        What each question's number is at least and at most; the same where nothing is open.
    level : float
        Confidence of each column's two-sided interval.

    Returns
    -------
    low, high : (columns,) float
        Limits for the mean of ``least`` from below and for the mean of ``most`` from above. For zeros and ones they
        are Clopper and Pearson's (:mod:`judgekit.trust.prevalence.core`).
    """
    questions, columns = least.shape
    rng = np.random.default_rng(0)
    sums = weighted_sums(np.hstack([least, most, np.ones((questions, 1))]), rng)
    unseen = rng.standard_exponential((len(sums), 1))
    total = sums[:, -1:] + unseen
    tail = (1.0 - level) / 2.0
    low = np.quantile(sums[:, :columns] / total, tail, axis=0, method="lower")
    high = np.quantile((sums[:, columns:-1] + unseen) / total, 1.0 - tail, axis=0, method="higher")
    return np.asarray(low), np.asarray(high)


def _all_among(good: Ints, outputs: Ints, ks: Sequence[int]) -> Floats:
    """Share of the sets of k outputs that are all among the good ones: C(good, k) / C(n, k)."""
    if not len(outputs) or min(ks) < 1 or max(ks) > np.min(outputs):
        fewest = int(np.min(outputs)) if len(outputs) else 0
        raise ValueError(
            f"k must lie between 1 and the fewest outputs of a question ({fewest}), got {list(ks)}"
        )
    drawn = np.arange(max(ks))
    ratios = np.maximum(np.asarray(good)[:, None] - drawn, 0) / (np.asarray(outputs)[:, None] - drawn)
    return np.asarray(np.cumprod(ratios, axis=1)[:, np.asarray(ks) - 1])
