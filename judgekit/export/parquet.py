"""A run as a Parquet file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from pyarrow.parquet import ParquetWriter

from judgekit.export.table import SCHEMA, rows
from judgekit.frames.schemas import Row, batches
from judgekit.runs.atomic import replacing_bytes
from judgekit.runs.folder import RunFolder

_GROUP = 8192
"""Rows of a row group: enough to compress well, few enough to hold."""


def write(run: RunFolder, out: Path) -> None:
    """Write the table of a run."""
    with replacing_bytes(out) as file:
        write_table(rows(run), file)


def write_table(found: Iterator[Row], file: BinaryIO) -> None:
    """Write rows of :data:`judgekit.export.table.SCHEMA`."""
    with ParquetWriter(file, SCHEMA, compression="zstd") as writer:
        for batch in batches(found, SCHEMA, _GROUP):
            writer.write_batch(batch)
