"""What is promised of a run's verdicts, and whether the promise stands for these items."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from judgekit.calibration.attacked import attacks_told
from judgekit.calibration.record import Calibration
from judgekit.labeling.spotchecks import SpotChecks, spot_checks
from judgekit.records import PEOPLE
from judgekit.report.claims.shifts import Look, promised, shifts
from judgekit.report.run import JudgedItem, Run
from judgekit.trust.risk import PERSON
from judgekit.trust.selective.certificate import Certificate, Part

OPINION = "judge's opinion only: not calibrated against people"

SHIFTED = "the certificate is withdrawn: these items are not like the labeled ones"
UNKNOWN = (
    "the certificate is withdrawn: the calibration never saw outputs of this model and method on this split, and "
    "nothing here can tell whether they are like the labeled ones"
)
BROKEN = "the certificate is withdrawn: spot checks show that its promise is broken"

Status = Literal["certified", "withdrawn", "nothing certified", "unbound", "not calibrated"]


@dataclass(frozen=True)
class Claim:
    """The promise for one rubric of a run.

    Attributes
    ----------
    rubric, status, text
        ``text`` says the status in one sentence.
    agreement, delta : float | None
        Promised agreement with people, and the probability that the promise is wrong.
    coverage, observed, bound : float | None
        At the certified point: share of items given a verdict, agreement seen, and its lower confidence
        bound, on ``labels`` labeled items.
    runs : int
        For how many runs the promise was made together; 0 where it was made for each group, or is not
        known.
    says : str
        What is promised, without rubric and confidence; empty where it is not known.
    shift : str
        The shift check's finding, or why there was none.
    audit : str
        What spot checks show, empty where there are none.
    doubts : tuple of str
        What speaks against the labels behind the promise.
    attacks : str
        What is on record of attacks on the policy; empty where nothing is promised.
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
    runs: int = 0
    says: str = ""
    shift: str = ""
    audit: str = ""
    doubts: tuple[str, ...] = ()
    attacks: str = ""

    @property
    def stands(self) -> bool:
        """Whether the promise may be made: certified, of these judges, and not withdrawn by a check."""
        return self.status == "certified"


class Watch(NamedTuple):
    """What was found of a promise in use; ``audit`` is None where there was too little to tell."""

    shift: Look = Look()
    audit: SpotChecks | None = None


NOT_WATCHED = Watch()


def claim(run: Run, rubric: str, rows: Sequence[JudgedItem], watch: Watch = NOT_WATCHED) -> Claim:
    """The claim for the rows of one rubric; ``watch`` is what :func:`checks` found of them."""
    covered = [
        row.verdict.calibration is not None
        for row in rows
        if row.verdict.state == "verdict" and row.verdict.tier != PEOPLE
    ]
    calibration = run.calibration(rubric)
    if calibration is None:
        if covered and all(covered):
            text = "calibrated against people; the run folder does not hold the calibration"
            return Claim(rubric, "certified", text)
        return Claim(rubric, "not calibrated", OPINION)
    certificate = calibration.certificate
    if not certificate.certified:
        told = (certificate.claim or "the labels at hand certify no policy").rstrip(".")
        return Claim(rubric, "nothing certified", told)
    known = _numbers(certificate)
    if calibration.group_by:
        groups = {calibration.group(row.verdict) for row in rows}
        parts = [part for part in certificate.parts if part.group in groups and part.certified]
        if not parts:
            text = f"made for each {calibration.group_by}, and nothing is certified for this one"
            return Claim(rubric, "nothing certified", text)
        known = _of_parts(certificate, parts)
    where = f" of each {calibration.group_by}" if calibration.group_by else ""
    known["says"] = certificate.promise.says(PERSON if calibration.people == "random" else "people", where)
    if not all(covered):
        text = "decided without a promise: these judges are not those that were calibrated"
        return Claim(rubric, "unbound", text, **known)
    known["attacks"] = attacks_told(run.attacked, calibration.fingerprint)
    known["shift"] = watch.shift.text
    known["runs"] = 0 if calibration.group_by else len({kind[:2] for kind in calibration.reference.kinds})
    known["doubts"] = calibration.against
    known["audit"] = "" if watch.audit is None else watch.audit.sentence
    if watch.audit is not None and watch.audit.status == "broken":
        return Claim(rubric, "withdrawn", BROKEN, **known)
    if watch.shift.shift is not None and watch.shift.shift.shifted:
        return Claim(rubric, "withdrawn", SHIFTED, **known)
    if watch.shift.unknown:
        return Claim(rubric, "withdrawn", UNKNOWN, **known)
    return Claim(rubric, "certified", certificate.claim.rstrip("."), **known)


def _numbers(certificate: Certificate) -> dict[str, Any]:
    names = ("agreement", "delta", "coverage", "observed", "bound", "labels")
    return {name: getattr(certificate, name) for name in names}


def _of_parts(certificate: Certificate, parts: Sequence[Part]) -> dict[str, Any]:
    """The numbers of certified parts of some groups; the coverage of each group is not known."""
    accepted, errors = sum(part.accepted for part in parts), sum(part.errors for part in parts)
    labels: dict[str | None, int] = {}
    for part in parts:  # parts of one group, for labels of their own, share its labels
        labels[part.group] = max(labels.get(part.group, 0), part.labels)
    return {
        "agreement": certificate.agreement,
        "delta": certificate.delta,
        "observed": 1 - errors / accepted if accepted else None,
        "bound": min((part.bound for part in parts if part.bound is not None), default=None),
        "labels": sum(labels.values()),
    }


def checks(runs: Sequence[Run]) -> dict[tuple[str, str], Watch]:
    """Run name and rubric -> what shift check and spot checks say of the promise.

    Spot checks of a promise for all items together are those on all runs under that calibration, since that is the
    population it is about; of one by split, model or method, those on each run.
    """
    pools: dict[tuple[str, str, str], list[JudgedItem]] = {}
    mine, looks = promised(runs), shifts(runs)
    keys = {
        (run, rubric): (*promise, run if calibration.group_by else "")
        for (run, rubric), (promise, calibration) in mine.items()
    }
    for run in runs:
        for row in run.rows:
            if (run.name, row.verdict.rubric) in keys:
                pools.setdefault(keys[run.name, row.verdict.rubric], []).append(row)
    calibrations = {keys[name]: calibration for name, (_, calibration) in mine.items()}
    audits = {key: _audit(rows, calibrations[key], key[1]) for key, rows in pools.items()}
    return {name: Watch(looks[name], audits[key]) for name, key in keys.items()}


def _audit(rows: Sequence[JudgedItem], calibration: Calibration, fingerprint: str) -> SpotChecks | None:
    """Spot checks among the labels that the rows carry; None where no label counts."""
    if not any(row.human for row in rows):
        return None
    found = spot_checks([(row.verdict, row.human) for row in rows], calibration, fingerprint)
    return found if found.checked else None
