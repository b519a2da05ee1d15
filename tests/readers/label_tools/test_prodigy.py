"""Prodigy: annotated choice tasks, and files that are broken."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from judgekit import readers
from judgekit.errors import InputError
from judgekit.labeling.sheet import write_sheet
from judgekit.readers.label_tools.base import NoLabel
from judgekit.readers.label_tools.prodigy import TOOL
from tests.readers.label_tools.answering import task


def annotated(path: Path, *changes: dict[str, Any]) -> Path:
    """Tasks of one item each, as annotated by Ann, with changes."""
    write_sheet(path, [task(str(number)) for number in range(len(changes))], TOOL.name)
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    sound = {"accept": ["right"], "answer": "accept", "_annotator_id": "ann", "_timestamp": 1795656724}
    path.write_text(
        "".join(json.dumps(row | sound | change) + "\n" for row, change in zip(rows, changes, strict=True))
    )
    return path


def test_what_was_rejected_or_ignored_is_skipped(tmp_path: Path) -> None:
    path = annotated(tmp_path / "p.jsonl", {"answer": "reject"}, {"answer": "ignore"}, {"accept": []}, {})
    rows = [row for _, row in readers.numbered_labels(path)]
    assert rows[:3] == [NoLabel.SKIPPED, NoLabel.SKIPPED, NoLabel.OPEN]
    (label,) = readers.read_labels(path)
    assert (label.annotator, label.label, label.at) == ("ann", "right", "2026-11-26T01:32:04+00:00")


def test_several_people_answer_in_rows_of_their_own(tmp_path: Path) -> None:
    path = annotated(
        tmp_path / "p.jsonl", {}, {"item_id": "0", "_annotator_id": None, "_session_id": "data-bob"}
    )
    assert [row.annotator for row in readers.read_labels(path)] == ["ann", "data-bob"]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"accept": ["right", "wrong"]}, ":1: one label an answer is read, found 2: right, wrong"),
        ({"answer": "yes"}, ":1: key 'answer': expected accept, reject or ignore, found 'yes'"),
        ({"_timestamp": "now"}, ":1: key '_timestamp': expected a number, found str"),
        ({"_timestamp": 1e20}, ":1: key '_timestamp': 1e+20 is no time"),
        ({"item_id": 7}, ":1: key 'id'"),
        ({"accept": [True]}, ":1: key 'label'"),
    ],
)
def test_broken_tasks(change: dict[str, Any], expected: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        list(readers.read_labels(annotated(tmp_path / "p.jsonl", change)))
    assert expected in str(caught.value)


def test_a_queue_of_several_rubrics_offers_each_item_its_own_labels(tmp_path: Path) -> None:
    path = tmp_path / "p.jsonl"
    write_sheet(path, [task("1"), task("2", rubric="forgetting")], TOOL.name)
    rubrics = [json.loads(line)["rubric"] for line in path.read_text("utf-8").splitlines()]
    assert rubrics == ["qa", "forgetting"]
