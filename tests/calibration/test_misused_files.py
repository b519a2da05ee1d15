"""Label files and run folders put to a use that they were not made for: what leaves a trace is heard."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

import judgekit as jk
from judgekit.calibration.repeats import texts_of, without_repeats
from judgekit.calibration.tries import FILE
from judgekit.records import EvidenceRow, HumanLabel, Item

TOWNS = [f"Town{a}{b}" for a in "abcdefgh" for b in "klmnopqrst"]


def scored(folder: Path, copies: int = 1) -> Path:
    """A run of the lexical judge on 80 questions, each ``copies`` times under further ids."""
    rows = [
        {
            "id": f"{n}/{copy}",
            "question_id": f"{n}/{copy}",
            "question": f"Where was person {n} born?",
            "reference": f"Person {n} was born in {town}.",
            "output": town if n % 2 else "I do not know.",
            "split": "forget",
        }
        for n, town in enumerate(TOWNS)
        for copy in range(copies)
    ]
    file = folder / "outputs.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    jk.score(file, folder / "run")
    return folder / "run"


def labels(folder: Path, ids: Sequence[str], name: str = "labels.jsonl", blank: Sequence[str] = ()) -> Path:
    """What people say of items: the truth, one item in ten aside."""
    file = folder / name
    file.parent.mkdir(exist_ok=True)
    with file.open("w") as out:
        for one in ids:
            number = int(one.partition("/")[0])
            said = ("leaked" if number % 2 else "withheld") if number % 10 else "wrong"
            out.write(
                json.dumps({"id": one, "annotator": "ann", "label": "" if one in blank else said}) + "\n"
            )
    return file


def calibrated(run: Path, file: Path, **options: Any) -> jk.Calibration:
    return jk.calibrate(run, labels=file, agreement=0.6, **options)


def test_copies_under_other_ids_are_no_further_draws(tmp_path: Path) -> None:
    run = scored(tmp_path, copies=4)
    made = calibrated(run, labels(tmp_path, [f"{n}/{copy}" for n in range(80) for copy in range(4)]))
    assert made.certificate.labels == 80
    assert any(doubt.startswith("240 labeled items repeat") for doubt in made.doubts)


def test_of_copies_a_labeled_one_stays_and_other_outputs_do() -> None:
    def item(name: str, output: str, reference: str = "r") -> Item:
        return Item(id=name, question_id=name, question="Q", references=(reference,), outputs=(output,))

    items = [item("a", "x y"), item("b", " X  Y"), item("c", "z"), item("d", "x y", "s")]
    who = (HumanLabel(annotator="ann", label="leaked"),)
    rows = [
        EvidenceRow(id=one.id, question_id=one.id, tiers={}, human=who if one.id == "b" else ())
        for one in items
    ]
    kept, count = without_repeats(rows, texts_of(items))
    assert ([row.id for row in kept], count) == (["b", "c", "d"], 0)
    assert without_repeats(rows, {}) == (rows, 0)


def test_which_copy_counts_hangs_on_names_alone() -> None:
    """Copies may be labeled differently: who could order them could choose the label that counts."""
    items = [Item(id=str(n), question_id=str(n), question="Q", outputs=("x",)) for n in range(9)]

    def left(turned: list[Item], labels: str) -> list[str]:
        said = [(HumanLabel(annotator="ann", label=labels[int(one.id)]),) for one in turned]
        rows = [
            EvidenceRow(id=one.id, question_id=one.id, tiers={}, human=who)
            for one, who in zip(turned, said, strict=True)
        ]
        kept, count = without_repeats(rows, texts_of(turned))
        assert count == 8
        return [row.id for row in kept]

    assert left(items, "abababaab") == left(items[::-1], "abababaab") == left(items, "babababba")


def test_rows_that_were_passed_over_are_heard_and_those_after_the_last_are_not(tmp_path: Path) -> None:
    run, ids = scored(tmp_path), [f"{n}/0" for n in range(80)]
    from_the_top = calibrated(run, labels(tmp_path, ids, "a/l.jsonl", blank=ids[60:]))
    assert not any("passed over" in doubt for doubt in from_the_top.doubts)
    (run / FILE).unlink()
    chosen = calibrated(run, labels(tmp_path, ids, "b/l.jsonl", blank=ids[::10]))
    assert any(doubt.startswith("8 rows of the label file were passed over") for doubt in chosen.doubts)


def test_whoever_labels_anew_until_something_is_certified_is_told_what_it_is_worth(tmp_path: Path) -> None:
    run, ids = scored(tmp_path), [f"{n}/0" for n in range(80)]
    made = [calibrated(run, labels(tmp_path, ids[n : n + 25], f"{n}/l.jsonl")) for n in (0, 25, 50)]
    assert [one.drawn_before in one.against for one in made] == [False, True, True]
    assert "up to 20%" in made[1].drawn_before and "2 other calibrations" in made[2].drawn_before
    again = calibrated(run, tmp_path / "0" / "l.jsonl")
    assert again.fingerprint == made[0].fingerprint


def test_a_record_that_cannot_be_kept_is_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, file = scored(tmp_path), labels(tmp_path, [f"{n}/0" for n in range(80)])

    def refuses(path: Path) -> None:
        raise PermissionError(path)

    monkeypatch.setattr("judgekit.calibration.tries.append", refuses)
    with caplog.at_level(logging.WARNING):
        calibrated(run, file)
    assert "a further calibration on them will not be noticed" in caplog.text
