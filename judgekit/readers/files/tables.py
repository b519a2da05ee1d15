"""Tables of delimited text (CSV, TSV, or with semicolons, as spreadsheets of many countries write them), row by row."""

from __future__ import annotations

import codecs
import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from judgekit.documents import LARGEST
from judgekit.documents.lines import numbered, opened
from judgekit.errors import InputError
from judgekit.readers.files.jsonfile import FIRST_LINE

_DELIMITERS = ",\t;"


def table(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Rows of a table with a header, with the 1-based line on which each ends.

    Cells are separated by what cuts the header into most: a comma, a tab or a semicolon.

    Raises
    ------
    InputError
        Not UTF-8, no header, a column's name twice, a row with more or fewer cells than the header, or
        a line or a cell that is too long.
    """
    with opened(path) as file:
        yield from table_of(file, path)


def table_of(file: BinaryIO, path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """The same of a file that is open."""
    csv.field_size_limit(LARGEST)
    file.seek(0)
    delimiter = _delimiter(file.readline(FIRST_LINE))
    file.seek(0)
    text = codecs.iterdecode((raw for _, raw in numbered(file, path)), "utf-8-sig")
    reader = csv.DictReader(text, strict=True, restval="\0", restkey="\0", delimiter=delimiter)
    try:
        no_name_twice(reader.fieldnames or (), path)
        for row in reader:
            cells = len(row) + len(row.get("\0", ())) - ("\0" in row)
            missing = sum(cell == "\0" for cell in row.values())
            if "\0" in row or missing:
                raise InputError(
                    f"expected {len(reader.fieldnames or ())} cells as in the header, found {cells - missing}",
                    path=path,
                    row=reader.line_num,
                )
            yield reader.line_num, row
    except UnicodeDecodeError as error:
        raise InputError(
            f"not UTF-8 ({error.reason}); save the file as UTF-8", path=path, row=reader.line_num + 1
        ) from None
    except csv.Error as error:
        said = str(error)
        if "field limit" in said:
            said = f"a cell is longer than {LARGEST >> 20} MB; does a quotation mark have no end?"
        raise InputError(f"malformed CSV: {said}", path=path, row=reader.line_num) from None


def _delimiter(header: bytes) -> str:
    text = header.decode("utf-8-sig", "replace").splitlines()[:1]
    return max(_DELIMITERS, key=lambda one: len(next(csv.reader(text, delimiter=one), ())))


def no_name_twice(names: Sequence[str], path: Path) -> None:
    """Refuse a header in which a name stands twice; empty names do not count."""
    name, count = max(Counter(filter(None, names)).items(), key=lambda one: one[1], default=("", 0))
    if count > 1:
        raise InputError(f"the column '{name}' stands {count} times in the header", path=path, row=1)
