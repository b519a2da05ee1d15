"""The verbs verify and bundle: what they print, and how they end."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.calling import judgekit
from tests.handover.files import edit, handed_over


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    return handed_over(tmp_path)


def test_the_same_ends_with_0_and_says_each_part(certificate: Path) -> None:
    done = judgekit("verify", certificate.name, cwd=certificate.parent)
    assert done.returncode == 0, done.stderr
    assert "  same     evidence         129 outputs, files with the SHA-256 noted" in done.stdout
    assert "  at word  that 29 labeled items, asked from no pool, were drawn fairly" in done.stdout
    assert done.stdout.splitlines()[-1].startswith("SAME: ")


def test_an_edit_ends_with_1_and_the_reason(certificate: Path) -> None:
    edit(certificate, lambda row: row["policy"]["threshold"][0].__setitem__(0, 0.5))
    done = judgekit("verify", certificate.name, cwd=certificate.parent)
    assert done.returncode == 1
    assert done.stdout.splitlines()[-1].startswith(
        "REFUSED: policy: policy.threshold[0][0] is 0.5 in the file, "
    )


def test_what_is_not_there_ends_with_3(certificate: Path) -> None:
    (certificate.parent / "labels.jsonl").unlink()
    done = judgekit("verify", certificate.name, cwd=certificate.parent)
    assert done.returncode == 3
    assert "NOT VERIFIED: labels: not there: labels.jsonl (--labels PATH)" in done.stdout


def test_what_is_no_certificate_ends_with_2(certificate: Path) -> None:
    done = judgekit("verify", "labels.jsonl", cwd=certificate.parent)
    assert (done.returncode, done.stdout) == (2, "") and "not a calibration file" in done.stderr
    done = judgekit("verify", "nowhere.json", cwd=certificate.parent)
    assert done.returncode == 2 and len(done.stderr.splitlines()) == 1


def test_files_that_stand_elsewhere_are_given(certificate: Path) -> None:
    (certificate.parent / "away").mkdir()
    certificate.rename(certificate.parent / "away" / "c.json")
    files = ("--evidence", "run/evidence.jsonl", "--labels", "labels.jsonl")
    done = judgekit("verify", "away/c.json", *files, "--json", cwd=certificate.parent)
    told = json.loads(done.stdout)
    assert (told["exit_code"], told["verifications"][0]["outcome"]) == (0, "same")
