"""Where nothing is certified ``calibrate`` says why and what next; none of that is promised."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import judgekit as jk
from judgekit.calibration.record import Calibration
from judgekit.records import Evidence, EvidenceRow, HumanLabel
from tests.calibration.test_tries import REFUSED
from tests.cli.calling import judgekit
from tests.cli.test_calibrate import opinions, write

JUDGES = {"weak": 0.0, "strong": 1.0}


def calibrate(rows: list[EvidenceRow], folder: Path, *options: Any) -> subprocess.CompletedProcess[str]:
    write(rows, folder / "evidence.jsonl")
    return judgekit("calibrate", "evidence.jsonl", *options, cwd=folder)


def many(labels: str, count: int = 90) -> list[EvidenceRow]:
    """One judge that says the label after the right one on every third item."""
    rows = []
    for i in range(count):
        truth = i % len(labels)
        said = labels[(truth + (i % 3 == 0)) % len(labels)]
        probs = {label: 0.9 if label == said else 0.1 / (len(labels) - 1) for label in labels}
        human = (HumanLabel(label=labels[truth]),)
        rows.append(EvidenceRow(id=str(i), rubric="mine", tiers={"a": Evidence(probs=probs)}, human=human))
    return rows


def test_nothing_certified_says_why_and_what_next(tmp_path: Path) -> None:
    done = calibrate(opinions(200, JUDGES), tmp_path, "--agreement", "0.999")
    made = Calibration.load(tmp_path / "calibration.json").diagnosis
    assert done.returncode == 3 and made is not None
    agree = [f"{name} {one.share:.0%}" for name, one in zip(made.judges, made.by_judge, strict=True)]
    said = dict(line.strip().split(maxsplit=1) for line in done.stdout.splitlines() if line.strip())
    assert said["agreement"].startswith(agree[0]) and f", {agree[1]} (" in said["agreement"]
    assert (
        f"together {made.together.share:.0%} (" in said["agreement"]
        and "on the 200 items" in said["agreement"]
    )
    worst = made.confused[0]
    assert (
        f"people say {worst.people}, judges {worst.judges}: {worst.count} of {worst.of}" in said["confused"]
    )
    assert said["right"].split()[:2] == list(map(str, made.confusion[0][:2]))
    assert f"if right on '{made.weakest}'" in said["target"]
    assert "would have been certified: verdicts on" in said["80%"]
    assert said["99.9%"].startswith("asked") and "right, takes at least" in said["99.9%"]
    won = max(target.agreement for target in made.targets if target.certified)
    assert (
        f"Hindsight is no promise: {won:.0%} needs fresh labels, or had to be declared beforehand"
        in done.stdout
    )
    lines = [line for line in done.stdout.splitlines() if not line.lstrip().startswith(("prices", "guard"))]
    ours = lines.index(next(line for line in lines if "indsight" in line)) - lines.index(
        next(line for line in lines if "agreement  " in line)
    )
    assert ours + 1 <= 13


def test_a_certificate_comes_with_two_lines(tmp_path: Path) -> None:
    done = calibrate(opinions(200, JUDGES), tmp_path, "--agreement", "0.8")
    assert done.returncode == 0
    assert [line.split()[0] for line in done.stdout.splitlines()[6:8]] == ["agreement", "confused"]
    assert "target" not in done.stdout and "indsight" not in done.stdout
    made = Calibration.load(tmp_path / "calibration.json").diagnosis
    assert made is not None and made.targets == ()


def test_a_single_judge_is_not_shown_twice_and_no_confusion_is_said(tmp_path: Path) -> None:
    rows = [row for row in many("xy") if row.tiers["a"].probs[row.human[0].label] > 0.5]
    done = calibrate(rows, tmp_path, "--agreement", "0.8")
    assert "agreement  a 100% (94–100) with people on the 60 items\n  confused   no labels" in done.stdout


def test_of_many_labels_the_pairs_confused_most_are_shown(tmp_path: Path) -> None:
    done = calibrate(many("abcdefgh"), tmp_path, "--agreement", "0.9")
    lines = done.stdout.splitlines()
    head = next(k for k, line in enumerate(lines) if line.split()[:1] == ["people"])
    assert lines[head].split() == ["people", "judges", "items", "of"]
    assert lines[head + 1].split() == ["a", "b", "4", "12"]
    assert lines[head + 7].split()[0] == "target"


def test_twenty_labels_and_a_bad_judge_read_well(tmp_path: Path) -> None:
    few = calibrate(opinions(20, JUDGES), tmp_path, "--agreement", "0.95")
    assert "20 items labeled by people" in few.stdout and "takes at least" in few.stdout
    (tmp_path / ".calibrations.jsonl").unlink()
    rng = np.random.default_rng(0)
    bad = [
        row.model_copy(update={"human": (HumanLabel(label="right" if rng.random() < 0.5 else "wrong"),)})
        for row in opinions(200, JUDGES)
    ]
    done = calibrate(bad, tmp_path, "--agreement", "0.9", "-o", "bad.json")
    assert done.returncode == 3
    (line,) = [line for line in done.stdout.splitlines() if "90% asked" in line]
    assert "no number does" in line and "right, 9" in line
    assert "would have been certified" not in done.stdout
    assert "Hindsight is no promise: further labels must be of items not calibrated on so far." in done.stdout


def test_the_diagnosis_is_kept_told_and_no_part_of_what_is_certified(tmp_path: Path) -> None:
    rows = opinions(200, JUDGES)
    done = calibrate(rows, tmp_path, "--agreement", "0.999", "--json")
    told = json.loads(done.stdout)
    assert [target["agreement"] for target in told["diagnosis"]["targets"]] == [0.8, 0.85, 0.9, 0.95, 0.999]
    path = tmp_path / "calibration.json"
    row = json.loads(path.read_text())
    made = Calibration.load(path)
    again = jk.calibrate(rows, agreement=0.999)  # from memory: without the digests of files
    assert made == again.model_copy(update={"origin": made.origin}) and made.diagnosis is not None
    assert any(target.certified for target in made.diagnosis.targets)
    assert not made.certified and row["certificate"]["status"] == "nothing certified"
    assert {verdict.state for verdict in jk.decide(rows, made)} == {"abstained"}
    assert {verdict.calibration for verdict in jk.decide(rows, made)} == {None}
    del row["diagnosis"]
    path.write_text(json.dumps(row))
    older = Calibration.load(path)
    assert older.diagnosis is None and older.fingerprint == made.fingerprint


def test_a_target_picked_in_hindsight_is_refused_on_the_same_labels(tmp_path: Path) -> None:
    rows = opinions(200, JUDGES)
    assert calibrate(rows, tmp_path, "--agreement", "0.999").returncode == 3
    done = calibrate(rows, tmp_path, "--agreement", "0.9")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1) and REFUSED in done.stderr
    with pytest.raises(jk.JudgekitError, match=REFUSED):
        jk.calibrate(tmp_path / "evidence.jsonl", agreement=0.9)
