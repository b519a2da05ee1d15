"""Are the items of runs like those that certified their promise? Joins files to :mod:`judgekit.trust.monitoring.shift`.

A promise for all items together is about the outputs of all runs that its calibration saw. In a report on some of them,
items are compared with the labeled items of the same runs and splits, not with those of the others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from judgekit.calibration.evidence_table import to_arrays
from judgekit.calibration.record import Calibration
from judgekit.records import Evidence, EvidenceRow
from judgekit.report.run import JudgedItem, Run
from judgekit.trust import Shift, shift_check
from judgekit.trust.monitoring.views import policy_views

ENOUGH = 20
"""Questions with labeled items, and with others, that a shift check needs to be worth running."""

FALSE_ALARM = 0.05
"""Probability that a check withdraws a promise that stands, over all parts of the promise that are checked."""

Kind = tuple[str, str, str]
"""Model, method and split."""

Promise = tuple[str, str]
"""Rubric, and fingerprint of the calibration."""

Part = tuple[str, bool]
"""Group, where the promise is by group; and whether the calibration saw outputs of the same runs."""

Views = Mapping[str, ArrayLike]


class Look(NamedTuple):
    """What a check found, None where it could not be made, and the same in words.

    Attributes
    ----------
    shift : Shift or None
    text : str
    unknown : bool
        Whether no check could be made of outputs that the calibration never saw: then nothing says that they are like
        those that people labeled.
    """

    shift: Shift | None = None
    text: str = ""
    unknown: bool = False


def shifts(runs: Sequence[Run]) -> dict[tuple[str, str], Look]:
    """Run name and rubric -> what the shift check says of the promise.

    All rows under one calibration are looked at together, in parts: one for every group where the promise is by group,
    and outputs of runs that the calibration saw apart from those of others. The plainest finding among a run's parts
    stands for the run.
    """
    mine = promised(runs)
    pools: dict[Promise, dict[Part, list[JudgedItem]]] = {}
    places: dict[tuple[str, str], set[Part]] = {}
    for run in runs:
        for row in run.rows:
            name = (run.name, row.verdict.rubric)
            if name in mine:
                promise, calibration = mine[name]
                part = _part(row, calibration)
                pools.setdefault(promise, {}).setdefault(part, []).append(row)
                places.setdefault(name, set()).add(part)
    calibrations = dict(mine.values())
    found = {promise: _compared(parts, calibrations[promise]) for promise, parts in pools.items()}
    return {
        name: min((found[mine[name][0]][part] for part in sorted(parts)), key=_plainness)
        for name, parts in places.items()
    }


def promised(runs: Sequence[Run]) -> dict[tuple[str, str], tuple[Promise, Calibration]]:
    """Run name and rubric -> the promise that its verdicts are under, and the calibration."""
    found: dict[tuple[str, str], tuple[Promise, Calibration]] = {}
    for run in runs:
        for verdict in (row.verdict for row in run.rows):
            if verdict.calibration and (run.name, verdict.rubric) not in found:
                calibration = run.calibration(verdict.rubric)
                if calibration is not None:
                    promise = (verdict.rubric, verdict.calibration)
                    found[run.name, verdict.rubric] = (promise, calibration)
    return found


def _part(row: JudgedItem, calibration: Calibration) -> Part:
    kinds = calibration.reference.kinds
    return (calibration.group(row.verdict), not kinds or _kind(row.verdict) in kinds)


def _kind(row: Any) -> Kind:
    return row.model, row.method, row.split


def _plainness(look: Look) -> tuple[int, float]:
    """A shift goes before none, and either before a check that could not be made."""
    return (2, 0.0) if look.shift is None else (int(not look.shift.shifted), look.shift.p_value)


def _compared(parts: Mapping[Part, Sequence[JudgedItem]], calibration: Calibration) -> dict[Part, Look]:
    """Every part of a promise against the labeled items that belong to it; parts share the error level."""
    reference = calibration.reference
    use = {part: _belonging(rows, part, calibration) for part, rows in parts.items()}
    questions = {
        part: (
            np.array([reference.questions[i] for i in use[part]], dtype=str),
            np.array([row.verdict.question_id or row.verdict.id for row in rows], dtype=str),
        )
        for part, rows in parts.items()
    }
    why = {part: _too_little(rows, *questions[part], saw=part[1]) for part, rows in parts.items()}
    looks = {
        part: Look(text=f"none: {reason}", unknown=not part[1]) for part, reason in why.items() if reason
    }
    for part, rows in parts.items():
        if part in looks:
            continue
        views = _views if reference.rows else _first_tier
        shift = shift_check(
            *views(rows, use[part], calibration),
            level=FALSE_ALARM / sum(not reason for reason in why.values()),
            questions=questions[part],
        )
        looks[part] = Look(shift, _found(shift, _whose(rows, part, reference.kinds)))
    return looks


def _belonging(rows: Sequence[JudgedItem], part: Part, calibration: Calibration) -> list[int]:
    """Which labeled items rows are compared with: those of their group, and of their runs and splits where known."""
    reference = calibration.reference
    use = list(range(len(reference.rows or reference.labels)))
    if calibration.group_by:
        use = [i for i in use if reference.groups[i] == part[0]]
    if reference.kinds and part[1]:
        present = {_kind(row.verdict) for row in rows}
        use = [i for i in use if _kind(reference.rows[i]) in present]
    return use


def _too_little(
    rows: Sequence[JudgedItem], labeled: NDArray[np.str_], scored: NDArray[np.str_], *, saw: bool
) -> str:
    """Why a comparison is not worth making; empty if it is."""
    known, new = set(labeled), set(scored)
    if not any(row.evidence for row in rows):
        return "the run folder holds no evidence"
    if len(known) < ENOUGH:
        whose = " of these runs" if saw else ""
        return f"it needs {ENOUGH} labeled items{whose} that the calibration remembers, and there are {len(known)}"
    if len(new) < ENOUGH or len(known | new) < 2 * ENOUGH:
        return f"it needs items of {ENOUGH} questions beside {ENOUGH} labeled ones"
    return ""


def _whose(rows: Sequence[JudgedItem], part: Part, kinds: Sequence[Kind]) -> str:
    """Whose the labeled items are, where the promise is for more than what is compared."""
    if not part[1]:
        return " of the runs that the promise is for, which these are not"
    saw, here = {one[:2] for one in kinds}, {_kind(row.verdict)[:2] for row in rows}
    return (
        f" of the same {len(here)} of {len(saw)} runs that the promise is for" if len(here) < len(saw) else ""
    )


def _found(shift: Shift, whose: str) -> str:
    sizes = f"p = {shift.p_value:.2g}, {shift.n_scored:,} items against {shift.n_labeled:,} labeled{whose}"
    return f"shifted in {shift.place} ({sizes})" if shift.shifted else f"no sign of a shift ({sizes})"


def _views(rows: Sequence[JudgedItem], use: Sequence[int], calibration: Calibration) -> tuple[Views, Views]:
    """Everything the policy sees of labeled items and of rows, and the numbers on their texts where all have them."""
    labeled = [calibration.reference.rows[i] for i in use]
    scored = [
        EvidenceRow(
            **row.verdict.named,
            tiers=dict(row.evidence.tiers),
            text_features=row.evidence.text_features,
            suspect=row.evidence.suspect,
        )
        if row.evidence
        else EvidenceRow(**row.verdict.named, tiers={})
        for row in rows
    ]
    policy, tiers = calibration.load_policy(), calibration.tiers
    everyone = [*labeled, *scored]
    probs = to_arrays(everyone, tiers, calibration.labels).probs
    features = [row.text_features for row in everyone]
    probs[[bool(why) for why in calibration.refuses(everyone)]] = np.nan
    order_inconsistency = np.array(
        [[row.tiers.get(tier, Evidence()).order_inconsistency for tier in tiers] for row in everyone],
        dtype=np.float64,
    )
    views = policy_views(
        policy,
        probs,
        tiers,
        order_inconsistency=order_inconsistency if np.isfinite(order_inconsistency).any() else None,
        texts=features if features[0] and len({len(form) for form in features}) == 1 else None,
        groups=[calibration.group(row) for row in everyone] if calibration.group_by else None,
    )
    n = len(labeled)
    return {name: view[:n] for name, view in views.items()}, {name: view[n:] for name, view in views.items()}


def _first_tier(
    rows: Sequence[JudgedItem], use: Sequence[int], calibration: Calibration
) -> tuple[Views, Views]:
    """What calibrations remembered that were made before all tiers were: the first tier's opinion, and the texts."""
    reference = calibration.reference
    labeled: dict[str, ArrayLike] = {
        "confidence": np.array([reference.confidences[i] for i in use], dtype=np.float64),
        "label": np.array([reference.labels[i] for i in use]),
    }
    scored: dict[str, ArrayLike] = {
        "confidence": np.array([row.first[1] if row.first else np.nan for row in rows]),
        "label": np.array([row.first[0] if row.first else "" for row in rows]),
    }
    features = reference.features
    if features and all(row.text_features for row in rows):
        labeled["text"] = np.array([features[i] for i in use])
        scored["text"] = np.array([row.text_features for row in rows])
    return labeled, scored
