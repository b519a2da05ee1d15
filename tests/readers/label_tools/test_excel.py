"""Excel: drop-down lists, definitions, and texts that stay texts."""

from __future__ import annotations

import builtins
import datetime as dt
import logging
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from judgekit import readers
from judgekit.errors import InputError, MissingExtra
from judgekit.labeling.sheet import write_sheet
from judgekit.readers.files.cells import LONGEST
from judgekit.readers.label_tools.excel import TOOL
from judgekit.records import CANNOT_TELL
from tests.readers.label_tools.answering import ANSWERED, Given, task


def test_a_text_is_no_formula_and_holds_what_xml_cannot(tmp_path: Path) -> None:
    texts = ["=1+1", "@SUM(A1)", "007", "#N/A", "a\x07b\rc", "_x0041_", "\ufffe", "TRUE", "'x"]
    path = tmp_path / "q.xlsx"
    write_sheet(path, [task(text, output=text) for text in texts], TOOL.name)
    page = openpyxl.load_workbook(path)["items"]
    assert {cell.data_type for row in page for cell in row if cell.value is not None} == {"s"}
    with zipfile.ZipFile(path) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")
    rows = list(readers.read_labels(ANSWERED["xlsx"](path, [Given("right")] * len(texts))))
    assert [row.id for row in rows] == texts


def test_what_is_longer_than_a_cell_is_cut_and_said(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "q.xlsx"
    long = [task("1", output="o" * 40_000), task("2", output="\x07" * 9_000), task("3", output="🙂" * 20_000)]
    with caplog.at_level(logging.WARNING):
        write_sheet(path, [*long, task("4", output="o" * LONGEST)], TOOL.name)
    assert caplog.messages[0].startswith(
        "3 texts are longer than the 32,767 characters that a cell of Excel holds"
    )
    page = openpyxl.load_workbook(path)["items"]
    at = [cell.value for cell in page[1]].index("output")
    cells = [row[at].value for row in page.iter_rows(min_row=2)]
    assert all(len(cell.encode("utf-16-le")) // 2 <= LONGEST for cell in cells)
    assert [cell.endswith("[cut here: a cell holds no more]") for cell in cells] == [True, True, True, False]
    with pytest.raises(InputError, match="is longer than a cell of Excel holds; use --to csv"):
        write_sheet(path, [task("i" * 40_000)], TOOL.name)


def test_every_item_has_the_list_of_its_rubric(tmp_path: Path) -> None:
    path = tmp_path / "q.xlsx"
    rubrics = ["qa", "qa", "other", "qa"]
    write_sheet(path, [task(str(n), rubric=rubric) for n, rubric in enumerate(rubrics)], TOOL.name)
    book = openpyxl.load_workbook(path)
    offers = {one.formula1: str(one.sqref) for one in book["items"].data_validations.dataValidation}
    assert offers == {"labels!$B$2:$B$4": "L2:L3 L5", "labels!$B$5:$B$7": "L4"}
    assert [cell.value for cell in book["items"][1]][11] == "label"
    rows = list(book["labels"].values)
    assert rows[:2] == [("rubric", "label", "definitions"), ("qa", "right", "it is, <b>&")]
    assert [row[1] for row in rows[1:]] == ["right", "wrong", CANNOT_TELL] * 2


def test_what_excel_makes_of_cells_is_read(tmp_path: Path) -> None:
    path = tmp_path / "l.xlsx"
    book = openpyxl.Workbook()
    for row in (
        ["id", "label", "annotator", "seconds", "at", None],
        [7, "right ", "ann", 2.5, dt.datetime(2026, 11, 26, 1, 2, 3), None],
        [None] * 6,
        ["8", True, "ann", None, None, None],
    ):
        book.active.append(row)
    book.save(path)
    one, two = readers.read_labels(path)
    assert (one.id, one.label, one.seconds, one.at) == ("7", "right", 2.5, "2026-11-26T01:02:03")
    assert (two.id, two.label) == ("8", "True")


def test_a_fault_names_its_row(tmp_path: Path) -> None:
    path = tmp_path / "l.xlsx"
    book = openpyxl.Workbook()
    for row in (["id", "rubric", "label"], ["1", "qa", "right"], ["2", "qa", "rihgt"]):
        book.active.append(row)
    book.save(path)
    with pytest.raises(InputError, match=r"l\.xlsx:3: label 'rihgt' is not one of right, wrong"):
        list(readers.read_labels(path))
    book.active["D1"] = "color"
    book.active["D2"] = "red"
    book.save(path)
    with pytest.raises(InputError, match=r"l\.xlsx:2: unknown key 'color'"):
        list(readers.read_labels(path))


def test_a_column_that_stands_twice_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "l.xlsx"
    book = openpyxl.Workbook()
    for row in (["id", "label", None, "label", None], ["1", "right", None, "wrong", None]):
        book.active.append(row)
    book.save(path)
    with pytest.raises(InputError, match=r"l\.xlsx:1: the column 'label' stands 2 times in the header"):
        list(readers.read_labels(path))


def test_a_damaged_workbook_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "l.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.xml", "<no")
    with pytest.raises(InputError, match=r"l\.xlsx: the workbook cannot be read: ") as caught:
        list(readers.read_labels(path))
    assert "\n" not in str(caught.value)


def test_without_openpyxl_one_line_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "q.xlsx"
    write_sheet(path, [task("1")], TOOL.name)
    real = builtins.__import__

    def absent(name: str, *rest: Any) -> Any:
        if name.startswith("openpyxl"):
            raise ImportError("No module named 'openpyxl'")
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", absent)
    for use in (lambda: list(readers.read_labels(path)), lambda: write_sheet(path, [task("1")], TOOL.name)):
        with pytest.raises(MissingExtra, match=r"pip install 'judgekit-certified\[excel\]'"):
            use()
