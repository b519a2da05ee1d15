"""What people's labels are worth, and which judges may stand in for a person: the verb ``people``."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

from judgekit.calibration.people import PeopleSummary, share, summary
from judgekit.calibration.people_table import PeopleTable, Said, said_in, tabulated
from judgekit.calibration.pool import Pool, pools_beside
from judgekit.errors import ConfigError, InputError
from judgekit.readers import read_labels
from judgekit.readers.join import Labels
from judgekit.records import PEOPLE, EvidenceRow, Item
from judgekit.rubrics import is_ordinal, labels_of
from judgekit.runs.folder import Paths, RunFolder, finished, paths
from judgekit.runs.folder import evidence as evidence_of
from judgekit.trust.agreement.alternative import EPSILON, Alternative, alternative_annotator_test
from judgekit.trust.agreement.ceiling import Standing, beside_people
from judgekit.trust.agreement.interval import Estimate
from judgekit.trust.agreement.reliability import LabelAgreement, by_label, reliability
from judgekit.trust.agreement.table import MISSING
from judgekit.trust.arrays import Floats, Ints

FASTEST = 1000.0
"""Words a minute: four times as fast as people read (238: Brysbaert 2019), and faster than they skim."""

LONGEST = 100
"""Words of an item that have to be read: what is long may be told from its beginning."""

VERDICTS = "the policy's verdicts"
"""Named among the judges: what a calibrated run gives, whichever judge it is from."""


@dataclass(frozen=True)
class Pair:
    """Two people who labeled the same items.

    Attributes
    ----------
    first, second : str
    raw : Estimate
        How often they say the same.
    kappa : Estimate or None
        Cohen's; None where both only ever give one label.
    """

    first: str
    second: str
    raw: Estimate
    kappa: Estimate | None


@dataclass(frozen=True)
class Judge:
    """A judge beside people.

    Attributes
    ----------
    name : str
        Its tier.
    standing : Standing or None
        Agreement of judge and person with the majority of the others; None where it judged no item that two labeled.
    test : Alternative or None
        The alternative-annotator test; None where nobody has 30 items to be compared on.
    """

    name: str
    standing: Standing | None
    test: Alternative | None

    @property
    def sentence(self) -> str:
        """Whether the judge may replace a person, in plain words."""
        if self.standing is None:
            return f"'{self.name}' gave no answer on items that two people labeled."
        gap = self.standing.difference
        beside = (
            f"it agrees with the majority of the others {share(self.standing.judge)}, a person "
            f"{100 * self.standing.person.value:.1f} % ({100 * gap.value:+.1f} points, 95 %: "
            f"{100 * gap.low:+.1f} to {100 * gap.high:+.1f})"
        )
        if self.test is None:
            return f"'{self.name}' cannot be tested: nobody has 30 items that another person labeled too; {beside}."
        test = self.test
        won = f"{sum(one.won for one in test.people)} of {len(test.people)} people"
        least = "with none" if test.least_epsilon is None else f"from {test.least_epsilon:.2f} on"
        may = "may" if test.passes else "may not"
        return (
            f"'{self.name}' {may} replace a person at epsilon {test.epsilon:.2f} (it wins over {won}, and would pass "
            f"{least}): {beside}."
        )


@dataclass(frozen=True)
class PeopleReport:
    """What people's labels of one rubric are worth.

    Attributes
    ----------
    summary : PeopleSummary
    labels : dict of str to LabelAgreement
        Agreement on each label.
    pairs : tuple of Pair
        People known by name who share items, those who agree least first.
    judges : tuple of Judge
        In the order of the cascade.
    without_evidence : int
        Labeled ids that the run does not have; they are left out.
    """

    summary: PeopleSummary
    labels: dict[str, LabelAgreement]
    pairs: tuple[Pair, ...]
    judges: tuple[Judge, ...]
    without_evidence: int

    @property
    def sentences(self) -> tuple[str, ...]:
        """All that is to be said, the most important first."""
        told = [*self.summary.sentences, *(judge.sentence for judge in self.judges)]
        if any(judge.test and len(judge.test.people) < 3 for judge in self.judges):
            told.append("With fewer than three people the test only tells whom of them a judge is more like.")
        if self.without_evidence:
            told.append(f"{self.without_evidence:,} labeled ids are not in the run and are left out.")
        return tuple(told)

    def to_row(self) -> dict[str, Any]:
        """As a JSON object; null where a number is not known."""
        row: dict[str, Any] = _known({**asdict(self), "sentences": self.sentences})
        return row


def people(labels: Paths = (), *, run: Paths = (), epsilon: float = EPSILON) -> list[PeopleReport]:
    """What people's labels are worth: one report a rubric.

    Parameters
    ----------
    labels : path or paths
        Files of human labels.
    run : path or paths
        Run folders and evidence files that the labels belong to: each judge is then held against
        people, and answers that took less than reading takes are told (folders alone hold texts).
        Labels that they carry count.
    epsilon : float
        Of the alternative-annotator test: how much more often a person may be the better one, for the
        judge's lower price.

    Raises
    ------
    InputError
        Nobody labeled anything, or no label belongs to an item of the run.
    """
    if not 0 <= epsilon < 1:
        raise ConfigError(f"epsilon must be 0 or more and below 1, got {epsilon}")
    files, runs = paths(labels), finished(run) if paths(run) else []
    if not files and not runs:
        raise ConfigError("give files of labels, or a run that carries some")
    pools = pools_beside(files)
    if runs:
        return _with_runs(files, runs, pools, epsilon)
    said: dict[str, list[Said]] = defaultdict(list)
    for path in files:
        for row in read_labels(path):
            said[row.rubric].append(Said((row.id, row.model, row.method), row.id, row))
    return [_report(name, tabulated(every, labels_of(name)), pools) for name, every in said.items()]


def _with_runs(
    files: Sequence[Path], runs: Sequence[Path], pools: Sequence[Pool], epsilon: float
) -> list[PeopleReport]:
    given = Labels.read(files)
    rows: dict[str, list[EvidenceRow]] = defaultdict(list)
    for source in runs:
        for row in evidence_of(source):
            rows[row.rubric].append(row)
    said = {name: said_in(every, given) for name, every in rows.items()}
    if files:
        given.check_used("run")
    if not any(said.values()):
        raise InputError("the run carries no labels; give files of them too", path=runs[0])
    reading, verdicts = _reading(runs), _verdicts(runs)
    reports = []
    for name, every in said.items():
        if not every:
            continue
        probs = dict.fromkeys(
            label for row in rows[name] for tier in row.tiers.values() for label in tier.probs
        )
        table = tabulated(every, labels_of(name) or sorted(probs))
        seconds = np.array([reading.get(item, math.nan) for item in table.items])
        judges = tuple(
            judged(tier, table, answers, epsilon=epsilon, ordinal=is_ordinal(name))
            for tier, answers in {**_answers(rows[name]), **verdicts.get(name, {})}.items()
        )
        reports.append(_report(name, table, pools, judges, seconds, given.unmatched()))
    return reports


def _report(
    name: str,
    table: PeopleTable,
    pools: Sequence[Pool],
    judges: tuple[Judge, ...] = (),
    reading: Floats | None = None,
    unmatched: int = 0,
) -> PeopleReport:
    found = summary(table, name, pools=pools, reading=reading)
    agreement = by_label(table.given, len(table.labels), questions=table.questions) if found.between else ()
    return PeopleReport(
        summary=found,
        labels=dict(zip(table.labels, agreement, strict=False)),
        pairs=tuple(sorted(_pairs(table), key=lambda pair: pair.raw.value)),
        judges=judges,
        without_evidence=unmatched,
    )


def _pairs(table: PeopleTable) -> Iterator[Pair]:
    for first, second in combinations(table.named, 2):
        two = table.given[:, [first, second]]
        both = (two != MISSING).all(axis=1)
        if both.any():
            found = reliability(two[both], questions=table.questions[both], n_labels=len(table.labels))
            yield Pair(table.annotators[first], table.annotators[second], found.raw, found.cohen)


Answers = Mapping[Hashable, str]
"""Item -> the label that a judge gave it."""


def _answers(rows: Sequence[EvidenceRow]) -> dict[str, Answers]:
    """What each tier says is most probable."""
    found: dict[str, dict[Hashable, str]] = defaultdict(dict)
    for row in rows:
        for tier, evidence in row.tiers.items():
            if tier != PEOPLE and evidence.label is not None:
                found[tier][row.key] = evidence.label
    return dict(found)


def _verdicts(runs: Sequence[Path]) -> dict[str, dict[str, Answers]]:
    """Rubric -> the verdicts that judges gave under a promise; people's own are none."""
    found: dict[str, dict[Hashable, str]] = defaultdict(dict)
    for source in runs:
        for verdict in RunFolder(source).verdicts() if source.is_dir() else ():
            if verdict.calibration is not None and verdict.label is not None:
                found[verdict.rubric][verdict.key] = verdict.label
    return {rubric: {VERDICTS: answers} for rubric, answers in found.items()}


