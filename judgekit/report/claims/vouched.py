"""Judged rows as the arrays that ``judgekit.trust`` takes, and the promises that vouch for them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from judgekit.labeling.promised import Promised
from judgekit.records import Verdict
from judgekit.report.claims.shifts import seen_kinds
from judgekit.report.load import Judged, Run
from judgekit.trust.prevalence import judged
from judgekit.trust.prevalence.certified import UNPROMISED, Certified, Population


@dataclass(frozen=True)
class Vouched:
    """A promise that stands, with all verdicts at hand that it is about.

    Attributes
    ----------
    promised : Promised
    groups : the values of ``promised.by`` that occur, by number.
    certificate : the same for ``judgekit.trust``.
    """

    promised: Promised
    groups: tuple[str, ...]
    certificate: Certified

    @classmethod
    def of(cls, rows: Sequence[Judged], calibration: Mapping[str, Any]) -> Vouched:
        """The promise of a calibration for all rows that were decided under it, of all runs together."""
        promised = Promised.of(calibration)
        groups = tuple(sorted({promised.group(row.verdict) for row in rows}))
        count = len(promised.labels)
        made = cls(promised, groups, Certified(promised.promise, count, promised.person, promised.per_item))
        here = arrays(rows, promised.labels, made)
        everything = Population.of(here, promised.promise, promised.per_item)
        return replace(made, certificate=replace(made.certificate, population=everything))

    def group(self, verdict: Verdict) -> int:
        """The number of a verdict's group; -1 where the promise does not cover the verdict."""
        if verdict.state == "verdict" and verdict.calibration is None:
            return UNPROMISED
        return self.groups.index(self.promised.group(verdict))


def vouched(runs: Sequence[Run], standing: Collection[tuple[str, str]]) -> dict[tuple[str, str], Vouched]:
    """Run name and rubric -> the promise behind the verdicts, for those pairs whose claim stands.

    What was promised of several runs together is one promise: all its errors may be in one of them. So where only some
    of the outputs that the calibration saw are reported, it vouches for no rate of theirs.
    """
    pools: dict[tuple[str, str], list[Judged]] = {}
    mine: dict[tuple[str, str], tuple[str, str]] = {}
    calibrations: dict[tuple[str, str], Mapping[str, Any]] = {}
    for run in runs:
        for rubric, rows in run.by_rubric.items():
            calibration = run.calibration(rubric)
            if calibration is None or (run.name, rubric) not in standing:
                continue
            fingerprint = next((row.verdict.calibration for row in rows if row.verdict.calibration), "")
            key = mine[run.name, rubric] = (rubric, fingerprint)
            calibrations.setdefault(key, calibration)
            pools.setdefault(key, []).extend(rows)
    made = {
        key: Vouched.of(rows, calibrations[key])
        for key, rows in pools.items()
        if not _missing(rows, calibrations[key])
    }
    return {name: made[key] for name, key in mine.items() if key in made}


def _missing(rows: Sequence[Judged], calibration: Mapping[str, Any]) -> bool:
    """Whether outputs that the promise is about, as the calibration saw them, are not among the rows."""
    by = Promised.of(calibration).by
    place = ("model", "method", "split").index(by) if by else None
    here = {(row.verdict.model, row.verdict.method, row.verdict.split) for row in rows}
    groups = None if place is None else {kind[place] for kind in here}
    return any(
        kind not in here and (groups is None or place is None or kind[place] in groups)
        for kind in seen_kinds(calibration)
    )


def arrays(rows: Sequence[Judged], labels: Sequence[str], vouched: Vouched | None) -> judged.Judged:
    """Rows as arrays. What people settled is an item that the judges left open, with people's label."""
    index = {label: number for number, label in enumerate(labels)}
    states = {"abstained": judged.ABSTAINED, "unscored": judged.UNSCORED}
    verdicts = np.array(
        [index[row.verdict.label] if row.verdict.label else states[row.verdict.state] for row in rows]
    )
    human = np.array([index.get(row.majority or "", judged.UNLABELED) for row in rows])
    settled = np.array([row.settled for row in rows])
    groups = None
    if vouched is not None:
        groups = np.array([vouched.group(row.verdict) for row in rows])
        settled |= np.array([vouched.promised.by_people(row.verdict) for row in rows])
    human = np.where(settled & (human == judged.UNLABELED), verdicts, human)
    verdicts = np.where(settled, judged.ABSTAINED, verdicts)
    questions = np.array([row.verdict.question_id or row.verdict.id for row in rows])
    tiers = np.array([row.verdict.tier or "" for row in rows])
    return judged.Judged(verdicts, human, questions=questions, tiers=tiers, groups=groups)
