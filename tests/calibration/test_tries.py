"""A further calibration on the same labels is noticed, wherever it is made, and shares the error level or is refused."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import judgekit as jk
from judgekit.calibration.tries import FILE, Try, remembered
from judgekit.records import EvidenceRow
from tests.cli.calling import judgekit
from tests.cli.test_calibrate import opinions, unlabeled, write
from tests.cli.test_verbs import rows

REFUSED = "have been calibrated on before"


def labels(path: Path, made: list[EvidenceRow]) -> Path:
    lines = ["id,annotator,label", *(f"{row.id},p,{row.human[0].label}" for row in made)]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Evidence of two cascades in folders of their own, and one file of labels elsewhere."""
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        costs = {"a": 0.0} if name == "one" else {"a": 0.0, "b": 0.01}
        write(unlabeled(opinions(300, costs)), tmp_path / name / "evidence.jsonl")
    labels(tmp_path / "people" / "labels.csv", opinions(200, {"a": 0.0}))
    return tmp_path


def calibrate(
    folder: Path, *options: str, evidence: str = "one", agreement: float = 0.6, sheet: str = "labels"
):
    given = [f"{evidence}/evidence.jsonl", "--labels", f"people/{sheet}.csv", "--agreement", agreement]
    return judgekit("calibrate", *given, *options, cwd=folder)


def refused(done) -> bool:
    assert (done.returncode, done.stderr.count("\n")) in ((0, 0), (3, 0), (2, 1)), done.stdout + done.stderr
    assert (REFUSED in done.stderr) == (done.returncode == 2)
    return done.returncode == 2


def test_the_same_again_is_the_same_and_anything_else_is_one_more(folder: Path) -> None:
    assert not refused(calibrate(folder, "-o", "1.json"))
    first = jk.Calibration.load(folder / "1.json")
    assert not refused(calibrate(folder, "-o", "2.json"))
    assert (folder / "1.json").read_bytes() == (folder / "2.json").read_bytes()
    shuffled = rows(folder / "one" / "evidence.jsonl")[::-1]
    (folder / "one" / "evidence.jsonl").write_text("".join(json.dumps(row) + "\n" for row in shuffled))
    assert not refused(calibrate(folder, "-o", "3.json"))
    assert jk.Calibration.load(folder / "3.json").policy == first.policy
    for options in (["--delta", "0.2"], ["--people", "random"], ["--cost", "a=1"], ["--tries", "2"]):
        assert refused(calibrate(folder, "-o", "4.json", *options))
    assert refused(calibrate(folder, "-o", "4.json", agreement=0.65))
    assert refused(calibrate(folder, "-o", "4.json", evidence="two")), "another cascade, known by the labels"
    assert not (folder / "4.json").exists()
    assert [one.digest for one in remembered([folder / "people"])] == [first.tries[-1].digest]


def test_new_judges_that_say_the_same_of_every_item_make_the_same_calibration(folder: Path) -> None:
    """Whoever upgrades may calibrate again; not where one opinion is another, be it of an item without a label."""
    file = folder / "one" / "evidence.jsonl"

    def rewritten(edit: Callable[[list[dict[str, Any]]], None]) -> None:
        made = rows(file)
        edit(made)
        file.write_text("".join(json.dumps(row) + "\n" for row in made), encoding="utf-8")

    def upgraded(made: list[dict[str, Any]]) -> None:
        for row in made:
            row["tiers"]["a"]["fingerprint"] = "new"

    def other(made: list[dict[str, Any]]) -> None:
        said = made[-1]["tiers"]["a"]["probs"]
        first, second = said
        said[first], said[second] = said[second] + 0.01, said[first] - 0.01

    assert not refused(calibrate(folder, "-o", "old.json"))
    rewritten(upgraded)
    assert not refused(calibrate(folder, "-o", "new.json"))
    old, new = (jk.Calibration.load(folder / name) for name in ("old.json", "new.json"))
    assert old.fingerprints != new.fingerprints == {"a": "new"}
    assert new.tries == old.tries and new.policy == old.policy
    rewritten(other)
    assert refused(calibrate(folder, "-o", "third.json"))


