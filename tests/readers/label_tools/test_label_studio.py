"""Label Studio: exports of a real server (recorded, and live where one can be started), and files that are broken."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from judgekit import readers
from judgekit.errors import InputError
from judgekit.labeling.sheet import write_sheet
from judgekit.readers.label_tools.base import NoLabel
from judgekit.readers.labels import examined
from judgekit.records import CANNOT_TELL, LabelRow
from tests.readers.label_tools.answering import task
from tests.readers.label_tools.label_studio_server import EXPORTS, HERE, NOTE, POOL, asked, exports, running

COMMAND = os.environ.get("JUDGEKIT_LABEL_STUDIO", "")


def check(kind: str, path: Path) -> None:
    """An export of what :func:`exports` answers is read whole."""
    rows = [row for _, row in readers.numbered_labels(path)]
    labels = {(row.id, row.annotator): row for row in rows if isinstance(row, LabelRow)}
    assert {key: row.label for key, row in labels.items()} == {
        ("forget/0", "1"): "leaked",
        ("forget/0", "2"): "partial",
        ("007", "1"): "wrong",
        ("'=1", "2"): "withheld",
        ("1e5", "1"): CANNOT_TELL,
    }
    ann, bob = labels["forget/0", "1"], labels["forget/0", "2"]
    assert (ann.seconds, ann.note, bob.seconds, bob.note) == (12.5, NOTE, 3.25, "")
    assert all((row.at or "").endswith("Z") for row in labels.values())
    assert {(row.model, row.method, row.rubric, row.pool) for row in labels.values()} == {
        ("m", "npo", "forgetting", POOL)
    }
    skips = 2 if kind == "JSON" else 0  # the others leave out what was skipped
    assert [rows.count(NoLabel.OPEN), rows.count(NoLabel.SKIPPED)] == [1, skips]


@pytest.mark.parametrize("kind", EXPORTS)
def test_recorded_exports_are_read(kind: str) -> None:
    check(kind, HERE / EXPORTS[kind])


@pytest.mark.slow
@pytest.mark.skipif(
    not COMMAND, reason="JUDGEKIT_LABEL_STUDIO names no label-studio command to start a server with"
)
def test_the_way_through_a_real_server(tmp_path: Path) -> None:
    with running(COMMAND, tmp_path) as server:
        found = exports(server, tmp_path)
    for kind, content in found.items():
        path = tmp_path / EXPORTS[kind]
        path.write_bytes(content)
        check(kind, path)
    tasks = json.loads(found["JSON"])
    assert {one["data"]["item_id"]: one["data"]["output"] for one in tasks} == {
        one.item.id: one.item.output for one in asked()
    }


def test_the_configuration_offers_the_labels_with_what_they_mean(tmp_path: Path) -> None:
    _, config = write_sheet(tmp_path / "q.json", [task("1")], "label-studio")
    assert config == tmp_path / "q.xml"
    view = ElementTree.parse(config).getroot()
    assert {one.get("name"): one.get("value") for one in view.iter("Text")} == {
        "question": "$question",
        "reference": "$reference",
        "output": "$output",
    }
    choices = {one.get("value"): one.get("hint") for one in view.iter("Choice")}
    assert list(choices) == ["right", "wrong", CANNOT_TELL]
    assert choices["right"] == "it is, <b>&" and choices["wrong"] is None


def exported(**annotation: Any) -> list[dict[str, Any]]:
    result = [{"from_name": "label", "type": "choices", "value": {"choices": ["right"]}}]
    sound = {"completed_by": 1, "result": result, "was_cancelled": False}
    return [{"id": 1, "data": {"item_id": "a", "rubric": "qa"}, "annotations": [{**sound, **annotation}]}]


def choice(*labels: str, name: str = "label") -> list[dict[str, Any]]:
    return [{"from_name": name, "type": "choices", "value": {"choices": list(labels)}}]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (
            exported(result=choice("right", "wrong")),
            ":0.annotations.0: one label an answer is read, found 2: right, wrong",
        ),
        (
            exported(result=choice("right", name="verdict")),
            ":0.annotations.0: no control is called 'label', only verdict",
        ),
        (
            exported(result=choice("rihgt")),
            ":0.annotations.0: label 'rihgt' is not one of right, wrong (rubric 'qa')",
        ),
        (exported(result="right"), ":0.annotations.0: key 'result': expected a list"),
        (exported(lead_time="long"), ":0.annotations.0: key 'seconds': expected a number, found str"),
        ([{"data": {"item_id": "a"}, "annotations": [{}]}], ":0.annotations.0: the key 'result' is missing"),
        ([{"data": {"item_id": "a"}, "annotations": 7}], ":0: key 'annotations': expected a list"),
        (
            [{"data": {}, "annotations": exported()[0]["annotations"]}],
            ":0.annotations.0: the key 'item_id' is missing",
        ),
        (
            [{"data": 3, "annotations": exported()[0]["annotations"]}],
            ":0.annotations.0: expected an object with the",
        ),
        (
            [*exported(), *exported()],
            ":1.annotations.0: '1' labeled item 'a' twice (first in row 0.annotations.0)",
        ),
        (
            [{"annotator": 1, "annotation_id": 1, "lead_time": 1.0, "label": "right"}],
            ":0: the key 'item_id' is missing",
        ),
    ],
)
def test_broken_exports(rows: list[object], expected: str, tmp_path: Path) -> None:
    path = tmp_path / "export.json"
    path.write_text(json.dumps(rows), "utf-8")
    with pytest.raises(InputError) as caught:
        list(readers.read_labels(path))
    assert expected in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["e.csv", "e.json"])
def test_several_choices_of_one_person_are_refused_in_flat_exports_too(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    chosen = {"choices": ["right", "wrong"]}
    row = {
        "annotation_id": 1,
        "annotator": 1,
        "item_id": "a",
        "label": chosen,
        "lead_time": 2.5,
        "note": {"text": ["x", "y"]},
    }
    cells = [json.dumps(json.dumps(chosen)).replace('\\"', '""') if key == "label" else "1" for key in row]
    content = json.dumps([row]) if name == "e.json" else f"{','.join(row)}\n{','.join(cells)}\n"
    path.write_text(content, "utf-8")
    with pytest.raises(InputError, match=r":(0|2): one label an answer is read, found "):
        list(readers.read_labels(path))
    path.write_text(json.dumps([row | {"label": "right"}]), "utf-8")
    assert [one.note for one in readers.read_labels(path)] == ["x\ny"]


def test_a_csv_export_without_seconds_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "e.csv"
    path.write_text("annotation_id,annotator,item_id,label,lead_time\n1,1,a,right,soon\n", "utf-8")
    (fault,) = [row for _, row in examined(path, LabelRow) if isinstance(row, InputError)]
    assert str(fault) == f"{path}:2: column 'lead_time': expected seconds, found 'soon'"


def test_every_fault_of_an_export_is_told(tmp_path: Path) -> None:
    path = tmp_path / "export.json"
    path.write_text(json.dumps([*exported(result=7), *exported(), *exported(lead_time="x")]), "utf-8")
    kinds = [isinstance(row, InputError) for _, row in examined(path, LabelRow)]
    assert kinds == [True, False, True]


def test_an_export_that_is_cut_off_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "export.json"
    path.write_text(json.dumps(exported())[:-1], "utf-8")
    with pytest.raises(InputError, match="the file ends in the middle of a value"):
        list(readers.read_labels(path))


def test_an_annotator_may_be_told_with_an_address(tmp_path: Path) -> None:
    path = tmp_path / "export.json"
    path.write_text(json.dumps(exported(completed_by={"id": 7, "email": "bob@example.org"})), "utf-8")
    (label,) = readers.read_labels(path)
    assert label.annotator == "bob@example.org"
