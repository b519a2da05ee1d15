"""doccano: exports a person, exports of all, and files that are broken."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from judgekit import readers
from judgekit.errors import InputError
from judgekit.labeling.sheet import write_sheet
from judgekit.readers.label_tools.doccano import TOOL
from judgekit.records import CANNOT_TELL
from tests.readers.label_tools.answering import task

# pandas.DataFrame.to_json(lines=True, force_ascii=False), as doccano 1.8 calls it
LINE = (
    '{"id":12,"text":"QUESTION\\nq\\n\\nOUTPUT\\n<\\/s>","item_id":"a\\/1","model":"m","method":"x","rubric":"qa",'
    '"label":["right"],"Comments":["hm","well"]}\n'
)


def test_a_file_is_called_by_who_labeled(tmp_path: Path) -> None:
    for name, who in (("bob.jsonl", "bob"), ("all.jsonl", "")):
        path = tmp_path / name
        path.write_text(LINE, "utf-8")
        (row,) = readers.read_labels(path)
        assert (row.id, row.annotator, row.label, row.note) == ("a/1", who, "right", "hm\nwell")


def test_the_json_export_is_the_same(tmp_path: Path) -> None:
    path = tmp_path / "bob.json"
    path.write_text(f"[{LINE.strip()}]", "utf-8")
    assert [row.id for row in readers.read_labels(path)] == ["a/1"]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"label": ["right", "wrong"]}, ":1: several labels: right, wrong; export one file a person"),
        ({"label": ["rihgt"]}, ":1: label 'rihgt' is not one of right, wrong"),
        ({"item_id": 3}, ":1: key 'id'"),
        ({"label": [[1, 2]]}, ":1: key 'label'"),
    ],
)
def test_broken_exports(change: dict[str, Any], expected: str, tmp_path: Path) -> None:
    path = tmp_path / "ann.jsonl"
    path.write_text(json.dumps(json.loads(LINE) | change) + "\n", "utf-8")
    with pytest.raises(InputError) as caught:
        list(readers.read_labels(path))
    assert expected in str(caught.value)


def test_label_types_are_written_beside(tmp_path: Path) -> None:
    _, types = write_sheet(tmp_path / "q.jsonl", [task("1")], TOOL.name)
    assert types == tmp_path / "q.labels.json"
    found = json.loads(types.read_text("utf-8"))
    assert [(one["text"], one["suffixKey"]) for one in found] == [
        ("right", "1"),
        ("wrong", "2"),
        (CANNOT_TELL, "3"),
    ]