def test_labels_of_other_items_are_fresh(folder: Path) -> None:
    labels(folder / "people" / "more.csv", opinions(300, {"a": 0.0})[200:])
    labels(folder / "people" / "mixed.csv", opinions(300, {"a": 0.0})[199:])
    assert not refused(calibrate(folder))
    assert not refused(calibrate(folder, sheet="more", agreement=0.65))
    done = calibrate(folder, sheet="mixed", agreement=0.7)
    assert refused(done) and "101 of these 101 labeled items" in done.stderr


def test_declared_tries_share_the_error_level(folder: Path) -> None:
    for agreement in (0.6, 0.65):
        assert not refused(calibrate(folder, "--tries", "2", agreement=agreement))
        made = jk.Calibration.load(folder / "calibration.json")
        assert made.certificate.delta == 0.1
        assert made.certificate.method.delta == pytest.approx(0.05)
        assert "for all of at most 2 calibrations on these labels together" in made.certificate.claim
    assert len(made.tries) == 2
    assert refused(calibrate(folder, "--tries", "2", agreement=0.7))
    assert not refused(calibrate(folder, "--tries", "2", agreement=0.6)), "that one was made"


def test_the_file_that_is_replaced_remembers_too(folder: Path) -> None:
    assert not refused(calibrate(folder))
    for name in ("one", "people"):
        (folder / name / FILE).unlink()
    assert refused(calibrate(folder, agreement=0.65))
    assert not refused(calibrate(folder, "-o", "elsewhere.json", agreement=0.65)), (
        "nothing tells of the first"
    )
    with pytest.raises(jk.JudgekitError, match=REFUSED):
        jk.calibrate(opinions(200, {"a": 0.0}), agreement=0.7, earlier=[folder / "calibration.json"])


def test_another_rubric_and_other_models_have_labels_of_their_own(tmp_path: Path) -> None:
    made = opinions(200, {"a": 0.0})
    for name, change in (("1", {}), ("2", {"rubric": "mine"}), ("3", {"model": "other"})):
        other = write([row.model_copy(update=change) for row in made], tmp_path / f"{name}.jsonl")
        jk.calibrate(other, agreement=0.6 + int(name) / 100)
    assert len(remembered([tmp_path])) == 3
    with pytest.raises(jk.JudgekitError, match=REFUSED):
        jk.calibrate(tmp_path / "1.jsonl", agreement=0.7)


def test_a_seed_is_ignored_and_says_so(folder: Path) -> None:
    done = calibrate(folder, "--seed", "3")
    assert done.returncode == 0
    assert done.stderr == "--seed is ignored and will go: random draws depend on the data alone\n"
    with pytest.warns(DeprecationWarning, match="depend on the data alone"):
        again = jk.calibrate(opinions(60, {"a": 0.0}), agreement=0.6, seed=1)
    assert again.policy == jk.calibrate(opinions(60, {"a": 0.0}), agreement=0.6).policy


def test_a_record_that_is_broken_is_one_line_and_one_that_cannot_be_written_is_no_error(folder: Path) -> None:
    (folder / "people" / FILE).write_text("{\n")
    done = calibrate(folder)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert f"people/{FILE}:1: expected a JSON object a line" in done.stderr
    (folder / "people" / FILE).unlink()
    (folder / "people" / FILE).mkdir()
    assert not refused(calibrate(folder))
    shutil.rmtree(folder / "people" / FILE)


def test_a_record_that_a_kill_cut_off_is_that_of_no_calibration(folder: Path) -> None:
    assert calibrate(folder).returncode == 0
    whole = (folder / "one" / FILE).read_bytes()
    assert REFUSED in calibrate(folder, agreement=0.7).stderr
    for cut in (1, 40, len(whole) - 1):
        (folder / "one" / FILE).write_bytes(whole + whole[:cut])
        assert [one.digest for one in remembered([folder / "one"])] == [json.loads(whole)["digest"]]
        assert REFUSED in calibrate(folder, agreement=0.7).stderr
    assert calibrate(folder).returncode == 0


def test_a_record_is_small(folder: Path) -> None:
    assert not refused(calibrate(folder))
    (line,) = (folder / "people" / FILE).read_text().splitlines()
    assert len(line) < 200 + 13 * 200
    assert len(Try.model_validate(json.loads(line)).items) == 200
