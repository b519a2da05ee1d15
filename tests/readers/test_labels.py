"""Label sheets, evidence and verdict files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from judgekit import readers
from judgekit.errors import InputError
from judgekit.readers.files.tables import table
from judgekit.readers.label_tools.base import NoLabel
from judgekit.records import CANNOT_TELL


def error_of(function, path):
    with pytest.raises(InputError) as caught:
        list(function(path))
    message = str(caught.value)
    assert "\n" not in message and message.startswith(str(path))
    return message


def test_labels_as_jsonl_and_csv_are_the_same(tmp_path):
    one, two = tmp_path / "a.jsonl", tmp_path / "a.csv"
    rows = [
        {
            "id": "1",
            "annotator": "ann",
            "label": "leaked",
            "rubric": "forgetting",
            "at": "2025-01-02T03:04:05",
        },
        {"id": "2, or so", "annotator": "bob", "label": "wrong"},
    ]
    one.write_text("".join(json.dumps(row) + "\n" for row in rows))
    two.write_text(
        "\ufeffid,annotator,human_label,rubric,at,output\n1,ann,leaked,forgetting,2025-01-02T03:04:05,hm\n"
        '"2, or so",bob, wrong ,,,"two\nlines"\n3,bob,,,,not labeled yet\n'
    )
    found = list(readers.read_labels(one))
    assert found == list(readers.read_labels(two))
    assert [(row.id, row.label, row.annotator) for row in found] == [
        ("1", "leaked", "ann"),
        ("2, or so", "wrong", "bob"),
    ]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("id,label\n1,a,b\n", ":2: expected 2 cells as in the header, found 3"),
        ("id,label\n1\n", ":2: expected 2 cells as in the header, found 1"),
        ("id,label,color\n1,a,red\n", ":2: unknown key 'color'"),
        ("id,annotator\n1,a\n", ":2: key 'label'"),
        ("id,label\n1,\n", "holds no labels (1 of 1 rows have no label yet)"),
        (
            "id,rubric,label\n1,forgetting,Leaked\n2,forgetting,leeked\n",
            ":3: label 'leeked' is not one of leaked",
        ),
        ("", "holds no labels"),
        ('{"id": "1", "label": "a", "human_label": "b"}\n', ":1: give 'label' or 'human_label'"),
        ('{"id": "1", "label": 3}\n', ":1: key 'label'"),
        ('id,label\n1,"a', ": malformed CSV: unexpected end"),
    ],
)
def test_broken_labels(tmp_path, content, expected):
    path = tmp_path / "labels"
    path.write_text(content)
    assert expected in error_of(readers.read_labels, path)


def test_labels_in_another_encoding(tmp_path):
    path = tmp_path / "labels.csv"
    path.write_bytes("id,label\n1,geläckt\n".encode("latin-1"))
    assert "UTF-8" in error_of(readers.read_labels, path)


def test_evidence_and_verdicts(tmp_path):
    path = tmp_path / "evidence.jsonl"
    rows = [{"id": str(i), "tiers": {"lexical": {"probs": {"Yes": 0.75, "No": 0.25}}}} for i in range(2)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert [row.tiers["lexical"].label for row in readers.read_evidence(path)] == ["Yes", "Yes"]
    rows[1]["id"] = "0"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert ":2: the id '0' occurs twice" in error_of(readers.read_evidence, path)
    rows[1]["tiers"]["lexical"]["probs"]["Yes"] = float("nan")
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert ":2: tiers.lexical.probs.Yes: found NaN" in error_of(readers.read_evidence, path)
    path.write_text("")
    assert "empty" in error_of(readers.read_verdicts, path)
    path.write_text('{"id": "1", "state": "verdict", "label": "Yes", "tier": "lexical"}\n')
    assert [verdict.label for verdict in readers.read_verdicts(path)] == ["Yes"]
    path.write_text('{"id": "1", "state": "verdict"}\n')
    assert ":1: " in error_of(readers.read_verdicts, path)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_tables_are_read_as_spreadsheets_of_any_country_write_them(tmp_path: Path, delimiter: str) -> None:
    path = tmp_path / "labels.csv"
    path.write_text(f'id{delimiter}label\n"a,b;c"{delimiter}leaked\n')
    assert list(table(path)) == [(2, {"id": "a,b;c", "label": "leaked"})]


def test_labels_are_read_in_any_case_and_blank_rows_are_none(tmp_path: Path) -> None:
    path = tmp_path / "sheet.csv"
    path.write_text(
        "id;rubric;definitions;annotator;label;\n1;forgetting;leaked: …;ann; Leaked ;\n;;;;;\n2;forgetting;;ann;WITHHELD;\n"
        "3;forgetting;;ann; ;\n4;preference;;ann;a;\n"
    )
    assert [(row.id, row.label) for row in readers.read_labels(path)] == [
        ("1", "leaked"),
        ("2", "withheld"),
        ("4", "A"),
    ]
    assert [line for line, row in readers.numbered_labels(path) if row is NoLabel.OPEN] == [5]


def test_what_was_kept_from_running_as_a_formula_is_read_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "sheet.csv"
    path.write_text("id,label\n'=1+1,a\n''@x,b\n'tis,c\n-1,d\n")
    assert [row.id for row in readers.read_labels(path)] == ["=1+1", "'@x", "'tis", "-1"]


def test_cannot_tell_is_a_label_of_every_rubric_and_asking_again_is_no_second_label(tmp_path):
    path = tmp_path / "labels.csv"
    path.write_text(
        "id,rubric,annotator,label,seconds,note,again\n"
        "1,forgetting,a,Cannot Tell,2.5,odd,\n"
        "1,forgetting,a,leaked,,,true\n",
        "utf-8",
    )
    first, second = readers.read_labels(path)
    assert (first.label, first.seconds, first.note, first.again) == (CANNOT_TELL, 2.5, "odd", False)
    assert (second.label, second.again) == ("leaked", True)
