"""Runs decided anew, under other calibrations than they were scored with, from their evidence: no judge is asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from judgekit.calibration.record import Calibration
from judgekit.cascade.decide import decide_rows
from judgekit.errors import FingerprintMismatch, InputError
from judgekit.records import PEOPLE, EvidenceRow, Item, Verdict
from judgekit.runs.folder import RunFolder


def decided_anew(
    run: RunFolder, promises: Mapping[str, Calibration]
) -> Iterator[tuple[Item | None, Verdict]]:
    """The verdicts of a run, each with its item where the folder holds items.

    What people settled stays so where the policy leaves it open.

    Parameters
    ----------
    run : RunFolder
    promises : mapping of str to Calibration
        Rubric -> the calibration to decide by; verdicts under other rubrics are as they were.

    Raises
    ------
    InputError
        An item that is to be decided anew has no evidence.
    FingerprintMismatch
        The evidence is of other judges than a calibration's.
    """
    rows: dict[str, list[EvidenceRow]] = {rubric: [] for rubric in promises}
    for row in run.evidence() if promises else ():
        if row.rubric in promises:
            rows[row.rubric].append(row)
    try:
        found = {
            (verdict.key, rubric): verdict
            for rubric, promise in promises.items()
            for verdict in decide_rows(rows[rubric], promise)
        }
    except FingerprintMismatch as error:
        raise FingerprintMismatch(f"{run.path}: {error}") from None
    for item, was in run.judged():
        verdict = found.get((was.key, was.rubric), was)
        if was.rubric in promises and verdict is was:
            raise InputError(
                f"no evidence on '{was.id}', so no calibration can decide it anew", path=run.path
            )
        yield item, was if was.tier == PEOPLE and verdict.state != "verdict" else verdict
