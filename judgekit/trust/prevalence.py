"""The share of all items that people would give a label, and how two models differ in it.

A judge's verdicts alone say nothing of what people would have said. Human labels on a random part of the
items (or of each class of verdicts) do, and the verdicts sharpen them: items accepted with the label, with
another label, abstained and unscored are separate strata, split by tier where each tier has labels enough.
What no human label and no certificate speaks for is counted as everything it could be.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import bdtrik

from judgekit.trust.prevalence_core import Floats, Ints, draw_rates, stratum_estimates
from judgekit.trust.strata import (
    NO_SCORE,
    NO_VERDICT,
    OTHER_LABEL,
    UNLABELED,
    WITH_LABEL,
    Stratified,
    number_questions,
    pair_units,
    side_by_side,
    stratify,
)

Ends = Callable[[list[Floats], list[Floats]], tuple[Floats, Floats]]
Labels = int | Collection[int]
Population = Literal["items", "source"]


@dataclass(frozen=True)
class Judged:
    """What judges and people said of one model's items.

    Parameters
    ----------
    verdicts : (items,) int
        Accepted label, or -1 abstained, -2 unscored.
    human : (items,) int
        People's label, or -1 where nobody labeled. The labeled items are a random sample of their class
        (accepted with the label, accepted with another, abstained, unscored; each at its own rate), unless
        `inclusion` says with what probability each item could be sampled.
    questions : (items,), optional
        Which question an item answers; items of one question are drawn together. Default: one item each.
    tiers : (items,), optional
        The tier that gave the verdict.
    inclusion : float or (items,) float, optional
        Probability with which an item was to be labeled, in (0, 1].
    predicted : (items,) float, optional
        A judge's probability of the label for every item, abstained ones too.

    Raises
    ------
    ValueError
        Arrays of unequal length, an inclusion probability outside (0, 1], a prediction that is not finite.
    """

    verdicts: ArrayLike
    human: ArrayLike
    questions: ArrayLike | None = None
    tiers: ArrayLike | None = None
    inclusion: ArrayLike | None = None
    predicted: ArrayLike | None = None

    def __post_init__(self) -> None:
        n = len(np.asarray(self.verdicts))
        if n == 0:
            raise ValueError("no items: a rate needs at least one item")
        for name in ("human", "questions", "tiers", "predicted"):
            values = getattr(self, name)
            if values is not None and np.shape(values) != (n,):
                raise ValueError(
                    f"{name} has shape {np.shape(values)}, verdicts has ({n},): give one per item"
                )
        if self.inclusion is not None:
            shape, chance = np.shape(self.inclusion), np.asarray(self.inclusion, dtype=float)
            if shape not in ((), (n,)) or not np.all((chance > 0) & (chance <= 1)):
                raise ValueError("inclusion must be one probability in (0, 1], or one per item")
        if self.predicted is not None and not np.all(np.isfinite(np.asarray(self.predicted, dtype=float))):
            raise ValueError("predicted must be finite for every item: leave it out if some are missing")


@dataclass(frozen=True)
class Promise:
    """A certificate's bound: accepted verdicts disagree with people at most `error` of the time.

    Parameters
    ----------
    error : float
        1 - agreement, in [0, 1].
    delta : float
        Probability that the certificate is wrong.
    """

    error: float
    delta: float


@dataclass(frozen=True)
class Rate:
    """A rate, a difference or a ratio of rates, and what it rests on.

    Attributes
    ----------
    estimate : float or None
        None where the rate is not identified: then only the bounds can be stated.
    low, high : float
        Interval at `level`; where not identified, bounds that hold at `level` whatever the open items are.
        A ratio's `high` is inf when the denominator may be 0.
    identified : bool
        Whether human labels speak for every class of items.
    basis : str
        One sentence: what the numbers rest on.
    level : float
        Confidence; a certificate that is used takes its delta off.
    n_items, n_human, n_accepted, n_open : int
        Items; those with a human label; with an accepted verdict; without one (abstained or unscored).
    """

    estimate: float | None
    low: float
    high: float
    identified: bool
    basis: str
    level: float
    n_items: int
    n_human: int
    n_accepted: int
    n_open: int


def rate(
    judged: Judged,
    label: Labels,
    *,
    level: float = 0.95,
    population: Population = "items",
    promise: Promise | None = None,
) -> Rate:
    """Share of items that people would give `label`.

    Parameters
    ----------
    judged : Judged
        Verdicts and human labels.
    label : int or collection of int
        The label whose share is wanted, or several that count as one.
    level : float
        Wanted confidence.
    population : "items" or "source"
        The share among these items, or in the source their questions were drawn from (wider: the drawing of
        the questions counts too).
    promise : Promise, optional
        Speaks for accepted verdicts that no human label speaks for.

    Returns
    -------
    Rate
    """
    return _combined([judged], label, lambda low, high: (low[0], high[0]), level, population, promise)


def rate_difference(
    first: Judged,
    second: Judged,
    label: Labels,
    *,
    level: float = 0.95,
    population: Population = "items",
    promise: Promise | None = None,
) -> Rate:
    """Share under `first` minus share under `second`; questions that both answer are paired.

    Parameters are those of `rate`; `questions` in both are needed for pairing.
    """
    return _combined(
        [first, second],
        label,
        lambda low, high: (low[0] - high[1], high[0] - low[1]),
        level,
        population,
        promise,
    )


def rate_ratio(
    first: Judged,
    second: Judged,
    label: Labels,
    *,
    level: float = 0.95,
    population: Population = "items",
    promise: Promise | None = None,
) -> Rate:
    """Share under `first` divided by share under `second`; questions that both answer are paired."""

    def divide(above: Floats, below: Floats) -> Floats:
        return np.divide(above, below, out=np.full_like(above, np.inf), where=below > 0)

    return _combined(
        [first, second],
        label,
        lambda low, high: (divide(low[0], high[1]), divide(high[0], low[1])),
        level,
        population,
        promise,
    )


def _combined(
    models: Sequence[Judged],
    label: Labels,
    ends: Ends,
    level: float,
    population: Population,
    promise: Promise | None,
) -> Rate:
    """Draw all models' strata together; `ends` turns lower and upper rates into the figure's two ends."""
    if not 0.0 < level < 1.0:
        raise ValueError(f"level is {level}: give a confidence between 0 and 1, such as 0.95")
    if population not in ("items", "source"):
        raise ValueError(f"population is {population!r}: give 'items' or 'source'")
    labels = np.unique(label if isinstance(label, int) else list(label))
    if labels[0] < 0:
        raise ValueError(f"label is {label}: labels are 0, 1, ...; open items cannot be asked for")
    tail = (1.0 - level) / 2.0
    numbers = number_questions(
        [np.asarray(m.verdicts) for m in models],
        [None if m.questions is None else np.asarray(m.questions) for m in models],
    )
    if len(models) == 2 and population == "items":
        numbers = pair_units(numbers, [np.asarray(m.human) != UNLABELED for m in models])
    n_units = 1 + max(int(n.max()) for n in numbers)
    parts = [_stratified(m, labels, n, n_units, promise, tail) for m, n in zip(models, numbers, strict=True)]
    if promise is not None and not any(p.silent(WITH_LABEL, OTHER_LABEL) for p in parts):
        promise = None  # labels speak for every class of verdicts
    if promise is not None:  # half of the tolerated error went to the number of wrong verdicts
        tail, level = tail / 2.0, level - promise.delta

    units, kinds, owner = side_by_side(parts)
    low, high, items = draw_rates(units, kinds, source=population == "source")
    lows, highs = [], []
    for m in range(len(models)):
        mine = owner == m
        share = items[:, mine] / items[:, mine].sum(axis=1, keepdims=True)
        lows.append(np.sum(share * low[:, mine], axis=1))
        highs.append(np.sum(share * high[:, mine], axis=1))
    below, above = ends(lows, highs)
    identified = all(
        p.labeled.all() or (m.inclusion is not None and p.labeled.any())
        for m, p in zip(models, parts, strict=True)
    )
    points = [np.array([_point(p)]) for p in parts] if identified else None
    human = sum(int(np.sum(np.asarray(m.human) != UNLABELED)) for m in models)
    accepted = sum(int(np.sum(np.asarray(m.verdicts) >= 0)) for m in models)
    total = sum(len(n) for n in numbers)
    return Rate(
        estimate=None if points is None else float(ends(points, points)[0][0]),
        low=float(np.quantile(below, tail, method="lower")),
        high=float(np.quantile(above, 1.0 - tail, method="higher")),
        identified=identified,
        basis=_basis(parts, identified, promise, human, total),
        level=level,
        n_items=total,
        n_human=human,
        n_accepted=accepted,
        n_open=total - accepted,
    )


def _stratified(
    model: Judged, labels: Ints, numbers: Ints, n_units: int, promise: Promise | None, tail: float
) -> Stratified:
    verdicts = np.asarray(model.verdicts)
    n_accepted = int(np.sum(verdicts >= 0))
    wrong = None
    if promise is not None and n_accepted:
        # of n accepted verdicts each is wrong with probability at most `error`: a binomial quantile
        wrong = float(np.ceil(bdtrik(1.0 - tail, n_accepted, promise.error)))
    inclusion = model.inclusion
    return stratify(
        verdicts,
        np.asarray(model.human),
        labels,
        units=numbers,
        n_units=n_units,
        tiers=None if model.tiers is None else np.unique(model.tiers, return_inverse=True)[1],
        inclusion=None
        if inclusion is None
        else np.broadcast_to(np.asarray(inclusion, float), verdicts.shape),
        predicted=None if model.predicted is None else np.asarray(model.predicted, float),
        wrong_verdicts=wrong,
    )


def _point(part: Stratified) -> float:
    """The estimate; a stratum that the sample happened to miss takes the judge's word, or the mean."""
    rates, items = stratum_estimates(part.units), part.units.items.sum(axis=0)
    seen = ~np.isnan(rates)
    mean = float(np.average(rates[seen], weights=items[seen]))
    guess = [{WITH_LABEL: 1.0, OTHER_LABEL: 0.0}.get(kind, mean) for kind, _ in part.kinds]
    return float(np.average(np.where(seen, rates, guess), weights=items))


def _basis(
    parts: Sequence[Stratified], identified: bool, promise: Promise | None, human: int, total: int
) -> str:
    if identified:
        return f"Rests on {human} human labels, extended to all {total} items by the judge's verdicts."
    if human == 0 and promise is None:
        return "Rests on the judge alone: with no human label and no certificate, no interval can be stated."
    grounds, unknown = [], []
    if human:
        grounds.append(f"{human} human labels")
    if promise is not None:
        grounds.append(f"a certificate that verdicts are wrong at most {promise.error:.3g} of the time")
    elif unchecked := sum(p.silent(WITH_LABEL, OTHER_LABEL) for p in parts):
        unknown.append(f"{unchecked} verdicts that nobody checked")
    if unlabeled := sum(p.silent(NO_VERDICT, NO_SCORE) for p in parts):
        unknown.append(f"{unlabeled} open items that nobody labeled")
    rest = f"; {' and '.join(unknown)} may be anything" if unknown else ""
    return f"Bounds, not an estimate: rests on {' and '.join(grounds)}, for {total} items{rest}."
