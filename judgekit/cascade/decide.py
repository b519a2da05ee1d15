"""Using a calibration: verdicts for evidence rows, given only of the judges that were calibrated."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import numpy as np

from judgekit.calibration.evidence_table import to_arrays
from judgekit.calibration.record import Calibration
from judgekit.calibration.stages import last_stages
from judgekit.calibration.suspects import routed
from judgekit.errors import FingerprintMismatch, renamed
from judgekit.frames.stream import Stream
from judgekit.records import EvidenceRow, Verdict
from judgekit.rubrics import Role, role_of
from judgekit.runs.folder import evidence as evidence_of
from judgekit.trust.selective.policy import Decisions

_BLOCK = 4096


@renamed(unbound="allow_uncertified")
def decide(
    evidence: str | Path | Iterable[EvidenceRow],
    calibration: str | Path | Calibration,
    *,
    allow_uncertified: bool = False,
) -> Stream[Verdict]:
    """Verdicts for evidence under a calibration, in order, streaming; no judge is asked."""
    rows = evidence_of(Path(evidence)) if isinstance(evidence, str | Path) else evidence
    if not isinstance(calibration, Calibration):
        calibration = Calibration.load(Path(calibration))
    if isinstance(evidence, str | Path) and calibration.rubric:
        rows = (row for row in rows if row.rubric in ("", calibration.rubric))
    return Stream(Verdict, decide_rows(rows, calibration, allow_uncertified=allow_uncertified))


def decide_rows(
    rows: Iterable[EvidenceRow], calibration: Calibration, *, allow_uncertified: bool = False
) -> Iterator[Verdict]:
    """Verdicts for evidence rows under a calibration, in order, streaming.

    Parameters
    ----------
    allow_uncertified : bool
        Decide although judges differ from those calibrated; the verdicts then carry no promise.

    Raises
    ------
    FingerprintMismatch
        The evidence is of other judges or another rubric than the calibration's; or, even
        ``allow_uncertified``, of none of its tiers, so that its policy says nothing.
    """
    policy, stream = calibration.load_policy(), iter(rows)
    promise = calibration.fingerprint if calibration.certified else None
    while block := list(islice(stream, _BLOCK)):
        _check_tiers(block, calibration)
        bound = not _mismatches(block, calibration, refuse=not allow_uncertified)
        arrays = to_arrays(block, calibration.tiers, calibration.labels)
        refused = calibration.refuses(block)
        arrays.probs[[bool(why) for why in refused]] = np.nan
        groups = [getattr(row, calibration.group_by) for row in block] if calibration.group_by else None
        decided = each(policy.decide(arrays.probs, groups=groups), calibration.labels, refused)
        for row, decision in zip(block, decided, strict=True):
            yield verdict(
                row,
                calibration.tiers,
                decision,
                calibration=promise if bound else None,
                role=role_of(row.rubric),
            )


class Decision(NamedTuple):
    """What was decided of one item.

    Attributes
    ----------
    label : str or None
        The verdict, if there is one.
    tier : int
        Where the item stopped; -1 if nowhere.
    confidence : float
        How sure the judges are (0..1); NaN without a verdict.
    unscored : bool
        No verdict because evidence is missing.
    refused : str
        Why there is no verdict whatever judges say: by the out-of-distribution guard, or the detector. Else empty.
    """

    label: str | None
    tier: int
    confidence: float
    unscored: bool
    refused: str = ""


def each(decisions: Decisions, labels: Sequence[str], refused: Sequence[str]) -> Iterator[Decision]:
    """The decisions on each item in turn.

    Parameters
    ----------
    labels : Sequence[str]
        Label names in the order of the policy's.
    refused : Sequence[str]
        Why each item gets no verdict whatever judges say; empty where nothing is in the way.
    """
    columns = (decisions.label, decisions.tier, decisions.confidence, decisions.unscored)
    for label, tier, sure, unscored, why in zip(
        *(column.tolist() for column in columns), refused, strict=True
    ):
        yield Decision(labels[label] if label >= 0 else None, tier, sure, unscored, why)


def verdict(
    row: EvidenceRow, tiers: Sequence[str], decision: Decision, *, calibration: str | None, role: Role
) -> Verdict:
    """One decision as a record; what was spent is summed from the item's evidence.

    Parameters
    ----------
    calibration : str or None
        The calibration that promises something of it.
    role : Role
        That of the rubric.
    """
    made = partial(Verdict, **row.named, human=row.human, calibration=calibration, cost=_spent(row))
    if decision.refused:
        return made(state="abstained", reason=decision.refused, fluent=row.fluent)
    skipped = calibration is not None and not all(row.asked(name) for name in tiers[: decision.tier + 1])
    if (
        decision.unscored or skipped
    ):  # what an unasked tier would have changed, nobody knows: no promise covers that
        return made(state="unscored", reason=missing_reason(row, tiers), fluent=row.fluent)
    tier = tiers[decision.tier] if decision.tier >= 0 else None
    if decision.label is None:
        return made(state="abstained", tier=tier, fluent=row.fluent)
    return made(
        state="verdict",
        label=decision.label,
        tier=tier,
        confidence=decision.confidence,
        reason=routed(row.suspect) if row.suspect else None,
        fluent=fluent(decision.label, role, row.fluent),
    )


def _spent(row: EvidenceRow) -> float | None:
    """US dollars spent on an item, None where a price is unknown."""
    total = 0.0
    for evidence in last_stages(row).values():
        if evidence.cost is None:
            return None
        total += evidence.cost
    return total


_READS = {"withheld": True, "wrong": True, "degenerate": False}


def fluent(label: str, role: Role, by_rule: bool | None) -> bool | None:
    """Whether an output with this label reads as an answer or a refusal: by the label where it says so, else by rule.

    ``by_rule`` is None where the question is not asked.
    """
    return None if by_rule is None else _READS.get(role.of(label), by_rule)


def missing_reason(row: EvidenceRow, tiers: Sequence[str]) -> str:
    """Why an item could not be scored: what its judges said of it, last tier first; those that failed before others."""
    told = [
        (tier, said) for tier in reversed(tiers) if (said := row.tiers.get(tier)) is not None and said.reason
    ]
    told.sort(
        key=lambda one: bool(one[1].probs)
    )  # what a judge that answered remarks does not hide a failure
    if told:
        tier, said = told[0]
        return f"{tier}: {said.reason}"
    unasked = [tier for tier in tiers if not row.asked(tier)]
    return f"{unasked[0]}: not asked" if unasked else "no judge gave evidence"


def check_fingerprints(found: Mapping[str, str | None], calibration: Calibration) -> list[str]:
    """What differs between judges in use and those calibrated, one sentence each."""
    return [
        f"tier '{tier}' is {found[tier] or 'of no known judge'}, calibrated was {expected}"
        for tier, expected in calibration.fingerprints.items()
        if expected is not None and tier in found and found[tier] != expected
    ]


def _check_tiers(rows: Sequence[EvidenceRow], calibration: Calibration) -> None:
    found = dict.fromkeys(tier for row in rows for tier in row.tiers)
    if found and not found.keys() & set(calibration.tiers):
        raise FingerprintMismatch(
            f"the calibration says nothing of this evidence: its tiers are {', '.join(found)}; "
            f"calibrated were {', '.join(calibration.tiers)}"
        )


def _mismatches(rows: Sequence[EvidenceRow], calibration: Calibration, *, refuse: bool) -> list[str]:
    found: list[str] = []
    if calibration.rubric and any(row.rubric not in ("", calibration.rubric) for row in rows):
        found.append(f"evidence of another rubric than '{calibration.rubric}'")
    for row in rows:
        seen = {tier: evidence.fingerprint for tier, evidence in row.tiers.items() if evidence.probs}
        found += check_fingerprints(seen, calibration)
        if found:
            break
    if found and refuse:
        raise FingerprintMismatch(
            f"the calibration does not hold for this evidence: {'; '.join(found)}. "
            "Calibrate again, or decide without a promise (--allow-uncertified)"
        )
    return found
