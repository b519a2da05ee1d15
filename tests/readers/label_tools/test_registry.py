"""Which tool a queue is written for, and of which a file is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from judgekit import readers
from judgekit.errors import ConfigError
from judgekit.labeling.sheet import write_sheet
from judgekit.readers.label_tools import SHIPPED, TAKES_ITEMS, tool_for
from judgekit.readers.logs import logs
from judgekit.validation import examined
from tests.readers.label_tools.answering import ANSWERED, Given, task
from tests.readers.label_tools.label_studio_server import EXPORTS, HERE


@pytest.mark.parametrize(
    ("name", "suffix", "tool"),
    [
        (None, ".csv", "csv"),
        (None, ".xlsx", "xlsx"),
        (None, "", "csv"),
        (None, ".txt", "csv"),
        ("argilla", "", "argilla"),
        ("doccano", ".jsonl", "doccano"),
        ("csv", ".txt", "csv"),
    ],
)
def test_the_tool_is_told_by_name_or_suffix(name: str | None, suffix: str, tool: str) -> None:
    assert tool_for(name, suffix).name == tool


@pytest.mark.parametrize(
    ("name", "suffix", "said"),
    [
        (None, ".json", "several tools take .json files; say which: --to one of label-studio, argilla"),
        (None, ".jsonl", "several tools take .jsonl files; say which: --to one of prodigy, doccano"),
        ("xlsx", ".csv", "xlsx takes .xlsx files, not .csv"),
        (
            "word",
            ".csv",
            "unknown label tool 'word'; known: csv, xlsx, label-studio, argilla, prodigy, doccano",
        ),
    ],
)
def test_what_cannot_be_told_is_said(name: str | None, suffix: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        tool_for(name, suffix)
    assert str(caught.value) == said


@pytest.mark.parametrize("tool", sorted(TAKES_ITEMS))
def test_label_files_are_no_logs_and_validate_knows_them(tool: str, tmp_path: Path) -> None:
    (path, *_) = write_sheet(tmp_path / f"queue{SHIPPED[tool].suffix}", [task("1"), task("2")], tool)
    assert not logs(tmp_path).files
    path = ANSWERED[tool](path, [Given("right"), Given(None)])
    assert not logs(tmp_path).files
    found = examined(path, {})
    assert found.sound and found.holds == ("labels, 1 rows (qa 1); 1 of 2 rows have no label yet",)


@pytest.mark.parametrize("kind", EXPORTS)
def test_a_real_export_is_no_log(kind: str, tmp_path: Path) -> None:
    (tmp_path / EXPORTS[kind]).write_bytes((HERE / EXPORTS[kind]).read_bytes())
    assert not logs(tmp_path).files


def test_model_outputs_are_no_label_file(tmp_path: Path) -> None:
    rows = [
        {"id": "1", "text": "Where?", "options": ["a", "b"], "answer": "a", "question": "q", "output": "o"}
    ]
    path = tmp_path / "outputs.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    assert readers.detect(path, {"question": "text"}) == "table"
    assert "labels" not in "".join(map(str, examined(path, {}).holds))
