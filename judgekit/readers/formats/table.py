"""Tables of any columns (CSV, TSV, Parquet, Arrow, JSON, JSONL), with a map that says which column is what.

The map says which column holds which field of an item; a field without an entry is read from the column of its own
name, if there is one; other columns are not read. ``question`` and ``output`` must be there; without ``id`` the row's
place is the id. A ``setting`` is joined to the method where the map names its column, else only where its text reads as
settings: a column may be called so for another reason. A JSON table is a list of objects, or an object of columns as
pandas writes it.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from judgekit.documents.lines import opened
from judgekit.errors import ConfigError, InputError
from judgekit.readers.base import Counts, Format, Head, Place, Row, Source, whole
from judgekit.readers.files.columnar import columnar, is_columnar
from judgekit.readers.files.columns import Column, outline
from judgekit.readers.files.jsonfile import Cursor, first_character, first_row, rows_of
from judgekit.readers.files.tables import table_of
from judgekit.readers.settings import is_number, is_settings
from judgekit.records import Item

FIELDS = (
    "id",
    "question_id",
    "question",
    "probe",
    "reference",
    "references",
    "output",
    "outputs",
    "model",
    "method",
    "setting",
    "split",
)
_SINGULAR = {"references": "reference", "outputs": "output"}
_NEEDED = ("id", "question", "output", "outputs")
_BLANK = ("", "nan", "NaN")
"""What a cell of delimited text says where a value is missing; such a table cannot tell that from an empty text."""


def items(source: Source, rows: Iterable[tuple[Place, Row]], blank: Collection[str] = ()) -> Iterator[Item]:
    """Items of a table's rows by the source's column map.

    Parameters
    ----------
    source : Source
        Its ``columns``: item field -> column.
    rows : iterable of (place, row)
        The first row has all columns.
    blank : collection of str
        Texts that say that a value is missing, beside null and NaN.

    Raises
    ------
    ConfigError
        The map names a field or a column that does not exist, or a setting beside the caller's own
        method; or a column is not told.
    InputError
        A value that is needed is missing, or is no text.
    """
    unknown = sorted(set(source.columns) - set(FIELDS))
    if unknown:
        raise ConfigError(f"unknown item field '{unknown[0]}' in the column map; known: {', '.join(FIELDS)}")
    if "setting" in source.columns and source.method is not None:
        raise ConfigError(
            f"{source.path}: the method is said to be '{source.method}', so that no setting is joined to it; say one "
            "of them, or map the column of the method (--columns method=…)"
        )
    columns: dict[str, str] = {}
    counts = Counts(source, "table")
    for number, (place, row) in enumerate(rows):
        columns = columns or _columns(source, row)
        found = {
            field: _value(field, column, row.get(column), blank, source.path, place)
            for field, column in columns.items()
        }
        fields = {"id": str(number)} | {key: value for key, value in found.items() if value is not None}
        setting = fields.pop("setting", "")
        if "setting" in source.columns and is_number(setting):
            setting = f"{columns['setting']}={setting}"
        if "setting" in source.columns or is_settings(setting):
            fields["setting"] = setting
        item = source.item(place, **{"split": "", **fields})
        counts.check(len(item.outputs), place)
        yield item


def _columns(source: Source, row: Row) -> dict[str, str]:
    """Item field -> column, checked against the first row."""
    columns = {field: field for field in FIELDS if field in row} | dict(source.columns)
    there = ", ".join(map(str, row))
    for field, column in columns.items():
        if column not in row:
            near = difflib.get_close_matches(column, map(str, row), 1)
            meant = f"did you mean '{near[0]}'? " if near else ""
            raise ConfigError(f"{source.path}: no column '{column}' for {field}; {meant}columns: {there}")
    for many, one in _SINGULAR.items():
        if many in columns and one in columns:
            columns.pop(many if one in source.columns else one)
    for field in ("question", "output"):
        if field not in columns and not (field == "output" and "outputs" in columns):
            raise ConfigError(
                f"{source.path}: which column is the {field}? columns: {there}; "
                f"map it, for example --columns {field}={next(iter(row), 'name')}"
            )
    return columns


def _value(field: str, column: str, value: Any, blank: Collection[str], path: Path, place: Place) -> Any:
    """A field of an item; None where an optional one is missing."""
    if field in _SINGULAR:
        several = value if isinstance(value, list | tuple) else [value]
        texts = [_text(field, column, one, blank, path, place) for one in several]
        return [text for text in texts if text is not None] or None
    return _text(field, column, value, blank, path, place)


def _text(
    field: str, column: str, value: Any, blank: Collection[str], path: Path, place: Place
) -> str | None:
    what = f"column '{column}' ({field})"
    if value is None or (isinstance(value, float) and math.isnan(value)) or value in blank:
        if field not in _NEEDED:
            return None
        found = "empty" if value in (None, "") else f"'{value}'" if isinstance(value, str) else "NaN"
        hint = "; a text that is meant so can be told in JSONL or Parquet" if value in blank else ""
        raise InputError(f"{what} is {found}: a row needs a value there{hint}", path=path, row=place)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        hint = f"; lists go to --columns {field}s={column}" if f"{field}s" in _SINGULAR else ""
        raise InputError(f"{what}: expected a text, found {type(value).__name__}{hint}", path=path, row=place)
    return whole(str(value))


def read_table(source: Source) -> Iterator[Item]:
    """The items of a file that is a table, whatever its kind."""
    path = source.path
    with opened(path) as file:
        if is_columnar(file):
            yield from items(source, columnar(file, path))
            return
        first = first_character(file)
        if first == b"[" or (first == b"{" and not _has_columns(file, path)):
            yield from items(source, rows_of(file, path, finite=False))
        elif first == b"{":
            yield from items(source, _joined(file, path))
        else:
            yield from items(source, table_of(file, path), _BLANK)


def _has_columns(file: BinaryIO, path: Path) -> bool:
    """Whether a JSON object holds whole columns; else it is the first of several rows, one a line."""
    row = first_row(file, path, finite=False)
    return row is None or all(isinstance(value, list | dict) for value in row.values())


def _joined(file: BinaryIO, path: Path) -> Iterator[tuple[Place, Row]]:
    """Rows of a JSON object of columns, each a list or index -> value."""
    found = {keys: at for keys, at in outline(file, path, depth=1).items() if _is_column(file, path, at)}
    if not found:
        raise InputError("expected a table: a list of objects, or columns of values", path=path)
    (first, at), *others = found.items()
    lead = Column(file, path, first, at)
    columns = {keys[0]: Column(file, path, keys, at) for keys, at in others}
    for index, value in lead:
        yield index, {first[0]: value, **{name: column.get(index) for name, column in columns.items()}}


def _is_column(file: BinaryIO, path: Path, at: int) -> bool:
    return Cursor(file, path, at).peek() in ("{", "[")


def _matches(head: Head) -> bool:
    there = set(head.row)
    is_table = head.kind in ("table", "list", "lines")
    return is_table and "question" in there and bool(there & {"output", "outputs"})


FORMAT = Format(
    "table",
    "any table (CSV, TSV, Parquet, Arrow, JSON, JSONL) with a column map, or columns question and output",
    _matches,
    read_table,
)
