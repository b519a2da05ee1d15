"""How far labels have come on the way down a path: which steps pass, and which still may with more labels."""

from __future__ import annotations

from collections.abc import Iterator
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
    """One part's way down a path, and how far labels have come on it.

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
    def next_won(self) -> int:
        """How many will if the next step that takes more items passes."""
        ahead = self.descent.steps[self.at : self.end]
        return next((step.whole for step in ahead if step.certifies and step.whole > self.won), self.won)

    @property
    def waiting(self) -> int:
        """On how many items without a label the next step hangs."""
        return len(self.descent.waiting(self.descent.steps[self.at])) if self.open else 0

    def blocks(self) -> Iterator[Ints]:
        """The items without a label that each open step hangs on, the first step first; places in the sample."""
        seen = np.zeros(len(self.descent), dtype=np.bool_)
        for step in self.descent.steps[self.at : self.end]:
            waiting = self.descent.waiting(step)
            yield self.descent.item[waiting[~seen[waiting]]]
            seen[waiting] = True


def legs(
    sample: Sample, pool: OpinionPool, stopping: StoppingRule, promise: Promise, delta: float
) -> Iterator[Leg]:
    """How far labels have come for every part of a promise, each at its share of ``delta``."""
    if sample.answered.all():
        for sure in descents(sample, pool, stopping, promise, delta):
            yield Leg(sure, sure.passed, sure.passed)
        return
    both = (descents(one, pool, stopping, promise, delta) for one in (sample, sample.hoping))
    for sure, hope in zip(*both, strict=True):
        yield Leg(sure, sure.passed, hope.passed)
