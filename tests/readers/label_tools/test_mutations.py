"""A label tool's file with any one value changed or gone gives labels or one line, never another exception."""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from judgekit import readers
from judgekit.errors import InputError
from judgekit.labeling.sheet import write_sheet
from judgekit.readers.label_tools import SHIPPED, TAKES_ITEMS
from judgekit.readers.labels import examined
from judgekit.records import LabelRow
from tests.readers.label_tools.answering import ANSWERED, Given, task
from tests.readers.label_tools.label_studio_server import HERE
from tests.readers.test_broken_files import json_values
from tests.readers.test_mutations import places

SAID = [Given("right", "a note"), Given(None, skip=True), Given("wrong")]


def files(tool: str, folder: Path) -> list[tuple[Path, list[Any]]]:
    """Files of a tool with answers, each with its rows."""
    (path, *_) = write_sheet(folder / f"q{SHIPPED[tool].suffix}", [task(str(n)) for n in range(3)], tool)
    path = ANSWERED[tool](path, SAID)
    found = [path, *([HERE / "export-min.json"] if tool == "label-studio" else [])]
    return [(one, _rows(one)) for one in found]


def _rows(path: Path) -> list[Any]:
    text = path.read_text("utf-8")
    return json.loads(text) if text.startswith("[") else [json.loads(line) for line in text.splitlines()]


@pytest.mark.parametrize("tool", ["label-studio", "argilla", "prodigy", "doccano"])
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_one_change(tool: str, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("changed")
    path, rows = data.draw(st.sampled_from(files(tool, folder)), "file")
    changed = copy.deepcopy(rows)
    *way, last = data.draw(st.sampled_from(list(places(rows))), "place")
    at: Any = changed
    for key in way:
        at = at[key]
    if data.draw(st.booleans(), "gone"):
        del at[last]
    else:
        at[last] = data.draw(json_values, "value")
    broken = folder / "broken"
    is_list = path.suffix == ".json"
    text = json.dumps(changed) if is_list else "".join(json.dumps(row) + "\n" for row in changed)
    broken.write_text(text, "utf-8")
    try:
        for _, row in examined(broken, LabelRow):
            assert "\n" not in str(row) if isinstance(row, InputError) else True
        list(readers.read_labels(broken))
    except InputError as error:
        assert "\n" not in str(error)


@pytest.mark.parametrize("tool", sorted(TAKES_ITEMS))
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_one_damaged_byte(tool: str, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("damaged")
    (path, *_) = write_sheet(folder / f"q{SHIPPED[tool].suffix}", [task("1"), task("2"), task("3")], tool)
    content = bytearray(ANSWERED[tool](path, SAID).read_bytes())
    at = data.draw(st.integers(0, 10**6), "byte") % len(content)  # a workbook holds the time of its making
    content[at] = data.draw(st.integers(0, 255), "value")
    if data.draw(st.booleans(), "cut"):
        del content[at:]
    path.write_bytes(content)
    try:
        list(readers.read_labels(path))
    except InputError as error:
        assert "\n" not in str(error)


def test_a_workbook_with_a_damaged_directory_is_one_clear_line(tmp_path: Path) -> None:
    """The end of the archive is sound, and what it points to is not."""
    (path, *_) = write_sheet(tmp_path / "q.xlsx", [task("1")], "xlsx")
    content = path.read_bytes()
    path.write_bytes(content.replace(b"PK\x01\x02", b"PK\x01\x03"))
    told = [row for _, row in examined(path, LabelRow)]
    assert len(told) == 1 and "the archive is damaged" in str(told[0]) and "\n" not in str(told[0])


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_a_workbook_with_one_damaged_byte_is_whole_or_one_line_that_says_so(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Never other labels, and never a word on encodings: wherever the byte is, in the directory most of all."""
    folder = tmp_path_factory.mktemp("workbook")
    (path, *_) = write_sheet(folder / "q.xlsx", [task("1"), task("2"), task("3")], "xlsx")
    content = bytearray(ANSWERED["xlsx"](path, SAID).read_bytes())
    whole = list(examined(path, LabelRow))
    where = data.draw(
        st.sampled_from([(0, 60), (len(content) - 900, len(content)), (0, len(content))]), "where"
    )
    at = where[0] + data.draw(st.integers(0, 10**6), "byte") % (where[1] - where[0])
    content[at] = data.draw(st.integers(0, 255), "value")
    path.write_bytes(content)
    told = [row for _, row in examined(path, LabelRow)]
    if any(isinstance(row, InputError) for row in told):
        assert len(told) == 1 and re.search("archive|workbook", str(told[0])) and "\n" not in str(told[0])
    else:
        assert told == [row for _, row in whole]


def test_a_workbook_without_the_sheet_that_its_directory_lost_is_damaged(tmp_path: Path) -> None:
    (path, *_) = write_sheet(tmp_path / "q.xlsx", [task("1")], "xlsx")
    head, _, tail = path.read_bytes().rpartition(b"xl/worksheets/sheet1.xml")
    path.write_bytes(head + b"xl/worksheets/Sheet1.xml" + tail)
    told = [row for _, row in examined(path, LabelRow)]
    assert len(told) == 1 and "the workbook is damaged (in xl/worksheets/Sheet1.xml)" in str(told[0])
