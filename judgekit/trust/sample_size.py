"""Before labels are bought: how many, and of which items.

The plan answers for one test at the wanted coverage: of n labeled items a share `coverage` is accepted, and the
accepted verdicts are right with probability `accuracy`. A certificate is won when the exact binomial test of
the promised agreement passes. A calibration that searches for its threshold needs about as many, and more where
its search has to start far from the wanted coverage.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq
from scipy.special import bdtr, betaincinv

from judgekit.trust.arrays import Floats, Ints
from judgekit.trust.bounds import allowed_errors, fewest_labels

MOST_LABELS = 200_000
CAUTION = (
    0.2  # the cautious plan takes the accuracy that a pilot's true accuracy exceeds with probability 0.8
)


@dataclass(frozen=True)
class LabelPlan:
    """How many labels a certificate is likely to need.

    Attributes
    ----------
    labels : int or None
        Random items to label so that the certificate is won with probability `power`; None if no number does.
    cautious : int or None
        Conservative estimate: the same for the pilot's accuracy at its 20th percentile. Equals `labels` without a
        pilot.
    least : int
        Fewest labels with which a certificate is possible at all: every accepted verdict right.
    accuracy, coverage, agreement, delta, power : float
        What was assumed and asked for.
    curve : tuple of (int, float)
        Labels and the probability of winning the certificate with them.
    """

    labels: int | None
    cautious: int | None
    least: int
    accuracy: float
    coverage: float
    agreement: float
    delta: float
    power: float
    curve: tuple[tuple[int, float], ...]

    @property
    def sentence(self) -> str:
        """The plan in one plain sentence."""
        wanted = f"agreement {self.agreement:.0%} on {self.coverage:.0%} of the items"
        if self.labels is None:
            return (
                f"No number of labels certifies {wanted}: accepted verdicts are expected to be right "
                f"{self.accuracy:.1%} of the time."
            )
        return (
            f"About {self.labels} labels certify {wanted} with probability {self.power:.0%}, if accepted "
            f"verdicts are right {self.accuracy:.1%} of the time; fewer than {self.least} cannot."
        )


def plan_labels(
    agreement: float,
    delta: float,
    *,
    coverage: float,
    accuracy: float | None = None,
    pilot: tuple[ArrayLike, ArrayLike] | None = None,
    power: float = 0.8,
) -> LabelPlan:
    """How many labels certify an agreement on a share of the items.

    Parameters
    ----------
    agreement, delta : float
        The promise: agreement at least so high, with probability 1 - delta.
    coverage : float
        Wanted share of items with a verdict, in (0, 1].
    accuracy : float, optional
        Stated guess: how often accepted verdicts are right at that coverage.
    pilot : pair of (items,) arrays, optional
        Confidence of each pilot item's verdict, and whether a person agreed; the accuracy is that of the most
        confident share `coverage`.
    power : float
        Wanted probability of winning the certificate.

    Returns
    -------
    LabelPlan

    Raises
    ------
    ValueError
        Both or neither of `accuracy` and `pilot`; a number out of range; an empty pilot.

    Examples
    --------
    >>> plan = plan_labels(0.85, 0.1, coverage=0.7, accuracy=0.92)
    >>> plan.labels, plan.least
    (152, 15)
    """
    for name, value in {"agreement": agreement, "delta": delta, "power": power}.items():
        if not 0.0 < value < 1.0:
            raise ValueError(f"{name} is {value}: give a number between 0 and 1")
    if not 0.0 < coverage <= 1.0:
        raise ValueError(f"coverage is {coverage}: give a share above 0 and at most 1")
    if (accuracy is None) == (pilot is None):
        raise ValueError("give either a pilot or a guess of the accuracy")
    if pilot is not None:
        right, top = _most_confident(pilot, coverage)
        accuracy = right / top
        cautious_accuracy = float(betaincinv(right + 0.5, top - right + 0.5, CAUTION))
    else:
        assert accuracy is not None
        cautious_accuracy = accuracy
    if not 0.0 <= accuracy <= 1.0:
        raise ValueError(f"accuracy is {accuracy}: give a share between 0 and 1")
    risk = 1.0 - agreement
    labels = _fewest(risk, delta, coverage, accuracy, power)
    sizes = np.unique(np.geomspace(20, 4 * (labels or 1000), 25).astype(int))
    return LabelPlan(
        labels=labels,
        cautious=_fewest(risk, delta, coverage, cautious_accuracy, power),
        least=fewest_labels(risk, delta),
        accuracy=accuracy,
        coverage=coverage,
        agreement=agreement,
        delta=delta,
        power=power,
        curve=tuple((int(n), certificate_power(int(n), risk, delta, coverage, accuracy)) for n in sizes),
    )


def certificate_power(n: int, risk: float, delta: float, coverage: float, accuracy: float) -> float:
    """Probability that n labels certify: the exact binomial test passes on the accepted ones.

    The number accepted is Bin(n, coverage), the errors among m accepted Bin(m, 1 - accuracy); the test
    passes when P(Bin(m, risk) <= errors) <= delta.
    """
    accepted = np.arange(n + 1)
    chance = np.diff(bdtr(accepted, n, coverage), prepend=0.0)
    likely = chance > 1e-12
    m = accepted[likely & (accepted > 0)]
    most = allowed_errors(m, risk, delta)
    passes = np.where(most >= 0, bdtr(np.maximum(most, 0), m, 1.0 - accuracy), 0.0)
    return float(np.sum(chance[m] * passes))


def accuracy_needed(
    labels: int, agreement: float, delta: float, *, coverage: float, power: float = 0.8
) -> float | None:
    """How often accepted verdicts must be right for so many labels to certify an agreement.

    Parameters
    ----------
    labels, coverage
        How many labels there are, and the share of them that is accepted.
    agreement, delta, power : float
        As for :func:`plan_labels`.

    Returns
    -------
    float or None : the least accuracy with which they do with probability ``power``; None if none is enough.
    """

    def short(accuracy: float) -> float:
        return certificate_power(labels, 1 - agreement, delta, coverage, accuracy) - power

    if short(1.0) < 0:
        return None
    return agreement if short(agreement) >= 0 else float(brentq(short, agreement, 1.0, xtol=1e-6))


def _fewest(risk: float, delta: float, coverage: float, accuracy: float, power: float) -> int | None:
    """Fewest labels, by bisection; the power's small sawtooth makes it right to a few labels."""
    low, high = 1, fewest_labels(risk, delta)
    while certificate_power(high, risk, delta, coverage, accuracy) < power:
        low, high = high, 2 * high
        if high > MOST_LABELS:
            return None
    while high - low > 1:
        middle = (low + high) // 2
        if certificate_power(middle, risk, delta, coverage, accuracy) < power:
            low = middle
        else:
            high = middle
    return high


