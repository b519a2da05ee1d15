"""Right by chance: what outputs earn against references of other questions of the same kind, and the excess over it.

Let V(q, r) = 1 if the output on question q is right by the reference of question r. Over the questions of a kind

    rate    p = mean of V(q, q)
    chance  c = mean of V(q, r) over r != q
    excess  p - c

c is what the same outputs earn if references are dealt out at random, so it is all that a model earns which knows only
the answers that are frequent. It is the expected agreement of chance-corrected agreement: where outputs and references
each name one class, c is Cohen's expected agreement (up to the left-out diagonal) and (p - c) / (1 - c) is kappa.
Several strata (a split and a kind of question each) are added up by their numbers of items.

Questions are the sampling units. A question enters c through its output and through its reference, so all pairs that
share a question are dependent; the variance adds up exactly those (the dyadic cluster-robust variance: Fafchamps and
Gubert, J. Dev. Econ. 83, 2007; Aronow, Samii and Assenova, Political Analysis 23, 2015). It holds for a sample of the
pairs as for all of them. Limits of p and c are Clopper and Pearson's at the effective sample size (Korn and Graubard,
Survey Methodology 24, 1998), so that nothing seen is not "surely nothing"; those of p - c are recovered from them and
from the correlation of p and c (Zou and Donner, Statistics in Medicine 27, 2008).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import betaincinv

from judgekit.trust.arrays import Bools, Floats, Ints

FEWEST = 200
"""Items of a stratum that take part, where it has as many."""


@dataclass(frozen=True)
class Share:
    """An estimate and its confidence limits."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Chance:
    """How much of a rate is chance.

    Attributes
    ----------
    rate : Share
        Of the outputs, how many are right by their own reference.
    chance : Share
        How many are right by the reference of another question of their stratum.
    excess : Share
        The difference, between -1 and 1.
    """

    rate: Share
    chance: Share
    excess: Share


@dataclass(frozen=True)
class Pairs:
    """Outputs, and the other questions' references that each is held against.

    Attributes
    ----------
    items : int (n,)
        Those that take part, as indices of what was given to :func:`permuted_pairs`.
    questions, strata : int (n,)
        Their questions and strata, numbered.
    weights : float (n,)
        How many items each stands for; 1 where all of a stratum take part.
    outputs, references : int (pairs,)
        The output of which and the reference of which of ``items`` make a pair, as indices of ``items``.
    """

    items: Ints
    questions: Ints
    strata: Ints
    weights: Floats
    outputs: Ints
    references: Ints


def permuted_pairs(
    questions: Sequence[str],
    strata: Sequence[object],
    rng: np.random.Generator,
    *,
    per_item: int = 20,
    about: int = 4000,
) -> Pairs:
    """Draw which outputs are held against which other questions' references.

    The questions of a stratum stand in a circle in random order; every output meets the references of the questions
    a few drawn steps ahead, the same steps for all, so that each output and each reference is used equally often.
    Items of a stratum with one question only are left out: nothing can be exchanged.

    Parameters
    ----------
    questions, strata : (items,)
        What each item answers, and within which stratum references are exchanged.
    per_item : int
        At most so many references an output.
    about : int
        Pairs wanted in all. With more items than that, a random part of each stratum's questions takes part (but
        ``FEWEST`` items, where there are as many), with one reference an output.
    """
    members: dict[object, dict[str, list[int]]] = {}
    for item, (question, stratum) in enumerate(zip(questions, strata, strict=True)):
        members.setdefault(stratum, {}).setdefault(question, []).append(item)
    numbers = {question: number for number, question in enumerate(dict.fromkeys(questions))}
    an_item = about / max(len(questions), 1)
    items: list[int] = []
    owners: list[int] = []
    weights: list[float] = []
    outputs: list[int] = []
    references: list[int] = []
    for number, stratum in enumerate(asked for asked in members.values() if len(asked) > 1):
        total = sum(map(len, stratum.values()))
        part = min(1.0, max(an_item, FEWEST / total))
        circle = [stratum[q] for q in rng.permutation(list(stratum))][: max(2, round(part * len(stratum)))]
        most = min(per_item, len(circle) - 1, max(1, int(an_item)))
        steps = 1 + rng.choice(len(circle) - 1, most, replace=False)
        first = len(items) + np.cumsum([0, *map(len, circle)])
        taken = sum(map(len, circle))
        for place, answers in enumerate(circle):
            met = [int(first[(place + step) % len(circle)]) for step in steps]
            for item in answers:
                outputs += [len(items)] * most
                references += met
                items.append(item)
        owners += [number] * taken
        weights += [total / taken] * taken
    return Pairs(
        _ints(items),
        _ints([numbers[questions[item]] for item in items]),
        _ints(owners),
        np.array(weights),
        _ints(outputs),
        _ints(references),
    )


