"""Scores for inspect's ``precomputed_scores``: what it reads of a row, and which sample the row is of."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

import judgekit as jk
from tests.export.made import ABSTAINED, SURE, folder, result


def scores(run: Path) -> list[dict]:
    out = jk.export(run, run.parent / "scores.jsonl")
    return [json.loads(line) for line in out.read_text("utf-8").splitlines()]


def test_a_row_is_a_score_with_its_state(tmp_path: Path) -> None:
    sure, abstained, unscored, settled = scores(folder(tmp_path / "run"))
    assert (sure["id"], sure["value"], sure["answer"]) == ("1", "leaked", "Ghent.")
    assert sure["explanation"] == "Judge 'lexical' says leaked (confidence 0.75)."
    assert sure["metadata"].items() >= {"state": "verdict", "tier": "lexical", "confidence": 0.75}.items()
    assert math.isnan(abstained["value"]) and math.isnan(unscored["value"])
    assert abstained["metadata"]["state"] == "abstained"
    assert unscored["metadata"]["reason"] == "small: no answer"
    assert unscored["explanation"] == "Unscored: small: no answer."
    assert settled["explanation"] == "People say wrong."
    assert "epoch" not in sure and "certificate" not in sure["metadata"]


def test_what_is_promised_stands_at_the_verdicts_that_are_covered(tmp_path: Path) -> None:
    names = [f"{town} {k}" for k, town in enumerate(["Ghent", "Turku", "Graz"] * 40)]
    items = [
        jk.Item(id=str(k), question=f"Where is {k}?", references=(name,), outputs=(name,), split="forget")
        for k, name in enumerate(names)
    ]
    run = jk.score(items, tmp_path / "run").folder
    labels = tmp_path / "labels.jsonl"
    labels.write_text("".join(json.dumps({"id": item.id, "label": "leaked"}) + "\n" for item in items))
    made = jk.calibrate(run, labels=labels, agreement=0.8)
    made.save(tmp_path / "c.json")
    again = jk.score(items, tmp_path / "again", calibrations=tmp_path / "c.json").folder
    found = [row["metadata"] for row in scores(again)]
    assert made.certified and any("certificate" in one for one in found)
    for one in found:
        covered = one["state"] == "verdict"
        assert one.get("certificate") == (made.certificate.claim if covered else None)
        assert ("judgekit report" in one.get("stands", "")) == covered, (
            "no promise is told as one that stands"
        )
        assert one.get("calibration") == (made.fingerprint if covered else None) or not covered


def test_epochs_of_a_sample_are_told_apart(tmp_path: Path) -> None:
    names = ["a#1", "b#1", "a#2", "b#2"]
    rows = scores(folder(tmp_path / "run", [result(name, SURE, question=name[0]) for name in names]))
    assert [(row["id"], row["epoch"]) for row in rows] == [("a", 1), ("b", 1), ("a", 2), ("b", 2)]


@pytest.mark.parametrize(
    "asked",
    [
        [("a#1", "x"), ("b", "y")],  # not all ids end so
        [("city#1", "x"), ("city#2", "y")],  # several questions under one name
        [("a#1", "x"), ("b#1", "y")],  # nothing is asked twice
    ],
)
def test_an_id_with_a_number_is_no_epoch_by_itself(tmp_path: Path, asked: list[tuple[str, str]]) -> None:
    run = folder(tmp_path / "run", [result(name, SURE, question=question) for name, question in asked])
    assert [(row["id"], row.get("epoch")) for row in scores(run)] == [(name, None) for name, _ in asked]


def test_several_models_are_refused_and_leave_what_was_there(tmp_path: Path) -> None:
    run = folder(tmp_path / "run", [result("1", SURE, model="a"), result("1", ABSTAINED, model="b")])
    (tmp_path / "scores.jsonl").write_text("before")
    with pytest.raises(jk.JudgekitError, match="several models"):
        scores(run)
    assert (tmp_path / "scores.jsonl").read_text() == "before"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["run", "scores.jsonl"]
