"""What is counted of a run: its verdicts in groups, and the run as a whole, as records."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from judgekit.display import brief_repr
from judgekit.readers.settings import Value
from judgekit.report.claims.claims import Claim
from judgekit.report.diagnostics import People, TierUse
from judgekit.report.rates.chance import ByChance
from judgekit.report.rates.judged import JudgedRate
from judgekit.report.rates.measured import Figure
from judgekit.report.samples.records import Samples
from judgekit.rubrics import Role, Side

Baseline = Literal["", "original", "retrained"]
RestsOn = Literal["certified", "labels", "judge only", "withdrawn"]


@dataclass(frozen=True)
class Group:
    """The verdicts of one run under one rubric: of one split, or (``split`` empty) of all splits of that rubric.

    ``reasons``: why items are unscored, or got no verdict whatever judges say. ``by_chance``: what of the leaks is
    chance, for all kinds of question together and then for each; empty where nothing can be compared. ``unread``: how
    many outputs of each label, or abstained or unscored, do not read as an answer or a refusal; empty where the
    verdicts do not say (`Verdict.fluent`). ``counts_as``: what a label counts as on this side, where its name does not
    say it.
    """

    run: str
    rubric: str
    side: Side
    split: str
    items: int
    counts: dict[str, int]
    abstained: int
    unscored: int
    reasons: dict[str, int]
    human: int
    rates: dict[str, JudgedRate]
    by_chance: tuple[ByChance, ...] = ()
    unread: dict[str, int] = field(default_factory=dict)
    counts_as: dict[str, str] = field(default_factory=dict)

    __repr__ = brief_repr

    def labels_as(self, what: str) -> list[str]:
        """The labels that count as this."""
        return [label for label in self.counts if self.counts_as.get(label, label) == what]

    def counted(self, rate: str) -> dict[str, int]:
        """The labels that a rate counts as one, with their verdicts; a label without a verdict is not in it."""
        meant = Role(self.side, self.counts_as).together(self.counts).get(rate, frozenset())
        return {label: count for label, count in self.counts.items() if label in meant and count}

    @property
    def left_open(self) -> dict[str, int]:
        """Items without a label, by their state; a state without items is not in it."""
        states = {"abstained": self.abstained, "unscored": self.unscored}
        return {state: count for state, count in states.items() if count}

    @property
    def chance(self) -> ByChance | None:
        """What of the leaks is chance, for all kinds of question together."""
        return self.by_chance[0] if self.by_chance else None


@dataclass(frozen=True)
class RunSummary:
    """One run.

    ``name`` is the key of links and data, ``title`` what a reader sees (:mod:`judgekit.report.titles`); both are unique
    in the report. ``method``: without its ``settings``. ``certified``: every rubric's claim stands. ``answers``:
    whether the model still answers what it should keep; None where the file has no such side, or open items leave it
    open. ``recorded``: figures that the source file gave of itself. ``failed``: a sentence for each judge that failed
    on some of the items it was asked about; ``failing``: those that failed on most. ``baseline``: which model before or
    without unlearning it is, if one. ``samples``: what several outputs a question say of the forget side; None where
    every question has one. ``pool``: which pool it is in, where it tests the measures; such a model is no candidate.
    ``judged_by``: rubric -> tier and fingerprint of each judge, people aside; empty where the run does not say.
    """

    name: str
    title: str
    model: str
    method: str
    settings: dict[str, Value]
    source: str
    items: int
    certified: bool
    claims: tuple[Claim, ...]
    answers: bool | None
    groups: tuple[Group, ...]
    tiers: tuple[TierUse, ...]
    cost: float | None
    measures: tuple[Figure, ...]
    recorded: dict[str, float]
    people: tuple[People, ...]
    failed: tuple[str, ...] = ()
    baseline: Baseline = ""
    samples: Samples | None = None
    pool: Literal["", "known", "ignorant"] = ""
    failing: tuple[str, ...] = ()
    judged_by: dict[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)

    __repr__ = brief_repr

    @property
    def rests_on(self) -> RestsOn:
        """What stands behind the run's figures, as one mark: the weakest of what its sides rest on."""
        if any(made.status == "withdrawn" for made in self.claims):
            return "withdrawn"
        kinds = {rate.kind for group in self.groups if not group.split for rate in group.rates.values()}
        if "judge" in kinds or not kinds:
            return "judge only"
        return "certified" if self.certified else "labels"

    @property
    def competes(self) -> bool:
        """Whether it can be the best run: unlearned, still answering, and no model that the measures are tested by."""
        return not (self.baseline or self.pool) and self.answers is not False

    @property
    def beside_promise(self) -> tuple[str, ...]:
        """Rubrics whose promise stands, but behind no rate: it is for more outputs than are reported."""
        standing = {made.rubric for made in self.claims if made.stands and made.delta is not None}
        return tuple(
            group.rubric
            for group in self.groups
            if group.rubric in standing and group.side != "other" and not group.split
            if any(rate.kind == "judge" for rate in group.rates.values())
        )

    def side(self, side: Side) -> Group | None:
        """All splits of a side together, under its first rubric."""
        return next((group for group in self.groups if group.side == side and not group.split), None)
