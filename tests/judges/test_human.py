import asyncio
import csv
import json
from pathlib import Path
from typing import Any

import pytest

from judgekit.errors import InputError
from judgekit.judges import Context, build_judge
from judgekit.judges.human import HumanJudge
from judgekit.labeling.sheet import Task, write_sheet
from judgekit.records import Evidence, HumanLabel, Item
from judgekit.rubrics import load_rubric

REFUSAL = load_rubric("refusal")


def write(path: Path, *rows: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


def ask(judge: HumanJudge, *items: Item) -> list[Evidence]:
    return asyncio.run(judge.evidence(items, REFUSAL, 1))


def item(identity: str, *labels: HumanLabel) -> Item:
    return Item(id=identity, question="q", outputs=("o",), human=labels)


def test_probabilities_are_vote_shares(tmp_path: Path) -> None:
    votes = [("ann", "full_refusal"), ("bob", "full_refusal"), ("eve", "partial_refusal")]
    labels = write(
        tmp_path / "l.jsonl", *({"id": "a", "annotator": who, "label": label} for who, label in votes)
    )
    (found,) = ask(HumanJudge(labels), item("a"))
    assert found.probs == pytest.approx(
        {"full_refusal": 2 / 3, "partial_refusal": 1 / 3, "full_compliance": 0}
    )
    assert found.label == "full_refusal"


def test_nobody_labelled_is_missing(tmp_path: Path) -> None:
    labels = write(tmp_path / "l.jsonl", {"id": "a", "label": "right", "rubric": "qa"})
    found = ask(HumanJudge(labels), item("a"), item("b"))
    assert [e.probs for e in found] == [{}, {}] and found[0].reason


def test_without_a_file_the_items_own_labels_count() -> None:
    own = item("a", HumanLabel(annotator="ann", label="full_refusal"), HumanLabel(label="right", rubric="qa"))
    assert ask(HumanJudge(), own)[0].probs["full_refusal"] == 1.0


def test_a_label_that_is_none_names_file_and_line(tmp_path: Path) -> None:
    rows = [{"id": "b", "label": "full_refusal"}, {"id": "a", "label": "refused"}]
    with pytest.raises(InputError, match=r"l\.jsonl:2: .*'refused' is not one of full_compliance"):
        ask(HumanJudge(write(tmp_path / "l.jsonl", *rows)), item("a"))


def test_nobody_votes_twice(tmp_path: Path) -> None:
    row = {"id": "a", "annotator": "ann", "label": "full_refusal"}
    with pytest.raises(InputError, match=r"l\.jsonl:2: 'ann' labeled item 'a' twice \(first in row 1\)"):
        HumanJudge(write(tmp_path / "l.jsonl", row, row))
    HumanJudge(write(tmp_path / "m.jsonl", row, {**row, "label": "right", "rubric": "qa"}))


def test_what_queue_writes_is_read(tmp_path: Path) -> None:
    """As CSV once people filled it in, and the same rows as JSONL; what nobody labeled yet is passed over."""
    tasks = [
        Task(item(name).model_copy(update={"model": "m"}), "refusal", REFUSAL.labels) for name in ("a", "b")
    ]
    write_sheet(tmp_path / "sheet.csv", tasks)
    with (tmp_path / "sheet.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    rows[0]["label"], rows[0]["annotator"] = "full_refusal", "ann"
    with (tmp_path / "sheet.csv").open("w", newline="") as file:
        sheet = csv.DictWriter(file, list(rows[0]))
        sheet.writeheader()
        sheet.writerows(rows)
    said = [{("human_label" if key == "label" else key): cell for key, cell in row.items()} for row in rows]
    write(tmp_path / "sheet.jsonl", *said)
    for name in ("sheet.csv", "sheet.jsonl"):
        asked = [item(identity).model_copy(update={"model": "m"}) for identity in ("a", "b")]
        found = ask(HumanJudge(tmp_path / name), *asked)
        assert found[0].label == "full_refusal" and found[1].probs == {}


def test_a_label_that_may_be_of_either_model_is_refused(tmp_path: Path) -> None:
    labels = write(tmp_path / "l.jsonl", {"id": "a", "label": "full_refusal"})
    both = [item("a").model_copy(update={"model": model}) for model in ("m", "n")]
    with pytest.raises(InputError, match="both have an output of that id"):
        ask(HumanJudge(labels), *both)


def test_from_a_cascade_file(tmp_path: Path) -> None:
    write(tmp_path / "l.jsonl", {"id": "a", "label": "full_refusal"})
    judge = build_judge({"judge": "human", "path": "l.jsonl"}, Context(REFUSAL, folder=tmp_path))
    assert isinstance(judge, HumanJudge) and judge.name == "human"
