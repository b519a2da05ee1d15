"""A sheet as an Excel workbook: labels from a drop-down list, and what they mean on a second sheet.

How texts stay texts, and what is cut of long ones: :mod:`judgekit.readers.files.cells`.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, time
from itertools import groupby
from pathlib import Path
from typing import Any

from judgekit.documents.lines import opened
from judgekit.errors import InputError
from judgekit.readers.base import Head, Place, Row
from judgekit.readers.files.cells import MOST, as_text, fitting, is_cut, unescaped, warn_of_cuts, workbooks
from judgekit.readers.files.tables import no_name_twice
from judgekit.readers.label_tools import sheet
from judgekit.readers.label_tools.base import LABEL, Asked, LabelTool

ITEMS, MEANINGS = "items", "labels"
"""The two sheets of a workbook."""
LARGEST = 1 << 29
"""Bytes of a workbook's parts, unpacked: a few kilobytes can be made to unpack to any number of them."""
COLUMNS = 256
"""Columns of a sheet that is read: far more than any tool writes, and Excel has 16,384, of which a row may hold one."""
_WIDTHS = {
    "question": 40,
    "reference": 40,
    "output": 60,
    "choices": 24,
    "definitions": 40,
    LABEL: 18,
    "note": 30,
}


def _matches(head: Head) -> bool:
    return head.kind == "archive" and "xl/workbook.xml" in head.keys


def _rows(path: Path) -> Iterator[tuple[Place, Row | InputError]]:
    openpyxl = workbooks()
    with opened(path) as file:
        try:
            _check(zipfile.ZipFile(file), path)
            book = openpyxl.load_workbook(file, read_only=True, data_only=True)
            found = book[ITEMS] if ITEMS in book.sheetnames else book.worksheets[0]
            found.reset_dimensions()  # what the sheet says of its own size
            header = [_value(cell) or "" for cell in next(found.iter_rows(max_row=1, values_only=True), ())]
            no_name_twice(header, path)
            if len(header) > COLUMNS:
                raise InputError(f"a sheet of labels has no more than {COLUMNS} columns", path=path, row=1)
            below = found.iter_rows(min_row=2, max_col=len(header) or 1, values_only=True)
            for place, row in enumerate(below, 2):
                cells = dict(zip(header, map(_value, row), strict=False))
                if any(cell is not None for cell in cells.values()):
                    yield place, {key: cell for key, cell in cells.items() if key}
        except InputError as error:
            yield 0, error
        except Exception as error:  # a damaged archive, XML or sheet may raise anything
            what = f"the workbook cannot be read: {str(error) or type(error).__name__}; save it again"
            yield 0, InputError(what, path=path)


def _check(archive: zipfile.ZipFile, path: Path) -> None:
    """Refuse a workbook whose parts are damaged, which openpyxl passes over, or too large to be held."""
    if sum(part.file_size for part in archive.infolist()) > LARGEST:
        raise InputError(f"the workbook holds more than {LARGEST >> 20} MB; save the sheet as CSV", path=path)
    if (part := archive.testzip()) is not None:
        raise InputError(f"the workbook is damaged (in {part}); save it again", path=path)


def _value(cell: object) -> str | None:
    """A cell as text, None where it is empty: whatever Excel made of what was typed."""
    if cell is None or isinstance(cell, str):
        return unescaped(cell).strip() or None if cell else None
    return cell.isoformat() if isinstance(cell, date | time) else str(cell)


def _write(items: Sequence[Asked]) -> Mapping[str, bytes]:
    if len(items) > MOST:
        raise InputError(
            f"a sheet of Excel holds {MOST:,} items, not {len(items):,}; ask for fewer with --items"
        )
    book = workbooks().Workbook()
    _fill(book.active, items)
    ranges = _define(book.create_sheet(MEANINGS), items)
    _offer(book.active, items, ranges)
    file = io.BytesIO()
    book.save(file)
    return {".xlsx": file.getvalue()}


def _fill(page: Any, items: Sequence[Asked]) -> None:
    from openpyxl.styles import Alignment

    page.title = ITEMS
    _row(page, 1, sheet.COLUMNS)
    cut = 0
    for at, item in enumerate(items, 2):
        texts = [fitting(text) for text in sheet.cells(item)]
        if any(is_cut(text) for text in texts[: len(sheet.NAMES)]):
            raise InputError(
                f"the name of item '{item.id[:40]}…' is longer than a cell of Excel holds; use --to csv"
            )
        cut += sum(is_cut(text) for text in texts)
        _row(page, at, texts, Alignment(wrap_text=True, vertical="top"))
    warn_of_cuts(cut, "The csv sheet holds them whole")
    _dress(page)


def _row(page: Any, at: int, texts: Sequence[str], alignment: Any = None) -> None:
    """Write texts as texts."""
    for column, text in enumerate(texts, 1):
        cell = as_text(page.cell(at, column, text))
        if alignment is not None:
            cell.alignment = alignment


def _dress(page: Any) -> None:
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    page.freeze_panes = "A2"
    for column, cell in enumerate(page[1], 1):
        cell.font = Font(bold=True)
        page.column_dimensions[get_column_letter(column)].width = _WIDTHS.get(cell.value, 12)


def _define(page: Any, items: Sequence[Asked]) -> dict[str, str]:
    """Fill the second sheet; rubric -> the cells there that hold its labels."""
    rows: list[tuple[str, str, str]] = []
    ranges: dict[str, str] = {}
    for item in items:
        if item.rubric not in ranges:
            first = len(rows) + 2
            rows += [(item.rubric, label, meaning) for label, meaning in item.meanings.items()]
            ranges[item.rubric] = f"{MEANINGS}!$B${first}:$B${len(rows) + 1}"
    for at, row in enumerate([("rubric", LABEL, "definitions"), *rows], 1):
        _row(page, at, [fitting(text) for text in row])
    _dress(page)
    return ranges


def _offer(page: Any, items: Sequence[Asked], ranges: Mapping[str, str]) -> None:
    """A drop-down list in the label's column, of the labels of each item's rubric."""
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    letter = get_column_letter(sheet.COLUMNS.index(LABEL) + 1)
    lists = {
        rubric: DataValidation("list", formula1=cells, allow_blank=True) for rubric, cells in ranges.items()
    }
    for offer in lists.values():
        offer.error, offer.errorTitle = "Choose one of the labels in the list.", "No such label"
        offer.showErrorMessage = True
        page.add_data_validation(offer)
    for rubric, run in groupby(enumerate(items, 2), key=lambda one: one[1].rubric):
        rows = [at for at, _ in run]
        lists[rubric].add(f"{letter}{rows[0]}:{letter}{rows[-1]}")


TOOL = LabelTool(
    "xlsx",
    "a sheet as an Excel workbook, with drop-down lists",
    ".xlsx",
    _matches,
    _rows,
    sheet.answers,
    _write,
    one_rubric=False,
)
