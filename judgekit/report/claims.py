"""What is promised of a run's verdicts, and whether the promise stands for these items."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from judgekit.report.runs import Judged, Run
from judgekit.trust.prevalence import Certified
from judgekit.trust.shift import Shift, shift_check

ENOUGH = 20
"""Labeled items, and others, that a shift check needs to be worth running."""

OPINION = "judge's opinion only: not calibrated against people"

Status = Literal["certified", "withdrawn", "nothing certified", "unbound", "not calibrated"]


@dataclass(frozen=True)
class Claim:
    """The promise for one rubric of a run.

    Attributes
    ----------
    rubric, status, text : ``text`` says the status in one sentence.
    agreement, delta : promised agreement with people, and the probability that the promise is wrong.
    coverage, observed, bound : at the certified point: share of items given a verdict, agreement seen, and its
        lower confidence bound, on ``labels`` labeled items.
    shift : the shift check's finding, or why there was none.
    """

    rubric: str
    status: Status
    text: str
    agreement: float | None = None
    delta: float | None = None
    coverage: float | None = None
    observed: float | None = None
    bound: float | None = None
    labels: int | None = None
    shift: str = ""

    @property
    def stands(self) -> bool:
        return self.status == "certified"

    @property
    def certificate(self) -> Certified | None:
        """For intervals of rates; None unless the promise stands."""
        if not self.stands or self.agreement is None or self.delta is None:
            return None
        return Certified(self.agreement, self.delta)


def claim(run: Run, rubric: str, rows: Sequence[Judged]) -> Claim:
    """The claim for the rows of one rubric."""
    covered = [row.verdict.calibration is not None for row in rows if row.verdict.state == "verdict"]
    calibration = run.calibration(rubric)
    if calibration is None:
        if covered and all(covered):
            text = "calibrated against people; the run folder does not hold the calibration"
            return Claim(rubric, "certified", text)
        return Claim(rubric, "not calibrated", OPINION)
    certificate = dict(calibration.get("certificate") or {})
    if certificate.get("status") != "certified":
        told = str(certificate.get("claim") or "the labels at hand certify no policy").rstrip(".")
        return Claim(rubric, "nothing certified", told)
    known = _numbers(certificate)
    if not all(covered):
        text = "decided without a promise: these judges are not those that were calibrated"
        return Claim(rubric, "unbound", text, **known)
    shift = _shift(rows)
    if shift is None:
        told = f"none: it needs {ENOUGH} labeled items of this run beside {ENOUGH} others"
        return Claim(rubric, "certified", _promise(certificate), shift=told, **known)
    if shift.shifted:
        text = "the certificate is withdrawn: these items are not like the labeled ones"
        return Claim(rubric, "withdrawn", text, shift=_found(shift), **known)
    return Claim(rubric, "certified", _promise(certificate), shift=_found(shift), **known)


def _numbers(certificate: dict[str, Any]) -> dict[str, Any]:
    return {
        name: certificate.get(name)
        for name in ("agreement", "delta", "coverage", "observed", "bound", "labels")
    }


def _promise(certificate: dict[str, Any]) -> str:
    told = certificate.get("claim")
    return (
        str(told).rstrip(".") if told else f"agreement with people of at least {certificate.get('agreement')}"
    )


def _found(shift: Shift) -> str:
    sizes = f"p = {shift.p_value:.2g}, {shift.n_scored:,} items against {shift.n_labeled:,} labeled"
    return (
        f"shifted in {', '.join(shift.where)} ({sizes})" if shift.shifted else f"no sign of a shift ({sizes})"
    )


def _shift(rows: Sequence[Judged]) -> Shift | None:
    """Labeled items of the run against the others, in what the first tier says of each and in the verdicts."""
    sides: tuple[list[Judged], list[Judged]] = ([], [])
    for row in rows:
        sides[0 if row.human else 1].append(row)
    if min(map(len, sides)) < ENOUGH:
        return None
    views = [
        {
            "confidence": np.array([row.first[1] if row.first else np.nan for row in side]),
            "label": np.array([row.first[0] if row.first else "" for row in side]),
            "verdict": np.array([row.verdict.label or row.verdict.state for row in side]),
        }
        for side in sides
    ]
    questions = tuple(np.array([row.verdict.question_id or row.verdict.id for row in side]) for side in sides)
    return shift_check(views[0], views[1], questions=(questions[0], questions[1]))
