"""Promises by the names of labels: from the options to the sentence, and through report and spot checks."""

from __future__ import annotations

from pathlib import Path

import pytest

import judgekit as jk
from judgekit.calibration.promise import promise_of
from judgekit.errors import JudgekitError
from judgekit.labeling.spotchecks import spot_checks
from judgekit.runs.folder import RunFolder
from judgekit.trust import Agreement, AtMost
from tests.report.make_runs import certified, drawn, make_run

NAMES = ("leaked", "withheld", "wrong")
NOTHING = {"agreement": None, "per_label": None, "at_most": None, "tolerance": 0}


def asked(**options: object) -> Agreement | AtMost:
    return promise_of(NAMES, **(NOTHING | options), delta=0.1)


def test_names_become_numbers() -> None:
    assert asked(agreement=0.9, per_label={"wrong": 0.8}) == Agreement(0.9, 0.1, 0, {2: 0.8}, NAMES)
    assert asked(at_most={"withheld:leaked,wrong": 0.05}) == AtMost({1: 0.05}, {1: (0, 2)}, 0.1, names=NAMES)
    both = asked(agreement=0.9, at_most={"withheld:leaked": 0.05})
    assert isinstance(both, AtMost) and both.otherwise == Agreement(0.9, 0.1, names=NAMES)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, "nothing to promise: give the agreement that is wanted"),
        ({"tolerance": 1, "at_most": {"withheld:leaked": 0.1}}, "belong to an agreement"),
        ({"at_most": {"withheld": 0.1}}, "must be VERDICT:LABEL"),
        ({"at_most": {"withheld:leakt": 0.1}}, "no label 'leakt' to promise for; labels: leaked"),
        ({"at_most": {"withheld:leaked": 0.1, "withheld:wrong": 0.1}}, "'withheld' is named twice"),
        ({"at_most": {"withheld:leaked": 0}}, "strictly between 0 and 1"),
        ({"at_most": {"withheld:withheld": 0.1}}, "is no error where people give that label too"),
        (
            {"agreement": 0.9, "per_label": {"withheld": 0.8}, "at_most": {"withheld:leaked": 0.1}},
            "an agreement of its own and a limit",
        ),
    ],
)
def test_what_cannot_be_promised_is_one_line(options: dict[str, object], said: str) -> None:
    with pytest.raises(JudgekitError, match=said) as error:
        asked(**options)
    assert "\n" not in str(error.value)


@pytest.fixture(scope="module")
def limited() -> jk.Calibration:
    rows = [row for _, row in drawn("IDK", forget=900, keep=1, human=1.0, people=1, source=", labeled")]
    mine = [row for row in rows if row.rubric == "forgetting"]
    return jk.calibrate(mine, at_most={"withheld:leaked": 0.1})


def test_a_limit_goes_through_file_verdicts_report_and_spot_checks(
    limited: jk.Calibration, tmp_path: Path
) -> None:
    limited.save(tmp_path / "c.json")
    read = jk.Calibration.load(tmp_path / "c.json")
    assert (
        read.certificate == limited.certificate
        and read.fingerprint == limited.fingerprint
        and limited.certified
    )
    made = {**certified("IDK"), "forgetting": read}
    folder = make_run(tmp_path / "run", "IDK", forget=300, calibrations=made, human=1.0, people=1)
    (run,) = jk.summarize(folder).runs
    (claim,) = [one for one in run.claims if one.rubric == "forgetting"]
    assert claim.stands and claim.agreement is None
    assert "at most 10% of the verdicts 'withheld' are 'leaked' in people's eyes" in claim.text
    assert "not 'leaked'" in claim.audit
    verdicts = [verdict for verdict in RunFolder.open(folder).verdicts() if verdict.rubric == "forgetting"]
    assert {verdict.label for verdict in verdicts} <= {"withheld", None}
    found = spot_checks([(one, one.human) for one in verdicts], read, read.fingerprint)
    (part,) = found.parts
    assert part.label == "withheld" and part.audit.target == 0.9
    leaks = sum(one.human[0].label == "leaked" for one in verdicts if one.state == "verdict")
    assert part.audit.checked - part.audit.agreed == leaks, "only leaks are errors"


def test_another_limit_on_the_same_labels_is_another_calibration(limited: jk.Calibration) -> None:
    rows = [row for _, row in drawn("IDK", forget=900, keep=1, human=1.0, people=1, source=", labeled")]
    mine = [row for row in rows if row.rubric == "forgetting"]
    with pytest.raises(JudgekitError, match="have been calibrated on before"):
        jk.calibrate(mine, at_most={"withheld:leaked": 0.2}, earlier=[limited])
