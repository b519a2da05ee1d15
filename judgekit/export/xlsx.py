"""A run as an Excel workbook: texts stay texts, and what a cell cannot hold is cut and said."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from judgekit.errors import InputError
from judgekit.export.table import SCHEMA, rows
from judgekit.frames.schemas import Row
from judgekit.readers.files.cells import MOST, as_text, fitting, is_cut, warn_of_cuts, workbooks
from judgekit.runs.atomic import replacing_bytes
from judgekit.runs.folder import RunFolder

_SHEET = "verdicts"
_WIDTHS = {"question": 40, "references": 40, "outputs": 60, "reason": 40, "opinions": 50}


def write(run: RunFolder, out: Path) -> None:
    """Write the table of a run, row by row.

    Raises
    ------
    MissingExtra
        Openpyxl is not installed.
    InputError
        The run has more outputs than a sheet has rows.
    """
    book = workbooks().Workbook(write_only=True)  # cells go to a file as they come
    page = book.create_sheet(_SHEET)
    try:
        cut = _fill(page, run)
    except BaseException:
        page.close()
        raise
    with replacing_bytes(out) as file:
        book.save(file)
    warn_of_cuts(cut, "A Parquet file holds them whole")


def _fill(page: Any, run: RunFolder) -> int:
    """Write all rows; how many texts were cut."""
    _dress(page)
    page.append([_cell(page, name) for name in SCHEMA.names])
    cut = 0
    for number, row in enumerate(rows(run), 1):
        if number > MOST:
            raise InputError(
                f"a sheet of Excel holds {MOST:,} rows, and the run has more: use Parquet", path=run.path
            )
        cells = [_cell(page, _plain(name, row.get(name))) for name in SCHEMA.names]
        cut += sum(isinstance(cell.value, str) and is_cut(cell.value) for cell in cells)
        page.append(cells)
    return cut


def _dress(page: Any) -> None:
    from openpyxl.utils import get_column_letter

    page.freeze_panes = "A2"
    for column, name in enumerate(SCHEMA.names, 1):
        page.column_dimensions[get_column_letter(column)].width = _WIDTHS.get(name, 12)


def _cell(page: Any, value: str | float | None) -> Any:
    from openpyxl.cell import WriteOnlyCell

    if not isinstance(value, str):
        return WriteOnlyCell(page, value)
    return as_text(WriteOnlyCell(page, fitting(value)))


def _plain(name: str, value: Any) -> str | float | None:
    """A value as one cell; of several texts each on a line."""
    if name == "opinions":
        return "\n".join(_said(value))
    if isinstance(value, list | tuple):
        return "\n".join(value)
    found: str | float | None = value
    return found


def _said(opinions: list[Row]) -> Iterator[str]:
    """A line for each judge: its labels with their probabilities, or why it gave none."""
    tiers: dict[str, list[str]] = {}
    for one in opinions:
        said = f"{one['label']} {one['probability']:.2f}" if "label" in one else str(one.get("reason"))
        tiers.setdefault(one["tier"], []).append(said)
    for tier, parts in tiers.items():
        yield f"{tier}: {', '.join(parts)}"
