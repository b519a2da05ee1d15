"""Judged rows as the arrays that ``judgekit.trust`` takes, and the promises that vouch for them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np

from judgekit.calibration.pool import Pool
from judgekit.calibration.record import Calibration
from judgekit.records import Verdict
from judgekit.report.claims.fair import fair_labels
from judgekit.report.run import JudgedItem, Run
from judgekit.trust.arrays import Bools
from judgekit.trust.prevalence import judged
from judgekit.trust.prevalence.certified import UNPROMISED, Certified, Population


@dataclass(frozen=True)
class Vouched:
    """A promise that stands, with all verdicts at hand that it is about.

    Attributes
    ----------
    calibration : Calibration
    groups : tuple of str
        The groups of its promise that occur, by number.
    certificate : Certified
        The promise for ``judgekit.trust``.
    """

    calibration: Calibration
    groups: tuple[str, ...]
    certificate: Certified

    @classmethod
    def of(cls, rows: Sequence[JudgedItem], calibration: Calibration) -> Vouched:
        """The promise of a calibration for all rows that were decided under it, of all runs together."""
        groups = tuple(sorted({calibration.group(row.verdict) for row in rows}))
        promise, per_item = calibration.promise, calibration.per == "item"
        certified = Certified(promise, len(calibration.labels), calibration.person, per_item)
        made = cls(calibration, groups, certified)
        everything = Population.of(arrays(rows, calibration.labels, made), promise, per_item)
        return replace(made, certificate=replace(made.certificate, population=everything))

    def group(self, verdict: Verdict) -> int:
        """The number of a verdict's group; -1 where the promise does not cover the verdict."""
        if verdict.state == "verdict" and verdict.calibration is None:
            return UNPROMISED
        return self.groups.index(self.calibration.group(verdict))


def vouched(runs: Sequence[Run], standing: Collection[tuple[str, str]]) -> dict[tuple[str, str], Vouched]:
    """Run name and rubric -> the promise behind the verdicts, for those pairs whose claim stands.

    What was promised of several runs together is one promise: all its errors may be in one of them. So where only some
    of the outputs that the calibration saw are reported, it vouches for no rate of theirs.
    """
    pools: dict[tuple[str, str], list[JudgedItem]] = {}
    mine: dict[tuple[str, str], tuple[str, str]] = {}
    calibrations: dict[tuple[str, str], Calibration] = {}
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


def _missing(rows: Sequence[JudgedItem], calibration: Calibration) -> bool:
    """Whether outputs that the promise is about, as the calibration saw them, are not among the rows."""
    by = calibration.group_by
    place = ("model", "method", "split").index(by) if by else None
    here = {(row.verdict.model, row.verdict.method, row.verdict.split) for row in rows}
    groups = None if place is None else {kind[place] for kind in here}
    return any(
        kind not in here and (groups is None or place is None or kind[place] in groups)
        for kind in calibration.reference.kinds
    )


def arrays(
    rows: Sequence[JudgedItem], labels: Sequence[str], vouched: Vouched | None, pools: Sequence[Pool] = ()
) -> judged.Judged:
    """Rows as arrays (:func:`sampled`)."""
    return sampled(rows, labels, vouched, pools)[0]


def sampled(
    rows: Sequence[JudgedItem], labels: Sequence[str], vouched: Vouched | None, pools: Sequence[Pool] = ()
) -> tuple[judged.Judged, Bools]:
    """Rows as arrays, and which of them belong to the sample that people were asked about and have no label.

    What people settled is an item that the judges left open, with people's label. Of labels that were asked from a pool
    only those count that are a fair sample (:mod:`judgekit.report.claims.fair`).
    """
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
        settled |= np.array([vouched.calibration.by_people(row.verdict) for row in rows])
    human = np.where(settled & (human == judged.UNLABELED), verdicts, human)
    verdicts = np.where(settled, judged.ABSTAINED, verdicts)
    fair = fair_labels(rows, verdicts >= 0, human != judged.UNLABELED, pools)
    human = np.where(fair.speaks, human, judged.UNLABELED)
    questions = np.array([row.verdict.question_id or row.verdict.id for row in rows])
    tiers = np.array([row.verdict.tier or "" for row in rows])
    return judged.Judged(verdicts, human, questions=questions, tiers=tiers, groups=groups), fair.unanswered
