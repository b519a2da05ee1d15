"""How far labels have come on the ways down a path: which steps pass, and which still may with more labels."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from judgekit.trust.arrays import Ints
from judgekit.trust.risk import Promise
from judgekit.trust.selective.descent import Descent, descents
from judgekit.trust.selective.fixed_sequence import Step, last
from judgekit.trust.selective.opinion_pool import OpinionPool
from judgekit.trust.selective.split import Sample
from judgekit.trust.selective.stopping import StoppingRule


@dataclass(frozen=True)
class Leg:
    """One part's way down a path from one start, and how far labels have come on it.

    Attributes
    ----------
    descent : Descent
        With every item that is not labeled yet counted as an error.
    at : int
        The first step that does not pass yet.
    end : int
        The first step that does not pass even if people agree with every verdict not labeled yet: it never will.
    """

    descent: Descent
    at: int
    end: int

    @property
    def open(self) -> bool:
        """Whether labels may still add to what is certified."""
        return self.at < self.end

    @property
    def certified(self) -> Step | None:
        """The step that is certified, if any is."""
        return last(self.descent.steps[: self.at])

    @property
    def won(self) -> int:
        """How many items get a verdict by it."""
        return self.certified.whole if self.certified else 0

    @property
    def hoped(self) -> int:
        """How many may with more labels, at most."""
        hope = last(self.descent.steps[: self.end])
        return hope.whole if hope else 0

    @property
    def asked(self) -> Ints:
        """The items that every step up to the first that does not pass hangs on; places in the sample."""
        looked_at = self.descent.steps[: self.at + 1]
        return self.descent.item[self.descent.reached(looked_at[-1]) if looked_at else []]

    @property
    def ahead(self) -> Sequence[Step]:
        """The steps that do not pass yet and still may."""
        return self.descent.steps[self.at : self.end]


@dataclass(frozen=True)
class Course:
    """One part's way down a path from every start, the main one first: what any leg certifies may be promised."""

    legs: tuple[Leg, ...]

    @property
    def farthest(self) -> Leg:
        """The leg that certifies most; the main one where none certifies more."""
        return min(self.legs, key=lambda leg: leg.certified.threshold if leg.certified else np.inf)

    @property
    def open(self) -> bool:
        """Whether labels may still add to what is certified."""
        return any(leg.open for leg in self.legs)

    @property
    def won(self) -> int:
        """How many items get a verdict by what is certified."""
        return self.farthest.won

    @property
    def hoped(self) -> int:
        """How many may with more labels, at most."""
        return max(leg.hoped for leg in self.legs)

    @property
    def next_won(self) -> int:
        """How many will if the next step that takes more items passes."""
        return next(
            (step.whole for _, step in self._ahead if step.certifies and step.whole > self.won), self.won
        )

    @property
    def waiting(self) -> int:
        """On how many items without a label the next step hangs."""
        return next((len(leg.descent.waiting(step)) for leg, step in self._ahead), 0)

    @property
    def _ahead(self) -> list[tuple[Leg, Step]]:
        """The open steps of all legs, strictest first."""
        return sorted(
            ((leg, step) for leg in self.legs for step in leg.ahead), key=lambda pair: pair[1].first
        )

    def blocks(self) -> Iterator[Ints]:
        """The items without a label that each open step hangs on, the strictest first; places in the sample."""
        seen = np.zeros(len(self.legs[0].descent), dtype=np.bool_)
        for leg, step in self._ahead:
            waiting = leg.descent.waiting(step)
            yield leg.descent.item[waiting[~seen[waiting]]]
            seen[waiting] = True


def courses(
    sample: Sample, pool: OpinionPool, stopping: StoppingRule, promise: Promise, delta: float
) -> Iterator[Course]:
    """How far labels have come for every part of a promise, each at its share of ``delta``."""
    sure = descents(sample, pool, stopping, promise, delta)
    if sample.answered.all():
        yield from (Course(tuple(Leg(one, one.passed, one.passed) for one in ways)) for ways in sure)
        return
    hope = descents(sample.hoping, pool, stopping, promise, delta)
    for pairs in zip(sure, hope, strict=True):
        yield Course(tuple(Leg(one, one.passed, best.passed) for one, best in zip(*pairs, strict=True)))
