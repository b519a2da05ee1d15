"""Verdicts of runs against the certificate that they say they were given under."""

from __future__ import annotations

from pathlib import Path

from judgekit.calibration.record import Calibration
from judgekit.handover.verdicts import verdicts_part
from tests.handover.files import edit
from tests.handover.test_bundle import scored


def test_verdicts_are_decided_again_and_those_of_people_are_counted(tmp_path: Path) -> None:
    given = scored(tmp_path)
    claimed = Calibration.load(given["calibrations"])
    opinions, decided = given["runs"]
    assert verdicts_part(claimed, [opinions]) is None  # nothing there is under it
    part = verdicts_part(claimed, [opinions, decided])
    assert part is not None and (part.outcome, part.said) == ("same", "40 as the policy decides them")
    edit(decided / "run.json", lambda row: row.pop("files"))
    edit(decided / "verdicts.jsonl", lambda rows: rows[7].update(confidence=0.123))
    part = verdicts_part(claimed, [decided])
    assert part is not None and part.outcome == "differs"
    assert part.said.startswith("first, verdict 'forget/7': confidence is 0.123 in the file")
    edit(decided / "verdicts.jsonl", lambda rows: rows.pop())
    part = verdicts_part(claimed, [decided])
    assert part is not None and part.outcome == "differs"
