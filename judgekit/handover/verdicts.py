"""Verdicts of scored runs against the certificate that they say they were given under."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from judgekit.calibration.record import Calibration
from judgekit.cascade.anew import decided_anew
from judgekit.errors import JudgekitError
from judgekit.handover.compare import differences
from judgekit.handover.parts import Part
from judgekit.records import PEOPLE, Verdict
from judgekit.runs.folder import RunFolder, is_finished

COMPARED = ("state", "label", "tier", "confidence", "calibration")


def verdicts_part(claimed: Calibration, runs: Iterable[Path]) -> Part | None:
    """Whether runs hold the verdicts that the certificate's policy gives; None where no run is under it."""
    checked = people = 0
    for path in runs:
        run = RunFolder(path)
        if not (path.is_dir() and is_finished(path)) or not any(
            verdict.calibration == claimed.fingerprint for verdict in run.verdicts()
        ):
            continue
        try:
            for was, (_, now) in zip(
                run.verdicts(), decided_anew(run, {claimed.rubric: claimed}), strict=True
            ):
                if was.rubric != claimed.rubric:
                    continue
                if was.tier == PEOPLE and was.state == "verdict":
                    people += 1
                    continue
                checked += 1
                apart = [one for one in differences(_of(was), _of(now)) if not one.is_rounding]
                if apart:
                    what = f"{path.name}, verdict '{was.id}': {apart[0]}"
                    return Part("verdicts", "differs", what)
        except JudgekitError as error:
            return Part("verdicts", "differs", f"{path.name}: {error}")
    if not checked + people:
        return None
    settled = f", {people:,} settled by people" if people else ""
    return Part("verdicts", "same", f"{checked:,} as the policy decides them{settled}")


def _of(verdict: Verdict) -> dict[str, object]:
    return {name: getattr(verdict, name) for name in COMPARED}
