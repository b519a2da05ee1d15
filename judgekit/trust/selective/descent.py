"""The ways down the path for every part of a promise: items lined up, steps laid out, and how each is tested."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from judgekit.trust.arrays import Bools, Floats, Ints
from judgekit.trust.bounds import betting_p, binomial_p
from judgekit.trust.risk import Promise
from judgekit.trust.selective.fixed_sequence import (
    Step,
    entry_order,
    fixed_steps,
    own_steps,
    passed,
    starts,
)
from judgekit.trust.selective.opinion_pool import OpinionPool
from judgekit.trust.selective.split import Sample
from judgekit.trust.selective.stopping import StoppingRule, tally, thresholds


@dataclass(frozen=True)
class Opinions:
    """What the tiers so far say of items: ``label``, ``score``, ``present``, each (items, tiers)."""

    label: Ints
    score: Floats
    present: Bools

    @classmethod
    def of(cls, pool: OpinionPool, probs: Floats) -> Opinions:
        """Pool the evidence, float (items, tiers, classes)."""
        label, score = pool.opinions(probs)
        return cls(label, score, ~np.isnan(probs[:, :, 0]))

    def __getitem__(self, which: Any) -> Opinions:
        return Opinions(self.label[which], self.score[which], self.present[which])

    def __len__(self) -> int:
        return len(self.label)


@dataclass(frozen=True)
class Line:
    """Items lined up along a path.

    ``entry``, ``wrong`` (items, tiers): the threshold from which on each tier would settle the item, and how wrong it
    then is; ``entered``, ``worst_loss`` (items,) and ``order``: see ``StoppingRule.outcomes`` and ``entry_order``.
    """

    entry: Floats
    wrong: Floats
    entered: Floats
    worst_loss: Floats
    order: Ints

    @classmethod
    def of(cls, items: Opinions, loss: Floats, stopping: StoppingRule) -> Line:
        """Line items up: what is said of them, and how wrong each verdict is, float (items, classes)."""
        entry = stopping.entries(items.score, items.present)
        wrong = np.take_along_axis(loss, items.label, axis=1)
        entered, worst_loss = stopping.outcomes(entry, wrong)
        return cls(entry, wrong, entered, worst_loss, entry_order(entered, worst_loss))

    def first(self, count: int) -> Floats:
        """The charges of the first so many items, in random order."""
        return self.worst_loss[np.sort(self.order[:count])]

    def given(self, threshold: float) -> Floats:
        """The losses of the verdicts given at a threshold, in random order."""
        settles = self.entry >= threshold
        losses: Floats = np.take_along_axis(self.wrong, settles.argmax(axis=1)[:, None], axis=1)
        given: Floats = losses[settles.any(axis=1), 0]
        return given


@dataclass(frozen=True)
class Descent:
    """One way down the path for one part of a promise.

    Attributes
    ----------
    group : str or None
    verdict : int or None
        The condition: the group and the verdict label that it is about.
    target : float
        Least share of the verdicts that may be promised to be no errors.
    delta : float
        The error level of every test.
    line : Line
        The items, as they enter.
    charged : float (items that enter + 1,)
        The sum of the charges of the first items.
    steps : sequence of Step
    erred : mapping of float to float
        Threshold of a step -> the sum of the losses of the verdicts given there.
    fixed : bool
        Whether other items fixed the thresholds: then the verdicts given are tested, else the charges of the first.
    shares : bool
        Whether a loss may lie between 0 and 1.
    item : int (items,)
        Where each item stands in the sample.
    answered : bool (items,)
        Whether people labeled it.
    hopeful : bool
        Whether items that are not labeled yet count as if people agreed; else as errors.
    """

    group: str | None
    verdict: int | None
    target: float
    delta: float
    line: Line
    charged: Floats
    steps: Sequence[Step]
    erred: Mapping[float, float]
    fixed: bool
    shares: bool
    item: Ints
    answered: Bools
    hopeful: bool

    def __len__(self) -> int:
        return len(self.line.entered)

    @property
    def risk(self) -> float:
        """The most that may be promised to err."""
        return 1 - self.target

    def tested(self, step: Step) -> float:
        """What is tested of a step: the errors of the verdicts given, or the charges of the first items."""
        return self.erred[step.threshold] if self.fixed else float(self.charged[step.first])

    @property
    def passed(self) -> int:
        """How many steps pass before the first that does not."""
        return passed(self.steps, self.p_value, self.delta)

    def reached(self, step: Step) -> Ints:
        """The items whose labels a step hangs on, ties whole."""
        entered = self.line.entered[self.line.order]
        last = max(step.first, step.whole)
        return self.line.order[: np.searchsorted(-entered, -entered[last - 1], side="right") if last else 0]

    def waiting(self, step: Step) -> Ints:
        """Those of them that people have not labeled."""
        reached = self.reached(step)
        return reached[~self.answered[reached]]

    def p_value(self, step: Step) -> float:
        """Of "the verdicts of this step err at ``risk`` or more".

        A betting test may pass with more losses sooner than with fewer: it waits for all labels that it hangs on.
        """
        if self.shares and len(self.waiting(step)):
            return 0.0 if self.hopeful else 1.0
        if not self.fixed:
            sizes = {step.first, step.whole} if step.certifies else {step.first}
            if self.shares:
                return max(betting_p(self.line.first(size), self.risk, self.delta) for size in sizes)
            return max(float(binomial_p(np.rint(self.charged[size]), size, self.risk)) for size in sizes)
        if self.shares:
            return betting_p(self.line.given(step.threshold), self.risk, self.delta)
        return float(binomial_p(np.rint(self.erred[step.threshold]), step.whole, self.risk))


def descents(
    sample: Sample, pool: OpinionPool, stopping: StoppingRule, promise: Promise, delta: float
) -> Iterator[tuple[Descent, ...]]:
    """The ways down for every part of a promise, the main one first; together they spend its share of ``delta``."""
    items, others = Opinions.of(pool, sample.evidence), Opinions.of(pool, sample.others)
    names, verdicts = sample.names or ("",), promise.conditions(sample.loss.shape[1])
    share = delta / (len(names) * len(verdicts))
    for g, name in enumerate(names):
        for verdict in verdicts:
            which, marks = sample.group == g, others if sample.fixed else None
            if verdict is not None:
                which = which & (items.label[:, -1] == verdict)
                marks = None if marks is None else marks[marks.label[:, -1] == verdict]
            line = Line.of(items[which], sample.loss[which], stopping)
            target = promise.target(verdict)
            charged = np.append(0.0, np.cumsum(line.worst_loss[line.order]))
            ways = list[Descent]()
            for start in starts(len(line.entered), 1 - target, share):
                steps = _steps(line, start.points, marks, stopping)
                reached = [step.threshold for step in steps]
                erred = tally(line.entry, line.wrong, reached).tolist()
                ways.append(
                    Descent(
                        group=name or None,
                        verdict=verdict,
                        target=target,
                        delta=start.delta,
                        line=line,
                        charged=charged,
                        steps=steps,
                        erred=dict(zip(reached, erred, strict=True)),
                        fixed=marks is not None,
                        shares=sample.shares,
                        item=np.flatnonzero(which),
                        answered=sample.answered[which],
                        hopeful=sample.hopeful,
                    )
                )
            yield tuple(ways)


def _steps(line: Line, points: Ints, marks: Opinions | None, stopping: StoppingRule) -> list[Step]:
    """The steps of a descent: where as large a share of the other items ``marks`` has entered, or at own ranks."""
    if marks is None:
        return own_steps(line.entered[line.order], points)
    like = stopping.entries(marks.score, marks.present).max(axis=1)
    counts = np.ceil(points * len(marks) / max(len(line.entered), 1)).astype(int)
    return fixed_steps(line.entered[line.order], thresholds(like, counts))
