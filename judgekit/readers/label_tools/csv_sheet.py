"""A sheet as CSV: what every spreadsheet opens."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from judgekit.display import cell, uncell
from judgekit.errors import InputError
from judgekit.readers.base import Head, Place, Row
from judgekit.readers.files.tables import table
from judgekit.readers.label_tools import sheet
from judgekit.readers.label_tools.base import Asked, LabelTool


def _matches(head: Head) -> bool:
    return head.kind == "table" and {"id", "label"} <= head.row.keys() <= sheet.KNOWN


def rows(path: Path) -> Iterator[tuple[Place, Row | InputError]]:
    """Rows of a sheet with any columns; empty cells are None, and rows of which all cells are empty are none."""
    try:
        for place, row in table(path):
            cells = {key.strip(): uncell(value.strip()) or None for key, value in row.items()}
            if any(cells.values()):
                yield place, {key: value for key, value in cells.items() if key or value}
    except InputError as error:
        yield error.row if isinstance(error.row, int) else 0, error


def _write(items: Sequence[Asked]) -> Mapping[str, bytes]:
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(sheet.COLUMNS)
    for item in items:
        writer.writerow((*map(cell, sheet.cells(item)), *("" for _ in sheet.TO_FILL)))
    return {".csv": file.getvalue().encode()}


TOOL = LabelTool(
    "csv",
    "a sheet as CSV, for any spreadsheet",
    ".csv",
    _matches,
    rows,
    sheet.answers,
    _write,
    one_rubric=False,
)
