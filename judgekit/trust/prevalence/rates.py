"""The share of all items that people would give a label, and how two models differ in it.

A judge's verdicts alone say nothing of what people would have said. Human labels on a random part of the
items (or of each class of verdicts) do, and the verdicts sharpen them: items accepted with the label, with
another label, abstained and unscored are separate strata, split by tier where each tier has labels enough.
Unlabeled, uncertified strata contribute worst-case bounds.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from judgekit.trust.arrays import Floats
from judgekit.trust.prevalence.certified import Certified
from judgekit.trust.prevalence.core import draw_rates, outer_quantiles, stratum_estimates
from judgekit.trust.prevalence.exact import exact_interval
from judgekit.trust.prevalence.judged import Judged, number_questions, pair_units
from judgekit.trust.prevalence.strata import (
    NO_SCORE,
    NO_VERDICT,
    OTHER_LABEL,
    WITH_LABEL,
    Stratified,
    counted,
    side_by_side,
    stratify,
)

Ends = Callable[[Sequence[Floats], Sequence[Floats]], tuple[Floats, Floats]]
Labels = int | Collection[int]
Population = Literal["items", "source"]


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
    certificate: Certified | None = None,
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
    certificate : Certified, optional
        Speaks for accepted verdicts that no human label speaks for.

    Returns
    -------
    Rate

    Examples
    --------
    A judge has spoken on 1,000 items and abstained on 100; people labeled a random tenth of all.

    >>> import numpy as np
    >>> truth = (np.arange(1000) % 4 == 0).astype(int)
    >>> verdicts = np.where(np.arange(1000) < 900, truth, -1)
    >>> chosen = np.random.default_rng(0).permutation(1000) < 100
    >>> human = np.where(chosen, truth, -1)
    >>> got = rate(Judged(verdicts, human, inclusion=0.1), 1)
    >>> round(got.estimate, 2), round(got.low, 2), round(got.high, 2)
    (0.24, 0.21, 0.28)
    >>> got.basis
    "Rests on 100 human labels, extended to all 1000 items by the judge's verdicts."

    The labels alone would have given 0.20 to 0.39.
    """
    return _combined([judged], label, _alone, level, population, certificate)


def rate_difference(
    first: Judged,
    second: Judged,
    label: Labels,
    *,
    level: float = 0.95,
    population: Population = "items",
    certificate: Certified | None = None,
) -> Rate:
    """Share under `first` minus share under `second`; questions that both answer are paired.

    Parameters are those of `rate`; `questions` in both are needed for pairing.
    """
    return _combined([first, second], label, _difference, level, population, certificate)


def rate_ratio(
    first: Judged,
    second: Judged,
    label: Labels,
    *,
    level: float = 0.95,
    population: Population = "items",
    certificate: Certified | None = None,
) -> Rate:
    """Share under `first` divided by share under `second`; questions that both answer are paired.

    Parameters are those of `rate_difference`.
    """
    return _combined([first, second], label, _ratio, level, population, certificate)


def _alone(low: Sequence[Floats], high: Sequence[Floats]) -> tuple[Floats, Floats]:
    return low[0], high[0]


def _difference(low: Sequence[Floats], high: Sequence[Floats]) -> tuple[Floats, Floats]:
    return low[0] - high[1], high[0] - low[1]


def _ratio(low: Sequence[Floats], high: Sequence[Floats]) -> tuple[Floats, Floats]:
    def divide(above: Floats, below: Floats) -> Floats:
        return np.divide(above, below, out=np.full_like(above, np.inf), where=below > 0)

    return divide(low[0], high[1]), divide(high[0], low[1])