def _most_confident(pilot: tuple[ArrayLike, ArrayLike], coverage: float) -> tuple[int, int]:
    """How many of the most confident pilot items were right, and how many they are; ties go together."""
    confidence, right = np.asarray(pilot[0], dtype=float), np.asarray(pilot[1], dtype=bool)
    if confidence.shape != right.shape or confidence.ndim != 1:
        raise ValueError(
            f"pilot arrays have shapes {confidence.shape} and {right.shape}: one number per item"
        )
    usable = np.isfinite(confidence)
    if not usable.any():
        raise ValueError("the pilot has no item with a confidence")
    wanted = max(1, round(coverage * len(confidence)))
    ranked = np.sort(confidence[usable])[::-1]
    top = usable & (confidence >= ranked[min(wanted, len(ranked)) - 1])
    return int(right[top].sum()), int(top.sum())


@dataclass(frozen=True)
class Choice:
    """Items to label next, and how likely each item was to be chosen.

    Attributes
    ----------
    index : (n,) int
        Chosen items, in random order.
    inclusion : (items,) float
        Every item's probability of being chosen; hand it to `Judged` so that rates stay unbiased.
    """

    index: Ints
    inclusion: Floats


def choose_items(
    n_items: int,
    n: int,
    *,
    strata: ArrayLike | None = None,
    uncertainty: ArrayLike | None = None,
    seed: int = 0,
) -> Choice:
    """Choose which items people label next: at random, by default a fair share of every stratum.

    Parameters
    ----------
    n_items, n : int
        How many there are, and how many to choose.
    strata : (items,), optional
        Each stratum gets its share of the n, rounded at random: as fair, with less variance.
    uncertainty : (items,) float, optional
        Not negative; unsure items are chosen more often. Half of the labels are spread evenly, so that no
        item's weight exceeds twice that of a fair sample. For rates, not for calibration.
    seed : int
        For the draw.

    Raises
    ------
    ValueError
        More labels than items, arrays of another length, negative or missing uncertainties.
    """
    if not 0 < n <= n_items:
        raise ValueError(f"cannot choose {n} of {n_items} items")
    rng = np.random.default_rng(seed)
    even = np.full(n_items, n / n_items)
    inclusion = even if uncertainty is None else _weighted(np.asarray(uncertainty, dtype=float), even)
    order = rng.permutation(n_items)
    if strata is not None:
        names = np.asarray(strata)
        if names.shape != (n_items,):
            raise ValueError(f"strata has shape {names.shape}: give one per item ({n_items})")
        order = order[np.argsort(np.unique(names, return_inverse=True)[1][order], kind="stable")]
    # systematic sampling: equally spaced points on the cumulated probabilities, exact for any probabilities
    steps = np.cumsum(inclusion[order])
    points = np.arange(n) + rng.random()
    chosen = order[np.searchsorted(steps * (n / steps[-1]), points, side="right").clip(max=n_items - 1)]
    return Choice(rng.permutation(chosen), inclusion)


def _weighted(uncertainty: Floats, even: Floats) -> Floats:
    """Half even, half in proportion to the uncertainty; no probability above 1, their sum kept."""
    if uncertainty.shape != even.shape:
        raise ValueError(f"uncertainty has shape {uncertainty.shape}: give one per item {even.shape}")
    if not (np.isfinite(uncertainty).all() and (uncertainty >= 0).all() and uncertainty.any()):
        raise ValueError("uncertainty must be finite, not negative, and above 0 for some item")
    n = even.sum()
    share = uncertainty / uncertainty.max()  # first to scale: tiny numbers have no usable sum
    chance = even / 2 + share * (n / 2 / share.sum())
    while (chance > 1.0 + 1e-12).any():
        certain = chance >= 1
        left = n - certain.sum()
        chance = np.where(certain, 1.0, chance * (left / chance[~certain].sum()))
    return np.asarray(np.minimum(chance, 1.0))
