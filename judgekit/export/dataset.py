"""A run as a folder that ``datasets.load_dataset`` opens: a Parquet file and a card that says what it holds."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from judgekit.errors import InputError
from judgekit.export.card import Seen, card
from judgekit.export.parquet import write_table
from judgekit.export.table import rows
from judgekit.frames.schemas import Row
from judgekit.runs.atomic import PART, create
from judgekit.runs.folder import RunFolder

TABLE, CARD = "verdicts.parquet", "README.md"


def write(run: RunFolder, out: Path) -> None:
    """Write the folder aside, and move it to its place once it is whole; an earlier export there is replaced.

    Raises
    ------
    InputError
        Something else is at the place.
    """
    if out.exists() and not (out.is_dir() and {path.name for path in out.iterdir()} <= {TABLE, CARD}):
        raise InputError("something else than an exported data set is there; give another place", path=out)
    part = out.with_name(out.name + PART)
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir()
    try:
        seen = Seen()
        with (part / TABLE).open("wb") as file:
            write_table(_counted(rows(run), seen), file)
        with create(part / CARD) as text:
            text.write(card(run, seen, TABLE))
        if out.exists():
            shutil.rmtree(out)
        part.replace(out)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise


def _counted(found: Iterator[Row], seen: Seen) -> Iterator[Row]:
    for row in found:
        seen.count(row)
        yield row