def _combined(
    models: Sequence[Judged],
    label: Labels,
    ends: Ends,
    level: float,
    population: Population,
    certificate: Certified | None,
) -> Rate:
    """Draw all models' strata together; `ends` turns lower and upper rates into the figure's two ends."""
    if not 0.0 < level < 1.0:
        raise ValueError(f"level is {level}: give a confidence between 0 and 1, such as 0.95")
    if population not in ("items", "source"):
        raise ValueError(f"population is {population!r}: give 'items' or 'source'")
    labels = np.unique(list(label) if isinstance(label, Collection) else [label])
    if not len(labels) or labels[0] < 0:
        raise ValueError(f"label is {label}: give one or more of 0, 1, ...; open items cannot be asked for")
    tail = (1.0 - level) / 2.0
    numbers = number_questions(models)
    if len(models) == 2 and population == "items":
        numbers = pair_units(models, numbers)
    n_units = 1 + max(int(n.max()) for n in numbers)
    promised = [
        None if certificate is None else certificate.allows(m, labels, tail / len(models)) for m in models
    ]
    parts = [stratify(m, labels, n, n_units, p) for m, n, p in zip(models, numbers, promised, strict=True)]
    if certificate is not None and not any(p.silent(WITH_LABEL, OTHER_LABEL) for p in parts):
        certificate = None  # labels speak for every class of verdicts
    if certificate is not None:  # half of the tolerated error went to the number of wrong verdicts
        tail, level = tail / 2.0, level - certificate.delta

    counts = counted(models[0], labels, numbers[0], promised[0]) if len(models) == 1 else None
    if counts is not None:
        low_end, high_end = exact_interval(counts, 2 * tail, source=population == "source")
    else:
        low_end, high_end = _drawn(parts, ends, tail, population)
    identified = all(
        p.labeled.all() or (m.inclusion is not None and p.labeled.any())
        for m, p in zip(models, parts, strict=True)
    )
    estimate = None
    if identified:
        points = [np.array([_point(p)]) for p in parts]
        estimate = float(ends(points, points)[0][0]) if counts is None else counts.estimate
    human = sum(int(m.labeled.sum()) for m in models)
    accepted = sum(int(m.accepted.sum()) for m in models)
    total = sum(len(m) for m in models)
    return Rate(
        estimate=estimate,
        low=low_end,
        high=high_end,
        identified=identified,
        basis=_basis(parts, identified, certificate, human, total),
        level=level,
        n_items=total,
        n_human=human,
        n_accepted=accepted,
        n_open=total - accepted,
    )


def _drawn(
    parts: Sequence[Stratified], ends: Ends, tail: float, population: Population
) -> tuple[float, float]:
    """Interval from draws of all models' strata, side by side."""
    units, kinds, owner = side_by_side(parts)
    low, high, items = draw_rates(units, kinds, source=population == "source")
    lows, highs = [], []
    for m in range(len(parts)):
        mine = owner == m
        share = items[:, mine] / items[:, mine].sum(axis=1, keepdims=True)
        lows.append(np.sum(share * low[:, mine], axis=1))
        highs.append(np.sum(share * high[:, mine], axis=1))
    return outer_quantiles(*ends(lows, highs), tail)


def _point(part: Stratified) -> float:
    """The estimate; a stratum that the sample happened to miss takes the judge's word, or the mean."""
    rates, items = stratum_estimates(part.units), part.units.items.sum(axis=0)
    seen = ~np.isnan(rates)
    mean = float(np.average(rates[seen], weights=items[seen]))
    guess = [{WITH_LABEL: 1.0, OTHER_LABEL: 0.0}.get(kind, mean) for kind, _ in part.kinds]
    return float(np.average(np.where(seen, rates, guess), weights=items))


def _basis(
    parts: Sequence[Stratified], identified: bool, certificate: Certified | None, human: int, total: int
) -> str:
    labels = f"{human} human label{'' if human == 1 else 's'}"
    if identified:
        return f"Rests on {labels}, extended to all {total} items by the judge's verdicts."
    if human == 0 and certificate is None:
        return "Rests on the judge alone: with no human label and no certificate, no interval can be stated."
    grounds, unknown = [], []
    if human:
        grounds.append(labels)
    if certificate is not None:
        grounds.append(f"a certificate that {certificate.says}")
    elif unchecked := sum(p.silent(WITH_LABEL, OTHER_LABEL) for p in parts):
        unknown.append(f"{unchecked} verdicts that nobody checked")
    if unlabeled := sum(p.silent(NO_VERDICT, NO_SCORE) for p in parts):
        unknown.append(f"{unlabeled} open items that nobody labeled")
    rest = f"; {' and '.join(unknown)} may be anything" if unknown else ""
    return f"Bounds, not an estimate: rests on {' and '.join(grounds)}, for {total} items{rest}."
