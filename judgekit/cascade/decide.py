"""Using a calibration: verdicts for evidence rows, given only of the judges that were calibrated."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from judgekit.calibration.evidence_table import last_stages, to_arrays
from judgekit.calibration.ood import REASON
from judgekit.calibration.record import Calibration
from judgekit.errors import FingerprintMismatch, renamed
from judgekit.frames import Stream
from judgekit.records import EvidenceRow, Verdict
from judgekit.rubrics import Role, role_of
from judgekit.runs.folder import evidence as evidence_of

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
    return Stream(decide_rows(rows, calibration, allow_uncertified=allow_uncertified))


def decide_rows(
    rows: Iterable[EvidenceRow], calibration: Calibration, *, allow_uncertified: bool = False
) -> Iterator[Verdict]:
    """Verdicts for evidence rows under a calibration, in order, streaming.

    Parameters
    ----------
    allow_uncertified : decide although judges differ from those calibrated; the verdicts then carry no promise.

    Raises
    ------
    FingerprintMismatch : the evidence is of other judges or another rubric than the calibration's; or, even
        ``allow_uncertified``, of none of its tiers, so that its policy says nothing.
    """
    policy, stream = calibration.load_policy(), iter(rows)
    promise = calibration.fingerprint if calibration.certified else None
    while block := list(islice(stream, _BLOCK)):
        _check_tiers(block, calibration)
        bound = not _mismatches(block, calibration, refuse=not allow_uncertified)
        arrays = to_arrays(block, calibration.tiers, calibration.labels)
        refused = calibration.refuses([row.text_features for row in block])
        arrays.probs[refused] = np.nan
        groups = [getattr(row, calibration.group_by) for row in block] if calibration.group_by else None
        decisions = policy.decide(arrays.probs, groups=groups)
        for i, row in enumerate(block):
            yield verdict(
                row,
                calibration.labels,
                calibration.tiers,
                label=int(decisions.label[i]),
                tier=int(decisions.tier[i]),
                confidence=float(decisions.confidence[i]),
                unscored=bool(decisions.unscored[i]),
                refused=bool(refused[i]),
                calibration=promise if bound else None,
                role=role_of(row.rubric),
            )


def verdict(
    row: EvidenceRow,
    labels: Sequence[str],
    tiers: Sequence[str],
    *,
    label: int,
    tier: int,
    confidence: float,
    unscored: bool,
    refused: bool = False,
    calibration: str | None,
    role: Role,
) -> Verdict:
    """One decision as a record; what was spent is summed from the item's evidence.

    Parameters
    ----------
    refused : bool
        By the guard.
    role : Role
        That of the rubric.
    """
    spent = [evidence.cost for evidence in last_stages(row).values()]
    common: dict[str, Any] = {
        **row.named,
        "human": row.human,
        "calibration": calibration,
        "fluent": row.fluent,
        "cost": None if any(cost is None for cost in spent) else sum(c for c in spent if c is not None),
    }
    if refused:
        return Verdict(state="abstained", reason=REASON, **common)
    skipped = calibration is not None and not all(row.asked(name) for name in tiers[: tier + 1])
    if unscored or skipped:  # what an unasked tier would have changed, nobody knows: no promise covers that
        return Verdict(state="unscored", reason=missing_reason(row, tiers), **common)
    if label < 0:
        return Verdict(state="abstained", tier=tiers[tier] if tier >= 0 else None, **common)
    common["fluent"] = fluent(labels[label], role, row.fluent)
    return Verdict(state="verdict", label=labels[label], tier=tiers[tier], confidence=confidence, **common)


_READS = {"withheld": True, "wrong": True, "degenerate": False}


def fluent(label: str, role: Role, by_rule: bool | None) -> bool | None:
    """Whether an output with this label reads as an answer or a refusal: by the label where it says so, else by rule.

    ``by_rule`` is None where the question is not asked.
    """
    return None if by_rule is None else _READS.get(role.of(label), by_rule)


def missing_reason(row: EvidenceRow, tiers: Sequence[str]) -> str:
    """Why an item could not be scored: what its judges said of it, last tier first."""
    for tier in reversed(tiers):
        evidence = row.tiers.get(tier)
        if evidence is not None and evidence.reason:
            return f"{tier}: {evidence.reason}"
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
