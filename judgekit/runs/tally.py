"""What each tier was asked, what it answered, and what it failed on: so that a judge that fails is heard."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from judgekit.display import printable, some
from judgekit.errors import JudgeFailed
from judgekit.records import NO_OPINION, EvidenceRow, kind_of
from judgekit.runs.about import Answers

MOST_FAILED = 0.5
"""A tier that fails on more than this share of what it is asked does not do its work."""

REASONS = 5
"""Reasons told of one tier."""


@dataclass
class Tally:
    """One tier under one rubric.

    Attributes
    ----------
    asked, answered : int
        Items.
    silent : int
        Items of which the judge said that it has no opinion, which is no failure.
    failed : Counter[str]
        Kind of reason -> items.
    example : tuple[str, str] | None
        The first failed item's id, and its reason.
    """

    asked: int = 0
    answered: int = 0
    silent: int = 0
    failed: Counter[str] = field(default_factory=Counter)
    example: tuple[str, str] | None = None

    def count(self, item: str, answered: bool, reason: str | None) -> None:
        """One item more."""
        self.asked += 1
        self.answered += answered
        if not answered and reason == NO_OPINION:
            self.silent += 1
        elif not answered:
            reason = reason or "no reason given"
            self.failed[kind_of(reason)] += 1
            self.example = self.example or (item, reason)

    @property
    def fails(self) -> bool:
        """Whether the tier fails on most of what it is asked."""
        return self.failed.total() > MOST_FAILED * self.asked

    @property
    def sentence(self) -> str:
        """How often the tier failed, on what, and one example; or that it was of no use."""
        if not self.failed:
            return f"had no opinion on any of {some(self.asked, 'item')}"
        told = [f"{count:,} x {reason}" for reason, count in self.failed.most_common(REASONS)]
        if more := len(self.failed) - REASONS:
            told += [f"{more} other reasons"] if more > 0 else []
        item, reason = self.example or ("", "")
        shown = f"; item '{item}': {reason}" if kind_of(reason) != reason else ""
        return printable(
            f"failed on {self.failed.total():,} of {some(self.asked, 'item')} ({'; '.join(told)}){shown}"
        )

    @property
    def answers(self) -> Answers:
        """For ``run.json``."""
        return Answers(asked=self.asked, answered=self.answered, failed=dict(self.failed.most_common()))


class Tallies:
    """The tiers of a run, by rubric and tier.

    Parameters
    ----------
    passing : Iterable[str]
        Tiers that leave items to others by design (rules, people): their silence stops nothing.
    """

    def __init__(self, passing: Iterable[str] = ()) -> None:
        self.passing = frozenset(passing)
        self.tiers: dict[tuple[str, str], Tally] = {}

    def count(self, row: EvidenceRow) -> None:
        """What every tier said of one item."""
        for tier, evidence in row.tiers.items():
            tally = self.tiers.setdefault((row.rubric, tier), Tally())
            tally.count(row.id, bool(evidence.probs), evidence.reason)

    def failing(self) -> list[str]:
        """One sentence for each tier that fails on most items."""
        return [
            f"judge '{tier}' {tally.sentence}"
            for (_, tier), tally in self.tiers.items()
            if tally.fails and tier not in self.passing
        ]

    def heard(self) -> list[str]:
        """One sentence for each tier that failed on any item or was silent on all, unless it passes items on."""
        return [
            f"judge '{tier}' {tally.sentence}"
            for (_, tier), tally in self.tiers.items()
            if (tally.failed or tally.silent == tally.asked) and tier not in self.passing
        ]

    def check(self) -> None:
        """Stop where a tier does not do its work.

        Raises
        ------
        JudgeFailed
            A tier fails on most items.
        """
        if failing := self.failing():
            raise JudgeFailed(f"{'; '.join(failing)}. Mend it, or go on without its answers: --keep-going")

    @property
    def answers(self) -> dict[str, dict[str, Answers]]:
        """For ``run.json``: rubric -> tier -> counts."""
        found: dict[str, dict[str, Answers]] = {}
        for (rubric, tier), tally in self.tiers.items():
            found.setdefault(rubric, {})[tier] = tally.answers
        return found
