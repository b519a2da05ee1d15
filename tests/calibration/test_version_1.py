"""A run and its calibration as version 1 wrote them: the fingerprint, the report, audits and verdicts stay the same.

``version_1`` holds the run of a promise by method, of invented outputs, and what the code that wrote it said of it.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

import judgekit as jk
from judgekit.calibration.record import Calibration, calibrations
from judgekit.errors import InputError
from judgekit.runs.folder import RunFolder

HERE = Path(__file__).with_name("version_1")
RUN = HERE / "run"


def written() -> dict[str, Any]:
    """The calibration as version 1 wrote it."""
    (cascade,) = json.loads((RUN / "run.json").read_text("utf-8"))["cascades"].values()
    return cascade["calibration"]


@pytest.fixture(scope="module")
def said() -> dict[str, Any]:
    """What the code said that wrote the run."""
    return json.loads((HERE / "said.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def made() -> Calibration:
    (made,) = calibrations(RunFolder.open(RUN)).values()
    return made


def test_it_keeps_its_fingerprint_when_read_and_when_written_again(
    made: Calibration, said: dict[str, Any], tmp_path: Path
) -> None:
    assert made.fingerprint == said["calibration"]
    assert made.group_by == "method" and made.certificate.parts[0].worst_case_errors is not None
    made.save(tmp_path / "again.json")
    again = Calibration.load(tmp_path / "again.json")
    assert again == made and again.fingerprint == said["calibration"]


def test_what_version_1_said_once_and_nobody_reads_is_no_fault(said: dict[str, Any]) -> None:
    row = written()
    row["certificate"]["seed"] = 0
    row["certificate"]["method"]["delta_per_part"] = 0.05
    row["certificate"].pop("claim")
    made = Calibration.model_validate(row)
    assert made.certified and made.fingerprint != said["calibration"]


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (
            {"certificate": {}},
            "key 'certificate': certificate is not complete: its promise has no 'agreement'",
        ),
        ({"certificate": {"schema": "judgekit.certificate/9"}}, "expected a certificate with schema"),
        ({"certificate": "certified"}, "expected a certificate, got str"),
    ],
)
def test_a_certificate_that_cannot_be_read_is_one_plain_line(
    entry: dict[str, Any], said: str, tmp_path: Path
) -> None:
    (tmp_path / "c.json").write_text(json.dumps(written() | entry))
    with pytest.raises(InputError, match=said) as error:
        Calibration.load(tmp_path / "c.json")
    assert "\n" not in str(error.value)


def test_the_report_says_the_same(said: dict[str, Any], made: Calibration) -> None:
    (run,) = jk.summarize(RUN).runs
    (claim,) = run.claims
    own = ("labels", "observed", "bound", "coverage")  # of all groups then, of the run's own group now
    rest = {name: one for name, one in said["claim"].items() if name not in own}
    assert {name: getattr(claim, name) for name in rest} == rest
    (part,) = [part for part in made.certificate.parts if part.group == run.method]
    assert (claim.labels, claim.observed, claim.bound) == (part.labels, part.observed, part.bound)
    rates = run.groups[0].rates
    for name, old in said["rates"].items():
        assert (rates[name].kind, list(rates[name].bounds)) == (old["kind"], old["bounds"])
        assert [rates[name].low, rates[name].high] == pytest.approx([old["low"], old["high"]])


def test_an_audit_says_the_same(said: dict[str, Any]) -> None:
    (found,) = jk.audit(RUN, HERE / "checks.jsonl")
    old = said["checked"]
    assert (found.checked, sum(found.left_out.values())) == (old["checked"], old["left_out"])
    for part, before in zip(found.parts, old["parts"], strict=True):
        assert part.group == before["group"] and part.audit.status == before["status"]
        counted = asdict(part.audit)
        assert {name: before[name] for name in counted} == counted
        assert [part.audit.low, part.audit.high] == pytest.approx([before["low"], before["high"]])


def test_verdicts_are_the_same(made: Calibration) -> None:
    before = [json.loads(line) for line in (RUN / "verdicts.jsonl").read_text("utf-8").splitlines()]
    decided = [verdict.to_row() for verdict in jk.decide(RUN, made)]
    for old, new in zip(before, decided, strict=True):
        assert {name: new.get(name) for name in old if name != "cost"} == {
            name: old[name] for name in old if name != "cost"
        }


def test_what_is_said_beside_the_promise_leaves_the_fingerprint_alone(made: Calibration) -> None:
    row = Calibration.model_validate(written() | {"made": "2030-01-31", "version": "9.9"})
    assert (row.made, row.version, row.fingerprint) == ("2030-01-31", "9.9", made.fingerprint)
    assert (made.made, made.version) == ("", "")
