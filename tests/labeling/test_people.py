"""``judgekit people``: label files alone, and beside a run whose judges are held against people."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import judgekit as jk
from judgekit.labeling.people import VERDICTS, people
from tests.cli.calling import judgekit

NAMES = ("right", "wrong")
WHO = ("ana", "ben", "cy")
OUTPUT = "It is in Ghent, a town on the river, which many people say is the finest place to spend a week in spring."


def written(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sixty outputs; three people, of whom cy hurries; a good judge and one that guesses; a run and label files."""
    rng = np.random.default_rng(0)
    folder = tmp_path_factory.mktemp("people")
    truth = rng.integers(0, 2, 60)
    labels, again, evidence, items = [], [], [], []
    for k, true in enumerate(truth):
        for who in WHO:
            said = true if rng.random() < 0.9 else 1 - true
            row = {"id": str(k), "rubric": "qa", "annotator": who, "label": NAMES[said]}
            labels.append(row | {"seconds": 0.4 if who == "cy" else 6.0 + rng.random()})
            if k < 10 and who == "ana":
                again.append(row | {"again": True})
        good = true if rng.random() < 0.95 else 1 - true
        tiers = {
            name: {"probs": {NAMES[said]: 0.9, NAMES[1 - said]: 0.1}}
            for name, said in (("guesses", int(rng.integers(0, 2))), ("good", good))
        }
        named = {"id": str(k), "question_id": f"q{k}", "rubric": "qa"}
        evidence.append({"schema": "judgekit.evidence/2", **named, "tiers": tiers})
        items.append({"id": str(k), "question_id": f"q{k}", "question": "Where is it?", "output": OUTPUT})
    run = folder / "run"
    run.mkdir()
    written(run / "evidence.jsonl", evidence)
    written(run / "items.jsonl", items)
    verdicts = [
        {
            "schema": "judgekit.verdict/1", "id": row["id"], "question_id": row["question_id"], "rubric": "qa",
            "state": "verdict", "label": max(row["tiers"]["good"]["probs"], key=row["tiers"]["good"]["probs"].get),
            "tier": "good", "confidence": 0.9, "calibration": "made",
        }
        for row in evidence[:40]
    ]  # fmt: skip
    open_ones = [
        {
            "id": row["id"],
            "question_id": row["question_id"],
            "rubric": "qa",
            "state": "abstained",
            "reason": "unsure",
        }
        for row in evidence[40:]
    ]
    written(run / "verdicts.jsonl", [*verdicts, *open_ones])
    written(folder / "labels.jsonl", [*labels, *again])
    return folder


def test_labels_alone_tell_of_people(folder: Path) -> None:
    [report] = people(folder / "labels.jsonl")
    found = report.summary
    assert (found.rubric, found.annotators, found.items, found.twice) == ("qa", 3, 60, 60)
    assert list(report.labels) == list(NAMES) and report.judges == ()
    assert {(pair.first, pair.second) for pair in report.pairs} == {
        ("ana", "ben"),
        ("ana", "cy"),
        ("ben", "cy"),
    }
    assert [pair.raw.value for pair in report.pairs] == sorted(pair.raw.value for pair in report.pairs)
    assert found.itself is not None and found.itself.items == 10
    marks = {one.name: one.marks for one in found.persons}
    assert marks["ana"] == marks["ben"] == ()
    assert marks["cy"] == (f"too fast (median 0.4 seconds, the others {found.persons[2].pace.others:.1f})",)


