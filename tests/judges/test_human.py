import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from judgekit.errors import InputError
from judgekit.judges import Context, build_judge
from judgekit.judges.human import HumanJudge
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
    labels = write(tmp_path / "l.jsonl", {"id": "a", "label": "full_refusal", "rubric": "qa"})
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
    with pytest.raises(InputError, match=r"l\.jsonl:2: 'ann' labelled item 'a' twice \(first in line 1\)"):
        HumanJudge(write(tmp_path / "l.jsonl", row, row))
    HumanJudge(write(tmp_path / "m.jsonl", row, {**row, "rubric": "qa"}))


def test_from_a_cascade_file(tmp_path: Path) -> None:
    write(tmp_path / "l.jsonl", {"id": "a", "label": "full_refusal"})
    judge = build_judge({"judge": "human", "path": "l.jsonl"}, Context(REFUSAL, folder=tmp_path))
    assert isinstance(judge, HumanJudge) and judge.name == "human"
