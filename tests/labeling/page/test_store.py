"""The label file: what was acknowledged is there, whatever happens to the process; and it is always a label file."""

from __future__ import annotations

import json
from pathlib import Path
from unittest.mock import patch

import pytest

from judgekit.errors import InputError, StoreBusy
from judgekit.labeling.page import store
from judgekit.labeling.page.store import LabelFile
from judgekit.readers import read_labels
from judgekit.records import LabelRow


def row(number: int, label: str = "leaked", **more: object) -> LabelRow:
    return LabelRow(id=str(number), annotator="ann", label=label, rubric="forgetting", **more)  # type: ignore[arg-type]


def test_rows_are_in_the_file_at_once_and_it_is_a_label_file(tmp_path: Path) -> None:
    path = tmp_path / "labels.jsonl"
    with LabelFile(path) as file:
        assert not path.exists(), "an empty file would be no label file"
        for number in range(3):
            file.append(row(number, note='é\n"quoted"', seconds=1.5))
            assert list(read_labels(path)) == file.rows
    with LabelFile(path) as file:
        assert [one.id for one in file.rows] == ["0", "1", "2"] and file.rows[0].note == 'é\n"quoted"'


def test_labels_of_before_stay_as_they_were_written(tmp_path: Path) -> None:
    path = tmp_path / "labels.jsonl"
    before = '{"label": "leaked",  "id": "a", "annotator": "eve"}\n\n'
    path.write_text(before)
    with LabelFile(path) as file:
        file.append(row(1))
        file.append(row(2))
        file.remove(row(1))
        assert [one.id for one in file.rows] == ["a", "2"]
        file.append(row(3))
    assert path.read_text().startswith(before)
    assert [one.id for one in read_labels(path)] == ["a", "2", "3"]


@pytest.mark.parametrize("cut", range(1, 60, 7))
def test_a_line_torn_by_a_power_cut_is_dropped_and_nothing_else(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "labels.jsonl"
    with LabelFile(path) as file:
        file.append(row(1))
    whole = path.read_bytes()
    path.write_bytes(whole + whole[:cut])
    with LabelFile(path) as file:
        assert [one.id for one in file.rows] == ["1"]
    assert path.read_bytes() == whole
    path.write_bytes(whole[:cut])  # the very first line
    with LabelFile(path) as file:
        assert file.rows == []
        file.append(row(1))
    assert path.read_bytes() == whole


def test_a_whole_line_without_its_end_counts(tmp_path: Path) -> None:
    path = tmp_path / "labels.jsonl"
    path.write_text('{"id": "a", "label": "leaked"}')
    with LabelFile(path) as file:
        file.append(row(1))
        assert [one.id for one in read_labels(path)] == ["a", "1"]


@pytest.mark.parametrize("note", [b'he said "no"', b"caf\xe9"])
def test_a_whole_line_with_another_fault_is_named_and_kept(tmp_path: Path, note: bytes) -> None:
    """Somebody wrote it by hand, and their editor puts no line end behind it."""
    path = tmp_path / "labels.jsonl"
    last = b'{"id": "b", "label": "leaked", "note": "' + note + b'"}'
    path.write_bytes(b'{"id": "a", "label": "leaked"}\n' + last)
    with pytest.raises(InputError, match=r"labels\.jsonl:2: "):
        LabelFile(path)
    assert last in path.read_bytes()


def test_two_processes_never_write_to_one_file(tmp_path: Path) -> None:
    path = tmp_path / "labels.jsonl"
    with LabelFile(path), pytest.raises(StoreBusy, match="labels.jsonl is in use by process .*another file"):
        LabelFile(path)
    with LabelFile(path):
        pass  # the lock went with the first


@pytest.mark.parametrize("name", ["labels.csv", "labels.XLSX"])
def test_labels_are_not_appended_to_a_table(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match=r"ends in \.jsonl"):
        LabelFile(tmp_path / name)


def test_a_file_of_something_else_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "labels.jsonl"
    path.write_text("dear diary")
    for _ in range(2):  # and the lock is let go
        with pytest.raises(InputError):
            LabelFile(path)
    assert path.read_text() == "dear diary"


def test_a_full_disk_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "labels.jsonl"
    with LabelFile(path) as file:
        file.append(row(1))
        full = patch.object(store.os, "fsync", side_effect=OSError(28, "No space left on device"))
        with full, pytest.raises(OSError, match="No space"):
            file.append(row(2))
        assert [one.id for one in read_labels(path)] == ["1"] == [one.id for one in file.rows]
        file.append(row(2))
    assert [json.loads(line)["id"] for line in path.read_text().splitlines()] == ["1", "2"]
