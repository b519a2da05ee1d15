"""Spot checks: does a promise still hold, by people's labels on a fair sample of the verdicts given under it?

Joins verdicts and labels to :mod:`judgekit.trust.monitoring.audit`. What cannot count is left out and counted: items
that certified the promise, items without a verdict, items on which people are split, and more outputs of one question.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from judgekit.calibration.record import Calibration
from judgekit.errors import InputError
from judgekit.readers.join import majority
from judgekit.records import EDITED, HumanLabel, Verdict
from judgekit.trust.monitoring.audit import Audit, Status
from judgekit.trust.monitoring.shift import Shift, shift_check
from judgekit.trust.selective import certificate

FALSE_ALARM = 0.05
"""Probability that an audit ever says something false, over all its parts together."""

FAIR_LEVEL = 0.01
"""Probability that a fair sample is taken for an unfair one."""

ENOUGH = 20
"""Checked verdicts, and others, from which on they are compared."""

Checked = tuple[Verdict, Sequence[HumanLabel]]
Question = tuple[str, str]
"""Group and question."""


@dataclass(frozen=True)
class Part:
    """The audit of what was promised of one group, or of verdicts with one label; of all verdicts where neither.

    ``kept`` and ``what`` say in words what a check without error shows (:meth:`judgekit.trust.risk.Promise.kept`).
    """

    group: str | None
    label: str | None
    audit: Audit
    kept: str = "agreed"
    what: str = "agreement"

    @property
    def name(self) -> str:
        """``npo, 'leaked'``; empty for all verdicts."""
        return ", ".join(filter(None, (self.group, self.label and f"'{self.label}'")))


@dataclass(frozen=True)
class SpotChecks:
    """What spot checks show of one promise at this moment.

    Attributes
    ----------
    rubric, calibration : str
        Whose promise: the rubric, and the calibration's fingerprint.
    parts : tuple[Part, ...]
        One audit for every part of the promise that some verdict belongs to.
    left_out : dict[str, int]
        Why labels did not count -> how many.
    fair : Shift | None
        The comparison of checked verdicts with all others; None where too few to compare.
    """

    rubric: str
    calibration: str
    parts: tuple[Part, ...]
    left_out: dict[str, int]
    fair: Shift | None

    @property
    def checked(self) -> int:
        """Labels used."""
        return sum(part.audit.checked for part in self.parts)

    @property
    def unfair(self) -> bool:
        """Whether the checked verdicts are plainly not a fair sample; then nothing is concluded from them."""
        return self.fair is not None and self.fair.shifted

    @property
    def status(self) -> Status:
        """Broken where any part is, holds where every part does; either is false with probability at most 0.05."""
        said = {part.audit.status for part in self.parts}
        if self.unfair or not said:
            return "undecided"
        return "broken" if "broken" in said else "holds" if said == {"holds"} else "undecided"

    @property
    def sentence(self) -> str:
        """The state in plain words."""
        if self.unfair:
            assert self.fair is not None
            return (
                f"Nothing is concluded from {self.checked} spot checks: the checked verdicts are no fair sample, they "
                f"differ from the others in {self.fair.place} (p = {self.fair.p_value:.2g})."
            )
        if not self.parts:
            return "No verdict here can be checked against the promise."
        names = (f"{part.name}: " if part.name else "" for part in self.parts)
        return " ".join(
            name + part.audit.told(part.kept, part.what) for name, part in zip(names, self.parts, strict=True)
        )

    def to_row(self) -> dict[str, Any]:
        """As a JSON object: the state, and for every part the counts, the confidence sequence and the e-values."""
        return {
            "rubric": self.rubric,
            "calibration": self.calibration,
            "status": self.status,
            "sentence": self.sentence,
            "checked": self.checked,
            "left_out": self.left_out,
            "fair": None if self.fair is None else not self.fair.shifted,
            "parts": [
                {"group": part.group, "label": part.label, **asdict(part.audit), **_state(part.audit)}
                for part in self.parts
            ],
        }


def spot_checks(
    rows: Sequence[Checked],
    calibration: Calibration,
    fingerprint: str,
    *,
    level: float = FALSE_ALARM,
    unmatched: int = 0,
) -> SpotChecks:
    """Audit the promise of a calibration by the labels of verdicts given under it.

    Parameters
    ----------
    rows : Sequence[Checked]
        Verdicts, each with the labels that people gave the item under the verdict's rubric.
    calibration : Calibration
        Whose promise it is.
    fingerprint : str
        Of the calibration, as verdicts under it carry it.
    level : float
        Probability of ever saying something false.
    unmatched : int
        Ids that were labeled and that no verdict has; counted as left out.

    Raises
    ------
    InputError
        A label that the promise knows nothing of.
    """
    left_out: Counter[str] = Counter({"no verdict has that id": unmatched})
    won = [part for part in calibration.certificate.parts if part.certified]
    is_unused = unused(calibration)
    counts: dict[int, list[bool]] = {}
    checked: dict[Question, Verdict] = {}
    others: list[tuple[Question, Verdict]] = []
    for verdict, given_by_people in sorted(rows, key=_anyhow):
        human = [given for given in given_by_people if given.pool != EDITED]
        left_out["edited by people who saw the verdict"] += bool(given_by_people) and not human
        if unknown := {given.label for given in human} - set(calibration.labels):
            raise InputError(
                f"item '{verdict.id}' is labeled '{min(unknown)}'; expected one of {', '.join(calibration.labels)}"
            )
        question = (calibration.group(verdict), verdict.question_id or verdict.id)
        part = _part(verdict, won, calibration) if verdict.calibration == fingerprint else None
        label = _people_say(verdict, human, calibration) if human else None
        why = ""
        if verdict.state != "verdict":
            why = f"'{verdict.state}', so there is no verdict to check"
        elif part is None:
            why = "not a verdict of this promise"
        elif not is_unused(verdict):
            why = "used for certification, or an example in prompts"
        elif question in checked:
            why = "another output of a question already checked"
        elif human and label is None:
            why = "people are split"
        if part is not None and not why:
            right = counts.setdefault(part, [])
            if label is None:
                others.append((question, verdict))
            else:
                checked[question] = verdict
                right.append(not calibration.errs(str(verdict.label), label))
        elif human:
            left_out[why] += 1
    return SpotChecks(
        rubric=calibration.rubric,
        calibration=fingerprint,
        parts=tuple(
            Part(
                won[index].group,
                _label(won[index], calibration),
                Audit(won[index].agreement, level / len(won), sum(right), len(right)),
                *calibration.promise.kept(won[index].label),
            )
            for index, right in sorted(counts.items())
        ),
        left_out={why: count for why, count in left_out.items() if count},
        fair=_compare(list(checked.values()), [one for question, one in others if question not in checked]),
    )


def _anyhow(row: Checked) -> int:
    """An order that nothing but names decides: if a question has several labeled outputs, one is sampled."""
    verdict = row[0]
    return crc32(f"{verdict.id} {verdict.model} {verdict.method}".encode())


def _state(audit: Audit) -> dict[str, Any]:
    return {
        "status": audit.status,
        "low": audit.low,
        "high": audit.high,
        "e_holds": min(audit.e_holds, 1e300),  # JSON has no infinity
        "e_broken": min(audit.e_broken, 1e300),
    }


def unused(calibration: Calibration) -> Callable[[Verdict], bool]:
    """Tells verdicts whose question neither certified the promise, in their group, nor stood in prompts."""
    reference = calibration.reference
    groups = reference.groups or ("",) * len(reference.questions)
    used = set(zip(groups, reference.questions, strict=True))
    shown = set(calibration.examples)

    def of(verdict: Verdict) -> bool:
        question = verdict.question_id or verdict.id
        return question not in shown and (calibration.group(verdict), question) not in used

    return of


def _part(verdict: Verdict, parts: Sequence[certificate.Part], calibration: Calibration) -> int | None:
    """Which part of the promise a verdict belongs to; None for those that people settled."""
    if calibration.by_people(verdict):
        return None
    group = calibration.group(verdict)
    for index, part in enumerate(parts):
        if (part.group or "") == group and _label(part, calibration) in (None, verdict.label):
            return index
    return None


def _label(part: certificate.Part, calibration: Calibration) -> str | None:
    return None if part.label is None else calibration.labels[part.label]


def _people_say(verdict: Verdict, human: Sequence[HumanLabel], calibration: Calibration) -> str | None:
    """The label that counts: the majority's, or that of one person whom nothing but the item's id chooses."""
    if calibration.person:
        return human[crc32(verdict.id.encode()) % len(human)].label
    return majority(human)


def _compare(checked: Sequence[Verdict], others: Sequence[Verdict]) -> Shift | None:
    """Whether the checked verdicts look like the others, in what is known of both."""
    if min(len(checked), len(others)) < ENOUGH:
        return None
    sides = [_views(checked), _views(others)]
    questions = [np.array([one.question_id or one.id for one in side]) for side in (checked, others)]
    return shift_check(*sides, level=FAIR_LEVEL, questions=(questions[0], questions[1]))


def _views(verdicts: Sequence[Verdict]) -> dict[str, NDArray[Any]]:
    return {
        "confidence": np.array(
            [np.nan if one.confidence is None else one.confidence for one in verdicts], dtype=float
        ),
        "label": np.array([one.label or "" for one in verdicts]),
        "tier": np.array([one.tier or "" for one in verdicts]),
        "split": np.array([one.split for one in verdicts]),
        "run": np.array([f"{one.model} {one.method}" for one in verdicts]),
    }
