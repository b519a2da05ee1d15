"""Argilla: what its own record classes write, and files that are broken."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from judgekit import readers
from judgekit.errors import InputError
from judgekit.labeling.sheet import write_sheet
from judgekit.readers.label_tools.argilla import TOOL
from judgekit.readers.label_tools.base import NoLabel
from judgekit.records import CANNOT_TELL
from tests.readers.label_tools.answering import task

# json.dumps(record.to_dict()) of argilla 2.8.0, of a record with two responses; the note is the first user's
RECORD = (
    '{"id": "1", "fields": {"question": "q", "reference": "", "output": "o"}, "metadata": {"item_id": "a/1", "model": '
    '"m", "method": "x", "rubric": "qa", "pool": "0123456789ab"}, "suggestions": {}, "responses": {"label": [{"value": '
    '"right", "user_id": "27ffe315-547d-4630-9c94-2b9c30d0ea5f"}, {"value": "wrong", "user_id": '
    '"b60f941b-4f44-4ee1-ad63-fe8a15f2ca47"}], "note": [{"value": "hm", "user_id": '
    '"27ffe315-547d-4630-9c94-2b9c30d0ea5f"}]}, "vectors": {}, "status": "pending", "_server_id": null}'
)
ANN, BOB = "27ffe315-547d-4630-9c94-2b9c30d0ea5f", "b60f941b-4f44-4ee1-ad63-fe8a15f2ca47"


@pytest.mark.parametrize("content", [f"[{RECORD}]", RECORD + "\n"], ids=["to_json", "lines"])
def test_a_record_of_argilla_is_read(content: str, tmp_path: Path) -> None:
    path = tmp_path / "records.json"
    path.write_text(content, "utf-8")
    rows = list(readers.read_labels(path))
    assert [(row.annotator, row.label, row.note) for row in rows] == [
        (ANN, "right", "hm"),
        (BOB, "wrong", ""),
    ]
    assert {(row.id, row.model, row.method, row.rubric, row.pool) for row in rows} == {
        ("a/1", "m", "x", "qa", "0123456789ab")
    }


def test_the_status_of_a_response_counts_where_it_is_there(tmp_path: Path) -> None:
    record = json.loads(RECORD)
    for response, status in zip(record["responses"]["label"], ("discarded", "draft"), strict=True):
        response["status"] = status
    path = tmp_path / "records.json"
    submitted = json.loads(RECORD) | {"metadata": {"item_id": "b"}}
    path.write_text(json.dumps([record, submitted]), "utf-8")
    rows = [row for _, row in readers.numbered_labels(path)]
    assert rows[:2] == [NoLabel.SKIPPED, NoLabel.OPEN] and len(rows) == 4


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"metadata": {}}, ":0.responses.label.0: the key 'item_id' is missing"),
        ({"metadata": None}, ":0.responses.label.0: expected an object with the key 'item_id'"),
        ({"responses": {"quality": []}}, ":0: no question is called 'label', only quality"),
        (
            {"responses": {"label": {"value": "right"}}},
            ":0: key 'responses.label': expected a list of objects",
        ),
        (
            {"responses": {"label": [{"value": "right"}]}},
            ":0.responses.label.0: the key 'user_id' is missing",
        ),
        (
            {"responses": {"label": [{"value": "right", "user_id": "u"}] * 2}},
            ":0.responses.label.1: 'u' labeled item",
        ),
        ({"responses": {"label": ["right"]}}, ":0: key 'responses.label': expected a list of objects"),
        ({"responses": [1]}, ":0: key 'responses': expected an object"),
        ({"responses": {"label": [{"value": ["right", "wrong"], "user_id": "u"}]}}, "found 2: right, wrong"),
    ],
)
def test_broken_records(change: dict[str, object], expected: str, tmp_path: Path) -> None:
    path = tmp_path / "records.json"
    path.write_text(json.dumps([json.loads(RECORD) | change]), "utf-8")
    with pytest.raises(InputError) as caught:
        list(readers.read_labels(path))
    assert expected in str(caught.value)


def test_the_settings_offer_the_labels_with_what_they_mean(tmp_path: Path) -> None:
    _, settings = write_sheet(tmp_path / "q.json", [task("1")], TOOL.name)
    assert settings == tmp_path / "q.settings.json"
    label, note = json.loads(settings.read_text("utf-8"))["questions"]
    assert {one["value"]: one["text"] for one in label["settings"]["options"]} == {
        "right": "right: it is, <b>&",
        "wrong": "wrong",
        CANNOT_TELL: f"{CANNOT_TELL}: what is shown does not let you decide",
    }
    assert label["required"] and not note["required"]
