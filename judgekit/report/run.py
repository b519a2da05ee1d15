"""A run as a report takes it: the judged outputs of one model after one method, and how they were judged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from judgekit.calibration.attacked import AttackedPolicy
from judgekit.calibration.pool import Pool
from judgekit.calibration.record import Calibration
from judgekit.display import some
from judgekit.metrics import catalog
from judgekit.readers.join import majority
from judgekit.readers.settings import Trained, trained
from judgekit.records import CANNOT_TELL, EDITED, PEOPLE, Evidence, EvidenceRow, HumanLabel, Item, Verdict
from judgekit.report.per_question import QuestionValues, question_values
from judgekit.rubrics import Role, labels_of, role_of
from judgekit.runs.about import CascadeAbout, RunAbout
from judgekit.runs.tally import MOST_FAILED


class JudgedItem(NamedTuple):
    """A verdict with the item and the evidence behind it, where the folder holds them."""

    verdict: Verdict
    item: Item | None = None
    evidence: EvidenceRow | None = None

    @property
    def human(self) -> list[HumanLabel]:
        """People's labels under the verdict's rubric, from the verdict, else the evidence, else the item.

        Those made by editing a verdict are left out: they are no fair sample of anything.
        """
        for record in (self.verdict, self.evidence, self.item):
            if record is not None and record.human:
                known = ("", self.verdict.rubric)
                return [given for given in record.human if given.rubric in known and given.pool != EDITED]
        return []

    @property
    def majority(self) -> str | None:
        """The label most people gave; None without labels or with a shared first place."""
        human = self.human
        return majority(human) if human else None

    @property
    def settled(self) -> bool:
        """Whether the verdict is people's own."""
        return self.verdict.state == "verdict" and self.verdict.tier == PEOPLE

    @property
    def text_features(self) -> tuple[float, ...]:
        """How the item's texts look, in numbers (:mod:`judgekit.calibration.text_features`); empty where unknown."""
        return self.evidence.text_features if self.evidence else ()

    @property
    def suspect(self) -> str | None:
        """What about its outputs may mislead a judge; empty where nothing does, None where nobody looked."""
        return self.evidence.suspect if self.evidence else None

    @property
    def first(self) -> tuple[str, float] | None:
        """The most probable label of the first tier that said anything, and its probability."""
        return self._opinion(self._judges)

    @property
    def last(self) -> tuple[str, float] | None:
        """The same of the last tier."""
        return self._opinion(self._judges[::-1])

    @property
    def _judges(self) -> list[Evidence]:
        found = self.evidence.tiers if self.evidence else {}
        return [said for tier, said in found.items() if tier != PEOPLE]

    @staticmethod
    def _opinion(evidence: Sequence[Evidence]) -> tuple[str, float] | None:
        for found in evidence:
            if found.label is not None:
                return found.label, found.probs[found.label]
        return None


@dataclass(frozen=True)
class Run:
    """The judged outputs of one model after one method.

    Attributes
    ----------
    name : str
        How the report calls it; unique in a report.
    rows : sequence of JudgedItem
        In the order of the verdict file.
    about : RunAbout
        ``run.json``: source, cascades (labels by rubric), the file's own figures, counts, cost.
    calibrations : mapping
        Rubric -> the calibration that its verdicts were decided with.
    pools : sequence of Pool
        Those that labels were asked from, as far as their files are at hand.
    attacked : sequence of AttackedPolicy
        What is on record of attacks on policies, these and others.
    """

    name: str
    rows: Sequence[JudgedItem] = field(repr=False)
    about: RunAbout = field(default_factory=RunAbout, repr=False)
    calibrations: Mapping[str, Calibration] = field(default_factory=dict, repr=False)
    pools: Sequence[Pool] = field(default=(), repr=False)
    attacked: Sequence[AttackedPolicy] = field(default=(), repr=False)

    @property
    def model(self) -> str:
        """The model that was unlearned; empty where the outputs name none."""
        return self.rows[0].verdict.model if self.rows else ""

    @property
    def said(self) -> str:
        """The method with its settings, as the outputs name it; the run's name where they name none."""
        return (self.rows[0].verdict.method if self.rows else "") or self.name

    @cached_property
    def trained(self) -> Trained:
        """The method without its settings, and they."""
        folders = [folder.name for folder in Path(self.source).parents]
        return trained(self.said, self.about.overrides, folders)

    @cached_property
    def by_rubric(self) -> dict[str, list[JudgedItem]]:
        """The rows under each rubric, in the order of the file."""
        parts: dict[str, list[JudgedItem]] = {}
        for row in self.rows:
            parts.setdefault(row.verdict.rubric, []).append(row)
        return parts

    def calibration(self, rubric: str) -> Calibration | None:
        """The calibration that a rubric's verdicts were decided with; None for a judge's bare opinion."""
        return self.calibrations.get(rubric)

    def labels(self, rubric: str) -> tuple[str, ...]:
        """The rubric's labels in its own order, as far as the run says them."""
        return self._cascade(rubric).labels

    def every_label(self, rubric: str) -> list[str]:
        """The rubric's labels in its own order, then any others that occur in verdicts or human labels."""
        known, rows = self.labels(rubric) or labels_of(rubric), self.by_rubric[rubric]
        seen = {row.verdict.label for row in rows if row.verdict.label} | {
            given.label for row in rows for given in row.human if given.label != CANNOT_TELL
        }
        return [*known, *sorted(seen - set(known))]

    def role(self, rubric: str) -> Role:
        """The side that the rubric's verdicts speak of, as the run says it, else as the rubric's name does."""
        cascade = self._cascade(rubric)
        return role_of(rubric, cascade.role, cascade.labels)

    def _cascade(self, rubric: str) -> CascadeAbout:
        return self.about.cascades.get(rubric, CascadeAbout())

    @cached_property
    def per_question(self) -> QuestionValues:
        """The papers' measures of the run, and their values per question; an item under several rubrics counts once."""
        items = {row.item.id: row.item for row in self.rows if row.item is not None}
        membership = {
            name: value
            for name, value in self.recorded.items()
            if name.startswith("mia_") and name in catalog()
        }
        return question_values(self.name, items.values(), membership=membership)

    @property
    def recorded(self) -> dict[str, float]:
        """The figures that the source file gave of itself."""
        return {name: value for name, value in self.about.recorded.items() if value is not None}

    @property
    def failed(self) -> tuple[str, ...]:
        """A sentence for each judge that failed on some of the items it was asked about, as ``run.json`` has it."""
        return tuple(sentence for sentence, _ in self._failures())

    @property
    def failing(self) -> tuple[str, ...]:
        """Those of ``failed`` about judges that failed on most of what they were asked, so that they did no work."""
        return tuple(sentence for sentence, share in self._failures() if share > MOST_FAILED)

    def _failures(self) -> Iterator[tuple[str, float]]:
        """The sentence, and on what share the judge failed."""
        for rubric, tiers in self.about.answers.items():
            for tier, said in tiers.items():
                if said.failed and tier != "lexical":
                    failed = sum(said.failed.values())
                    most = max(said.failed, key=said.failed.__getitem__)
                    yield (
                        f"judge '{tier}' failed on {failed:,} of {some(said.asked, 'item')} under {rubric} ({most})",
                        failed / max(said.asked, 1),
                    )

    @property
    def source(self) -> str:
        """The file that the outputs were read from, as ``run.json`` has it; empty where it does not say."""
        return self.about.source
