"""What is promised of a run's verdicts, and whether the promise stands for these items."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from judgekit.labeling import SpotChecks, spot_checks
from judgekit.report.runs import Judged, Run
from judgekit.trust.shift import Shift, shift_check

ENOUGH = 20
"""Labeled items, and others, that a shift check needs to be worth running."""

LEVEL = 0.05
"""Probability that a check withdraws a promise that stands."""

OPINION = "judge's opinion only: not calibrated against people"

SHIFTED = "the certificate is withdrawn: these items are not like the labeled ones"
BROKEN = "the certificate is withdrawn: spot checks show that its promise is broken"

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
    audit : what spot checks show, empty where there are none.
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
    audit: str = ""

    @property
    def stands(self) -> bool:
        """Whether the promise may be made: certified, of these judges, and not withdrawn by a check."""
        return self.status == "certified"


@dataclass(frozen=True)
class Watch:
    """What was found of a promise in use; ``shift`` and ``audit`` are None where there was too little to tell."""

    shift: Shift | None = None
    audit: SpotChecks | None = None


def claim(run: Run, rubric: str, rows: Sequence[Judged], watch: Watch = Watch()) -> Claim:
    """The claim for the rows of one rubric; ``watch`` is what :func:`checks` found of them."""
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
    known["shift"] = (
        f"none: it needs {ENOUGH} items beside {ENOUGH} labeled ones that the calibration remembers"
        if watch.shift is None
        else _found(watch.shift)
    )
    known["audit"] = "" if watch.audit is None else watch.audit.sentence
    if watch.audit is not None and watch.audit.status == "broken":
        return Claim(rubric, "withdrawn", BROKEN, **known)
    if watch.shift is not None and watch.shift.shifted:
        return Claim(rubric, "withdrawn", SHIFTED, **known)
    return Claim(rubric, "certified", _promise(certificate), **known)


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


def checks(runs: Sequence[Run]) -> dict[tuple[str, str], Watch]:
    """Run name and rubric -> what shift check and spot checks say of the promise.

    A promise for all items together is checked on all runs under that calibration together, since that is the
    population it is about; one by split, model or method on each of those, the plainest finding standing for all.
    """
    pools: dict[tuple[str, str, str], list[Judged]] = {}
    mine: dict[tuple[str, str], tuple[str, str, str]] = {}
    references: dict[tuple[str, str, str], Mapping[str, Any]] = {}
    for run in runs:
        for row in run.rows:
            rubric = row.verdict.rubric
            calibration = run.calibration(rubric)
            if calibration is None or not row.verdict.calibration:
                continue
            key = (rubric, row.verdict.calibration, run.name if calibration.get("by") else "")
            mine[run.name, rubric] = key
            references[key] = calibration
    for run in runs:
        for row in run.rows:
            if (run.name, row.verdict.rubric) in mine:
                pools.setdefault(mine[run.name, row.verdict.rubric], []).append(row)
    found = {
        key: Watch(check(rows, references[key]), _audit(rows, references[key], key[1]))
        for key, rows in pools.items()
    }
    return {name: found[key] for name, key in mine.items()}


def _audit(rows: Sequence[Judged], calibration: Mapping[str, Any], fingerprint: str) -> SpotChecks | None:
    """Spot checks among the labels that the rows carry; None where no label counts."""
    if not any(row.human for row in rows):
        return None
    found = spot_checks([(row.verdict, row.human) for row in rows], calibration, fingerprint)
    return found if found.checked else None


def check(rows: Sequence[Judged], calibration: Mapping[str, Any]) -> Shift | None:
    """Items against those that certified a calibration, in what the first tier says of each; None: too few."""
    reference, by = calibration.get("reference") or {}, calibration.get("by")
    if not by:
        return _compare(rows, reference, None)
    groups = sorted({str(getattr(row.verdict, by)) for row in rows} & set(reference.get("groups", ())))
    parts = [
        _compare(
            [row for row in rows if str(getattr(row.verdict, by)) == group], reference, group, len(groups)
        )
        for group in groups
    ]
    known = [part for part in parts if part is not None]
    return min(known, key=lambda part: (not part.shifted, part.p_value), default=None)


def _compare(
    rows: Sequence[Judged], reference: Mapping[str, Any], group: str | None, parts: int = 1
) -> Shift | None:
    groups = reference.get("groups", ())
    use = [i for i in range(len(reference.get("labels", ()))) if group is None or groups[i] == group]
    if min(len(rows), len(use)) < ENOUGH:
        return None
    labeled = {
        "confidence": np.array([reference["confidences"][i] for i in use], dtype=np.float64),
        "label": np.array([reference["labels"][i] for i in use]),
    }
    scored = {
        "confidence": np.array([row.first[1] if row.first else np.nan for row in rows]),
        "label": np.array([row.first[0] if row.first else "" for row in rows]),
    }
    forms = reference.get("forms") or ()
    if forms and all(row.form for row in rows):
        labeled["text"] = np.array([forms[i] for i in use])
        scored["text"] = np.array([row.form for row in rows])
    questions = (
        np.array([reference["questions"][i] for i in use]),
        np.array([row.verdict.question_id or row.verdict.id for row in rows]),
    )
    try:
        return shift_check(labeled, scored, level=LEVEL / parts, questions=questions)
    except ValueError:  # the same questions on both sides: no scored item is left to compare
        return None
