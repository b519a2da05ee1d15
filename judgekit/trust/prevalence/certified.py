"""What a certificate says of verdicts that nobody labeled: which labels they leave possible, how many may be wrong.

The promise alone says what an error is (`judgekit.trust.risk`). Two things follow for a rate. A verdict that is
right settles whether people give one of the wanted labels only where all labels that agree with it are wanted, or
none is. And of the verdicts in one part of the promise (a group, a label with a target of its own) so many may be
wrong as chance allows at the promised risk; nothing says which.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.special import bdtrik, rel_entr

from judgekit.trust.arrays import Bools, Floats, Ints
from judgekit.trust.prevalence.judged import Judged
from judgekit.trust.risk import PERSON, Promise

UNPROMISED = -1

Part = tuple[int, int]
"""A group of the promise, and a verdict label: -1 where all labels share one target."""

Question = tuple[int, object]
"""A group of the promise, and a question."""


@dataclass(frozen=True)
class Extent:
    """The accepted verdicts of one part: their weight, how many questions they answer, the most one question can weigh.

    `single`: each is the only item of its question.
    """

    weight: float
    questions: int
    largest: float
    single: bool


@dataclass(frozen=True)
class Population:
    """All items at hand that are under a promise; those whose rate is wanted are among them.

    A promise for several runs or splits together allows that all its errors fall on one of them.

    Attributes
    ----------
    outputs : question -> its number of items
        A promise counts questions: each of a question's outputs weighs one over their number.
    extent : Mapping[Part, Extent]
        part -> its accepted verdicts
    per_item : bool
        The promise counts items instead: each weighs 1.
    """

    outputs: Mapping[Question, int]
    extent: Mapping[Part, Extent]
    per_item: bool = False

    @classmethod
    def of(cls, judged: Judged, promise: Promise, per_item: bool = False) -> Population:
        """Count the items."""
        outputs = Counter(zip(judged.group.tolist(), judged.asked.tolist(), strict=True))
        weight, group, label = _weight(judged, outputs, per_item), *_part(judged, promise)
        under = group != UNPROMISED
        extent = {}
        for g, k in np.unique(np.column_stack([group, label])[under], axis=0).tolist():
            mine = (group == g) & (label == k)
            total, asked = float(weight[mine].sum()), len(np.unique(judged.asked[mine]))
            most = max(count for (of, _), count in outputs.items() if of == g)
            extent[g, k] = Extent(total, asked, float(most) if per_item else 1.0, most == 1)
        return cls(outputs, extent, per_item)


@dataclass(frozen=True)
class Certified:
    """A promise that stands, and whom and what it is about.

    Parameters
    ----------
    promise : Promise
        A promise that counts label distance (`tolerance`) needs the verdicts numbered in the labels' order.
    labels : int, optional
        How many labels there are; without it the label after the highest seen is thought possible.
    person : bool
        The promise is of agreement with one of an item's people, drawn at random, instead of with their majority.
    per_item : bool
        The promise is about items, every output of a question, instead of about questions and one output of each.
    population : Population, optional
        Default: the promise is about the very items whose rate is wanted.
    """

    promise: Promise
    labels: int | None = None
    person: bool = False
    per_item: bool = False
    population: Population | None = None

    @property
    def delta(self) -> float:
        """Probability that the promise is broken."""
        return self.promise.delta

    @property
    def says(self) -> str:
        """What is promised, in words."""
        return self.promise.says(PERSON if self.person else "people")

    def risk(self, label: int) -> float:
        """Highest promised probability that people's label makes a verdict of this part an error."""
        condition = None if label < 0 else label
        risk = 1.0 - self.promise.target(condition)
        return min(1.0, risk * self.promise.spread(condition)) if self.person else risk

    def allows(self, judged: Judged, wanted: Ints, tail: float) -> Allowed:
        """What the promise leaves possible of `judged`, but for a probability of `tail`.

        Parameters
        ----------
        judged : Judged
        wanted : (labels,) int
            The labels whose share is wanted.
        tail : float
            Probability that more verdicts are wrong in some part, while the promise holds.
        """
        population = self.population or Population.of(judged, self.promise, self.per_item)
        verdicts = np.asarray(judged.verdicts)
        highest = int(max(verdicts.max(), wanted.max())) + 1
        right = self.promise.right(self.labels or self.promise.thinkable(highest))
        hit = np.isin(np.arange(len(right)), wanted)
        inside, outside = (np.asarray((right <= of).all(axis=1)) for of in (hit, ~hit))
        group, label = _part(judged, self.promise)
        under = group != UNPROMISED
        parts = sorted(set(zip(group[under].tolist(), label[under].tolist(), strict=True)))
        number = np.full(len(judged), UNPROMISED)
        budget = np.zeros(len(parts))
        for p, (g, k) in enumerate(parts):
            number[(group == g) & (label == k)] = p
            budget[p] = most_wrong(population.extent[g, k], self.risk(k), tail / len(parts))
        weight = _weight(judged, population.outputs, population.per_item)
        said = np.where(under, verdicts, 0)
        return Allowed(under & inside[said], under & outside[said], number, weight, budget)


