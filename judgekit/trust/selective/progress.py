"""Labels asked along the path: what they certify so far, whom to ask next, and what that may add.

The items of a pool are tested from the strict end of the path on, until the first test that fails; what lies beyond is
never looked at. So people are asked from the strict end too. An item without a label counts as an error, which only
makes tests fail: whatever is certified on the way would be with all labels too (``docs/guarantee.md``, "Labels along
the path"). A test that fails even if people agree with every verdict not labeled yet has failed for good.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from judgekit.trust.arrays import Ints
from judgekit.trust.selective.calibrate import GAIN, decide
from judgekit.trust.selective.layout import Layout, lay_out
from judgekit.trust.selective.legs import Course
from judgekit.trust.selective.policy import Policy

BLOCK = 20
"""Fewest items to ask next, as long as so many may be of use: several people may be asked at a time."""

STAKE = 0.5
"""Most labels that the next block of the second path may take, relative to those given so far.

Where the last judge's confidence is one large tie, its first test hangs on all items: a bet of all labels on one test,
which a larger pool spends better. Whom to ask is free: the proof covers any choice.
"""


@dataclass(frozen=True)
class Ahead:
    """Where one part of a promise stands on its path.

    Attributes
    ----------
    group : str or None
    label : int or None
        The part, as in the certificate.
    items : int
        Items of the pool that such a verdict can be given to.
    coverage : float
        Share of them that get a verdict by what is certified so far.
    next_coverage : float
        That share if the next block passes; as it is where nothing is left to ask.
    waiting : int
        The next block: items without a label on which the next test hangs; 0 where no further label can add anything.
    """

    group: str | None
    label: int | None
    items: int
    coverage: float
    next_coverage: float
    waiting: int

    @property
    def ended(self) -> bool:
        """Whether no further label can add to it."""
        return not self.waiting


@dataclass(frozen=True)
class Progress:
    """Where labels along the path stand.

    Attributes
    ----------
    policy : Policy
        What is certified so far, with its certificate; all of it may be promised, whatever is asked later or not.
    parts : tuple of Ahead
        Of the path that is being asked along, in the order of the certificate's parts.
    next : int (items to ask,)
        Where the items to ask next stand among those given, those of most use first; empty where ``finished``. Among
        equals in an order that hangs on the evidence alone.
    asked_at_most : int
        No more labels than so many can be of use.
    """

    policy: Policy
    parts: tuple[Ahead, ...]
    next: Ints
    asked_at_most: int

    @property
    def finished(self) -> bool:
        """Whether asking ends: no test that is left may pass, or none is worth its labels (:data:`STAKE`)."""
        return not len(self.next)


def progress(probs: ArrayLike, human: ArrayLike, *, pool: ArrayLike, **options: Any) -> Progress:
    """What the labels of a pool certify so far, and which of its items to ask next.

    Parameters
    ----------
    probs, human, pool, options
        As for :func:`judgekit.trust.calibrate`.

    Raises
    ------
    ValueError
        Arrays that do not fit each other or hold impossible numbers; one line says which.
    """
    return standing(lay_out(probs, human, pool=pool, **options))


def standing(layout: Layout) -> Progress:
    """The same where the paths are laid out and the labels given so far are in the sample."""
    policy = decide(layout)
    first, *second = map(_Front, layout.courses)
    taken = second[-1] if second and policy.pool == layout.ways[-1].pool else first
    # the second path is taken only where it adds enough to what the first comes to
    in_sight = [first, *(one for one in second if one.hoped > first.won + GAIN * len(layout.sample))]
    stake = STAKE * int(layout.sample.answered.sum())
    asked = next((one for one in in_sight if one.open and (one is first or len(one.next) <= stake)), None)
    of_use = {item for one in in_sight for item in one.of_use} if asked else set()
    return Progress(
        policy=policy,
        parts=tuple(map(_ahead, (asked or taken).parts)),
        next=layout.sample.item[asked.next if asked else []],
        asked_at_most=len(of_use),
    )


@dataclass(frozen=True)
class _Front:
    """How far labels have come on one path."""

    parts: tuple[Course, ...]

    @property
    def open(self) -> bool:
        """Whether labels could still add to it."""
        return any(part.open for part in self.parts)

    @property
    def won(self) -> int:
        """How many items get a verdict by what passes."""
        return sum(part.won for part in self.parts)

    @property
    def hoped(self) -> int:
        """How many may, at most."""
        return sum(part.hoped for part in self.parts)

    @property
    def next(self) -> list[int]:
        """The next block of every part, mixed; and of the blocks after it what makes :data:`BLOCK`."""
        found: list[int] = []
        for blocks in zip_longest(
            *(part.blocks() for part in self.parts), fillvalue=np.zeros(0, dtype=np.intp)
        ):
            if len(found) >= BLOCK:
                break
            block = np.sort(np.concatenate(blocks)).tolist()  # the sample is in random order
            found += block if not found else block[: BLOCK - len(found)]
        return found

    @property
    def of_use(self) -> set[int]:
        """The items, not labeled, that an open step hangs on."""
        return {int(item) for part in self.parts for block in part.blocks() for item in block}


def _ahead(part: Course) -> Ahead:
    descent = part.farthest.descent
    count = max(len(descent), 1)
    return Ahead(
        group=descent.group,
        label=descent.verdict,
        items=len(descent),
        coverage=part.won / count,
        next_coverage=part.next_won / count,
        waiting=part.waiting,
    )