def beyond_chance(pairs: Pairs, own: Bools, permuted: Bools, level: float = 0.95) -> Chance:
    """The rate, what of it is chance, and the excess.

    Parameters
    ----------
    pairs : Pairs
        At least one.
    own : bool (items,)
        Whether each of ``pairs.items`` is right by its own reference.
    permuted : bool (pairs,)
        Whether each pair's output is right by the pair's reference.
    level : float
        Confidence of the limits.

    Examples
    --------
    Of ten questions the answer to seven is India. A model says so of every country, and is right on the seven:

    >>> import numpy as np
    >>> india = np.arange(10) < 7
    >>> pairs = permuted_pairs([str(q) for q in range(10)], ["country"] * 10, np.random.default_rng(0))
    >>> found = beyond_chance(pairs, india[pairs.items], india[pairs.items[pairs.references]])
    >>> round(found.rate.value, 2), round(found.chance.value, 2), round(found.excess.value, 2)
    (0.7, 0.7, 0.0)
    """
    own, permuted = np.asarray(own, dtype=np.float64), np.asarray(permuted, dtype=np.float64)
    stratum = pairs.strata[pairs.outputs]
    share = pairs.weights / pairs.weights.sum()
    mass, drawn = np.bincount(pairs.strata, share), np.maximum(np.bincount(stratum), 1)
    means = np.bincount(stratum, permuted) / drawn
    rate = float(np.average(own, weights=pairs.weights))
    chance = float(np.average(means[pairs.strata], weights=pairs.weights))
    # Influences: how far each question moves the two figures.
    count = int(pairs.questions.max()) + 1
    of_rate = np.bincount(pairs.questions, share * (own - rate), count)
    of_chance = np.bincount(pairs.questions, share * (means[pairs.strata] - chance), count)
    of_pair = (mass / drawn)[stratum] * (permuted - means[stratum])
    for side in (pairs.outputs, pairs.references):
        of_chance += np.bincount(pairs.questions[side], of_pair, count)
    n = len(np.unique(pairs.questions))
    small = n / max(n - 1, 1)
    itself = float(of_pair @ of_pair)  # a pair shares both of its questions with itself and is added twice
    variances = (
        small * float(of_rate @ of_rate),
        max(small * float(of_chance @ of_chance) - itself, itself),
    )
    scale = float(np.sqrt(variances[0] * variances[1]))
    correlation = float(np.clip(small * (of_rate @ of_chance) / scale, -1, 1)) if scale > 0 else 0.0
    p, c = _limited(rate, variances[0], n, level), _limited(chance, variances[1], n, level)
    return Chance(p, c, _difference(p, c, correlation * (1 - 2 / n)))  # few questions make it look greater


def within(pairs: Pairs, own: Bools, permuted: Bools, strata: Sequence[int]) -> tuple[Pairs, Bools, Bools]:
    """The same of some strata only."""
    mine, theirs = np.isin(pairs.strata, strata), np.isin(pairs.strata[pairs.outputs], strata)
    place = np.cumsum(mine) - 1
    part = Pairs(
        pairs.items[mine],
        pairs.questions[mine],
        pairs.strata[mine],
        pairs.weights[mine],
        place[pairs.outputs[theirs]],
        place[pairs.references[theirs]],
    )
    return part, own[mine], permuted[theirs]


def _ints(values: Sequence[int]) -> Ints:
    return np.array(values, dtype=np.intp)


def _limited(share: float, variance: float, n: int, level: float) -> Share:
    """Exact binomial limits at the sample size that would have this variance, at most the number of questions."""
    size = min(float(n), share * (1 - share) / variance) if variance > 0 else float(n)
    hits, tail = share * size, (1 - level) / 2
    low = float(betaincinv(hits, size - hits + 1, tail)) if hits > 0 else 0.0
    high = float(betaincinv(hits + 1, size - hits, 1 - tail)) if hits < size else 1.0
    return Share(share, min(low, share), max(high, share))


def _difference(p: Share, c: Share, correlation: float) -> Share:
    def off(a: float, b: float) -> float:
        return float(np.sqrt(max(a * a + b * b - 2 * correlation * a * b, 0.0)))

    value = p.value - c.value
    return Share(
        value, value - off(p.value - p.low, c.high - c.value), value + off(p.high - p.value, c.value - c.low)
    )