@dataclass(frozen=True)
class Allowed:
    """What a promise leaves possible of items that nobody labeled.

    Attributes
    ----------
    inside, outside : (items,) bool
        A verdict that is right says that people give a wanted label; that they give another.
    part : (items,) int
        Number of the part, -1 without promise.
    weight : (items,) float
    budget : (parts,) float
        Greatest weight of wrong verdicts.
    """

    inside: Bools
    outside: Bools
    part: Ints
    weight: Floats
    budget: Floats

    def bounds(self, here: Bools) -> tuple[float, float]:
        """Least and greatest share of wanted labels among some items, (items,) bool."""
        n = int(here.sum())
        least = int((here & self.inside).sum()) - self._wrong(here & self.inside)
        most = n - int((here & self.outside).sum()) + self._wrong(here & self.outside)
        return max(0.0, least / n), min(1.0, most / n)

    def _wrong(self, here: Bools) -> int:
        """The most of these items that can be wrong: those that weigh least go first."""
        total = 0
        for part, budget in enumerate(self.budget):
            weights = np.cumsum(np.sort(self.weight[here & (self.part == part)]))
            total += int(np.searchsorted(weights, budget + 1e-9, side="right"))
        return total


def most_wrong(extent: Extent, risk: float, tail: float) -> float:
    """Weight of wrong verdicts that is exceeded with probability at most `tail`, each being wrong with `risk`.

    One item a question: the binomial quantile. Several: Hoeffding's bound (1963, theorem 1) for sums of the
    questions' wrong weight less `risk` times their accepted weight, each within [-risk, 1 - risk] times the most that a
    question can weigh.
    """
    if risk >= 1:
        return extent.weight
    if extent.single:
        return float(np.ceil(bdtrik(1.0 - tail, extent.weight, risk)))
    n, allowed = extent.questions, -np.log(tail) / extent.questions
    highest = 1.0 - 1e-12
    if _divergence(highest, risk) <= allowed:
        return extent.weight
    share = float(brentq(lambda x: _divergence(x, risk) - allowed, risk, highest))
    return min(extent.weight, risk * extent.weight + n * extent.largest * (share - risk))


def _divergence(x: float, risk: float) -> float:
    return float(rel_entr(x, risk) + rel_entr(1 - x, 1 - risk))


def _part(judged: Judged, promise: Promise) -> tuple[Ints, Ints]:
    """Group and label of each item's part; group -1 where no promise covers the item."""
    verdicts = np.asarray(judged.verdicts)
    highest = int(verdicts.max(initial=0)) + 1
    covered = not promise.by_label or np.isin(verdicts, np.array(promise.conditions(highest), dtype=int))
    group = np.where(judged.accepted & covered, judged.group, UNPROMISED)
    return group, verdicts if promise.by_label else np.full(len(judged), -1)


def _weight(judged: Judged, outputs: Mapping[Question, int], per_item: bool) -> Floats:
    if per_item:
        return np.ones(len(judged))
    pairs = zip(judged.group.tolist(), judged.asked.tolist(), strict=True)
    return 1.0 / np.array([outputs[pair] for pair in pairs], dtype=np.float64)
