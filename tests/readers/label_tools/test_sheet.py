"""What any sheet has in common, and CSV's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from judgekit.errors import InputError
from judgekit.labeling.sheet import write_sheet
from judgekit.readers.detect import head
from judgekit.readers.label_tools import csv_sheet, sheet, tool_of
from tests.readers.label_tools.answering import task


@pytest.mark.parametrize("tool", ["csv", "xlsx"])
def test_a_name_with_blanks_around_it_is_refused(tool: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="a sheet does not keep the blanks around the name ' a'"):
        write_sheet(tmp_path / "q", [task(" a")], tool)


def test_no_other_table_is_taken_for_a_sheet(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    for header, is_sheet in (("id,label,output", True), ("id,label,score", False), ("id,output", False)):
        path.write_text(f"{header}\n{','.join('abc'[: header.count(',') + 1])}\n", "utf-8")
        assert (tool_of(head(path)) is csv_sheet.TOOL) == is_sheet


def test_a_written_sheet_has_columns_that_are_read() -> None:
    assert set(sheet.COLUMNS) <= sheet.KNOWN
