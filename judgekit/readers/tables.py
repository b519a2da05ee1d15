"""CSV tables, row by row."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator
from pathlib import Path

from judgekit.errors import InputError
from judgekit.readers.jsonfile import opened


def table(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Rows of a CSV file with a header, with the 1-based line on which each ends.

    Raises
    ------
    InputError : not UTF-8, no header, or a row with more or fewer cells than the header.
    """
    with opened(path) as file:
        reader = csv.DictReader(codecs.iterdecode(file, "utf-8-sig"), strict=True, restval="\0", restkey="\0")
        try:
            if reader.fieldnames and len(reader.fieldnames) == 1 and ";" in reader.fieldnames[0]:
                raise InputError(
                    "cells are separated by semicolons; save the table with commas", path=path, row=1
                )
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
            raise InputError(f"malformed CSV: {error}", path=path, row=reader.line_num) from None
