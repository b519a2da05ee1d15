"""Run folders, as ``judgekit score`` leaves them, read back for the report.

A run folder holds ``verdicts.jsonl`` and, beside it, ``items.jsonl``, ``evidence.jsonl`` and ``run.json``; only the
verdicts are indispensable. A folder with outputs of several models or methods gives one :class:`Run` for each.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from judgekit.calibration.attacked import AttackedPolicy, attacks_beside
from judgekit.calibration.pool import Pool, pools_beside
from judgekit.calibration.record import Calibration, by_rubric, one_a_rubric
from judgekit.cascade.anew import decided_anew
from judgekit.display import some
from judgekit.errors import InputError
from judgekit.metrics import catalog
from judgekit.readers.join import Labels, majority, merged
from judgekit.readers.settings import Trained, trained
from judgekit.records import (
    CANNOT_TELL,
    EDITED,
    PEOPLE,
    Evidence,
    EvidenceRow,
    HumanLabel,
    Item,
    Verdict,
    several,
)
from judgekit.report.per_question import QuestionValues, question_values
from judgekit.rubrics import Role, labels_of, role_of
from judgekit.runs.about import CascadeAbout, RunAbout
from judgekit.runs.folder import VERDICTS, RunFolder
from judgekit.runs.tally import MOST_FAILED

_LOG = logging.getLogger(__name__)

_NONE: Mapping[str, Calibration] = MappingProxyType({})


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


def load(
    folders: str | Path | Iterable[str | Path],
    labels: Labels | None = None,
    calibrations: Iterable[Calibration] = (),
    pools: Sequence[Pool] = (),
    attacked: Sequence[AttackedPolicy] = (),
) -> list[Run]:
    """Read run folders; names that would be the same are told apart by their parent folder, then by a number.

    Parameters
    ----------
    folders : str | Path | Iterable[str | Path]
        One or several.
    labels : Labels | None
        Added to those that the verdicts carry.
    calibrations : Iterable[Calibration]
        Decide anew by these, each for its rubric, from the evidence of the folders; no judge is asked.
    pools : Sequence[Pool]
        Those that labels were asked from, besides those that stand in the folders.
    attacked : Sequence[AttackedPolicy]
        Results of attacks on policies, besides those that stand in the folders and in the two folders above each, where
        calibrations usually are.

    Raises
    ------
    InputError
        A folder is not a run, its files do not belong together, or no run is of a calibration's rubric.
    FingerprintMismatch
        The evidence is of other judges than a calibration's.
    ConfigError
        Two calibrations are for one rubric.
    """
    promises = one_a_rubric(calibrations)
    runs = [(Path(folder), run) for folder in several(folders) for run in load_folder(folder, promises)]
    _tell_copies(runs)
    met = {rubric for _, run in runs for rubric in run.by_rubric}
    if strange := promises.keys() - met:
        raise InputError(
            f"a calibration is for rubric '{min(strange)}'; the runs are of {', '.join(sorted(met))}"
        )
    if labels is not None:
        runs = [(path, _labeled(run, labels)) for path, run in runs]
        labels.check_used("runs")
    runs = [
        (
            path,
            replace(
                run,
                pools=[*pools, *pools_beside([path / VERDICTS])],
                attacked=[
                    *attacked,
                    *attacks_beside([path / VERDICTS, path.resolve(), path.resolve().parent]),
                ],
            ),
        )
        for path, run in runs
    ]
    names = [run.name for _, run in runs]
    runs = [
        (
            path,
            replace(run, name=f"{path.resolve().parent.name}/{run.name}")
            if names.count(run.name) > 1
            else run,
        )
        for path, run in runs
    ]
    seen: dict[str, int] = {}
    named = []
    for _, run in runs:
        seen[run.name] = seen.get(run.name, 0) + 1
        named.append(replace(run, name=f"{run.name} ({seen[run.name]})") if seen[run.name] > 1 else run)
    return named


def _tell_copies(runs: Iterable[tuple[Path, Run]]) -> None:
    """Name run folders that hold another's verdicts: by another name they would pass for a second run."""
    first: dict[str, Path] = {}
    for path, run in runs:
        written = run.about.files.get(VERDICTS)
        if written is not None and (other := first.setdefault(written.sha256, path)) != path:
            _LOG.warning(
                "%s holds the same verdicts as %s: it is a copy, and tells nothing more", path, other
            )


def _labeled(run: Run, labels: Labels) -> Run:
    rows = []
    for row in run.rows:
        more = labels.of(row.verdict)
        verdict = row.verdict.model_copy(update={"human": merged(row.human, more)}) if more else row.verdict
        rows.append(row._replace(verdict=verdict))
    return replace(run, rows=rows)


def load_folder(folder: str | Path, promises: Mapping[str, Calibration] = _NONE) -> list[Run]:
    """The runs of one folder, one for each pair of model and method, in order of appearance.

    ``promises``: rubric -> the calibration to decide by anew.
    """
    run = RunFolder.open(folder)
    about, path, calibrations = run.about, run.path, {**by_rubric(run), **promises}
    evidence = {(row.key, row.rubric): row for row in run.evidence()}
    parts: dict[tuple[str, str], list[JudgedItem]] = {}
    for item, verdict in decided_anew(run, promises):
        found = evidence.get((verdict.key, verdict.rubric)) or evidence.get((verdict.key, ""))
        parts.setdefault((verdict.model, verdict.method), []).append(JudgedItem(verdict, item, found))
    if not parts:
        raise InputError("the run has no verdicts", path=path / VERDICTS)
    name = path.resolve().name
    if len(parts) == 1:
        return [Run(name, next(iter(parts.values())), about, calibrations)]
    models = {model for model, _ in parts}
    about = about.model_copy(update={"overrides": {}})  # they are one run's, and cannot say whose
    return [
        Run(
            " · ".join(filter(None, (method, model if len(models) > 1 or not method else ""))) or name,
            rows,
            about,
            calibrations,
        )
        for (model, method), rows in parts.items()
    ]