def test_judges_stand_beside_people(folder: Path) -> None:
    [report] = people(folder / "labels.jsonl", run=folder / "run", epsilon=0.2)
    judges = {one.name: one for one in report.judges}
    assert list(judges) == ["guesses", "good", VERDICTS]
    good, guesses, policy = (judges[name] for name in ("good", "guesses", VERDICTS))
    assert good.test is not None and good.test.passes and guesses.test is not None and not guesses.test.passes
    assert good.standing is not None and guesses.standing is not None
    assert guesses.standing.difference.high < 0 < good.standing.difference.high
    assert policy.standing is not None and policy.standing.judge.items == 40
    assert good.sentence.startswith("'good' may replace a person at epsilon 0.20 (it wins over ")
    assert "'guesses' may not replace a person" in guesses.sentence
    assert report.summary.persons[2].pace.unread == 1.0  # 25 words in 0.4 seconds


def test_evidence_that_carries_labels_needs_no_file(folder: Path, tmp_path: Path) -> None:
    rows = [json.loads(line) for line in (folder / "run" / "evidence.jsonl").read_text().splitlines()]
    labels = [json.loads(line) for line in (folder / "labels.jsonl").read_text().splitlines()]
    for row in rows:
        row["human"] = [
            {"annotator": one["annotator"], "label": one["label"]}
            for one in labels
            if one["id"] == row["id"] and not one.get("again")
        ]
    path = written(tmp_path / "evidence.jsonl", rows)
    [carried], [both] = people(run=path), people(folder / "labels.jsonl", run=path)
    assert carried.summary.between == both.summary.between and carried.judges == both.judges
    assert carried.summary.itself is None and both.summary.itself is not None


def test_few_items_and_few_people_are_said(folder: Path, tmp_path: Path) -> None:
    labels = [json.loads(line) for line in (folder / "labels.jsonl").read_text().splitlines()]
    two = [row for row in labels if row["annotator"] != "cy"] + [
        {"id": "nowhere", "rubric": "qa", "label": "right"}
    ]
    [report] = people(written(tmp_path / "two.jsonl", two), run=folder / "run")
    assert any(told.startswith("With fewer than three people") for told in report.sentences)
    assert report.sentences[-1] == "1 labeled ids are not in the run and are left out."
    few = [row for row in labels if int(row["id"]) < 20]
    [report] = people(written(tmp_path / "few.jsonl", few), run=folder / "run")
    assert "cannot be tested: nobody has 30 items" in report.sentences[-1]


def test_what_makes_no_sense_is_one_line(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(jk.JudgekitError, match="give files of labels, or a run that carries some"):
        people()
    with pytest.raises(jk.JudgekitError, match="the run carries no labels"):
        people(run=folder / "run")
    with pytest.raises(jk.JudgekitError, match="epsilon must be 0 or more and below 1, got 1"):
        people(folder / "labels.jsonl", epsilon=1)
    other = written(tmp_path / "other.jsonl", [{"id": "x", "label": "right"}])
    with pytest.raises(jk.JudgekitError, match="no label belongs to an item of the run"):
        people(other, run=folder / "run")


def test_the_verb_says_it_on_one_screen(folder: Path) -> None:
    done = judgekit("people", "labels.jsonl", "--run", "run", cwd=folder)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == "3 people labeled 60 items, 60 of them labeled by two or more." and len(lines) <= 40
    heads = ("label ", "person ", "pair ", "judge ")
    assert next(line for line in lines if line.startswith(heads)).startswith("label  share")
    told = json.loads(judgekit("people", "labels.jsonl", "--run", "run", "--json", cwd=folder).stdout)
    [report] = told["people"]
    assert report["sentences"][0] == lines[0]
    assert report["summary"]["between"]["alpha"]["value"] > 0.4
    assert report["judges"][1]["test"]["people"][0]["items"] == 60
    assert report["summary"]["persons"][0]["pace"]["median"] > 5


def test_json_has_null_for_what_is_not_known(folder: Path, tmp_path: Path) -> None:
    path = written(tmp_path / "l.jsonl", [{"id": "1", "annotator": "ana", "label": "x"}])
    text = json.dumps(people(path)[0].to_row(), allow_nan=False)
    assert json.loads(text)["summary"]["persons"][0]["pace"]["median"] is None