def judged(
    name: str, table: PeopleTable, answers: Answers, *, epsilon: float = EPSILON, ordinal: bool = False
) -> Judge:
    """A judge beside the people of a table.

    Parameters
    ----------
    name : str
        Its tier.
    table : PeopleTable
        What people said.
    answers : Answers
        What the judge said.
    epsilon : float
        As for :func:`people`.
    ordinal : bool
        Whether the labels of the table stand in an order.
    """
    number = {label: k for k, label in enumerate(table.labels)}
    new = {label: len(number) + k for k, label in enumerate(sorted({*answers.values()} - number.keys()))}
    said: Ints = np.array(
        [(number | new).get(answers.get(item, ""), MISSING) for item in table.items], dtype=np.intp
    )
    test = (
        alternative_annotator_test(
            table.given[:, table.named],
            said,
            questions=table.questions,
            scale="ordinal" if ordinal else "nominal",
            epsilon=epsilon,
        )
        if len(table.named)
        else None
    )
    return Judge(name, beside_people(table.given, said, questions=table.questions), test)


def _reading(runs: Sequence[Path]) -> dict[Hashable, float]:
    """The least seconds in which each output of run folders can be read, with its question and reference."""
    return {
        item.key: min(_words(item), LONGEST) * 60.0 / FASTEST
        for source in runs
        if source.is_dir()
        for item in RunFolder(source).items()
    }


def _words(item: Item) -> int:
    hops = (text for hop in item.hops for text in (hop.question, hop.reference, hop.output))
    return sum(len(text.split()) for text in (item.question, item.reference, *item.outputs, *hops))


def _known(value: Any) -> Any:
    """The same with null for what is not a number."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _known(inner) for key, inner in value.items()}
    return [_known(inner) for inner in value] if isinstance(value, list | tuple) else value
