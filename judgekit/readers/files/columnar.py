"""Parquet and Arrow tables, batch by batch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from judgekit.errors import InputError

PARQUET, ARROW_FILE, ARROW_STREAM = b"PAR1", b"ARROW1", b"\xff\xff\xff\xff"
"""How files of these kinds begin."""
_ROWS = 256
"""Rows decoded at once."""


def is_columnar(file: BinaryIO) -> bool:
    """Whether a file is a Parquet or Arrow table, by its first bytes."""
    file.seek(0)
    return file.read(len(ARROW_FILE)).startswith((PARQUET, ARROW_FILE, ARROW_STREAM))


def columnar(file: BinaryIO, path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Rows with their 0-based index.

    Raises
    ------
    InputError
        The file is cut off or malformed.
    """
    yield from rows_of(_batches(file), path)


def rows_of(batches: Iterable[Any], path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """The rows of Arrow's record batches, with their 0-based index.

    Raises
    ------
    InputError
        A batch cannot be had, or holds what Python cannot.
    """
    import pyarrow

    index = 0
    try:
        for batch in batches:
            batch.validate(full=True)  # or what the file says of lengths and offsets leads anywhere in memory
            for start in range(0, batch.num_rows, _ROWS):
                for row in batch.slice(start, _ROWS).to_pylist():
                    yield index, row
                    index += 1
    except (pyarrow.ArrowException, OSError, UnicodeDecodeError) as error:  # of a column's name
        line = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise InputError(f"cannot be read as a table: {line}", path=path, row=index or None) from None


def _batches(file: BinaryIO) -> Iterator[Any]:
    import pyarrow

    file.seek(0)
    start = file.read(len(ARROW_FILE))
    file.seek(0)
    if start.startswith(PARQUET):
        from pyarrow import parquet

        yield from parquet.ParquetFile(file).iter_batches(batch_size=_ROWS)
    elif start == ARROW_FILE:
        reader = pyarrow.ipc.open_file(file)
        yield from (reader.get_batch(number) for number in range(reader.num_record_batches))
    else:
        yield from pyarrow.ipc.open_stream(file)
