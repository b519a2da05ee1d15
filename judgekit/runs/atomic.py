"""Files that appear whole or not at all, with the same bytes on every system."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, BinaryIO

PART = ".part"
"""Ending of what is not finished."""


def create(path: Path) -> IO[str]:
    """Open a file to write: UTF-8, and line ends as written (Windows would make each ``\\n`` two bytes)."""
    return path.open("w", encoding="utf-8", newline="")


@contextmanager
def replacing(path: Path) -> Iterator[IO[str]]:
    """Open a file that takes the place of ``path`` once everything is written.

    Where that fails, what was there before stays, and nothing half-written is left behind. What is no file, such as
    ``/dev/stdout``, is written to as it is.

    Parameters
    ----------
    path : Path
        The file; until it is whole its name ends in ``.part``. A link stays one: the file that it leads to is replaced.

    Raises
    ------
    OSError
        It cannot be written; the error names ``path``.
    """
    with _moved_at_end(path) as part, create(part) as file:
        yield file
        synced(file)


@contextmanager
def replacing_bytes(path: Path) -> Iterator[BinaryIO]:
    """The same for a file of bytes."""
    with _moved_at_end(path) as part, part.open("wb") as file:
        yield file
        synced(file)


def synced(file: IO[Any]) -> None:
    """Have the system write an open file now: after a power cut an empty one could be in the old one's place."""
    file.flush()
    if stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        os.fsync(file.fileno())


@contextmanager
def _moved_at_end(path: Path) -> Iterator[Path]:
    whole = Path(os.path.realpath(path))
    is_stream = path.exists() and not path.is_file()
    part = path if is_stream else whole.with_name(whole.name + PART)
    try:
        yield part
        if not is_stream:
            part.replace(whole)  # after closing: Windows moves no open file
    except BaseException as error:
        if not is_stream:
            with suppress(OSError):  # what failed first is what is said
                part.unlink()
        if isinstance(error, OSError) and error.filename in (None, str(part)):
            error.filename, error.filename2 = str(path), None  # a full disk does not say which file it was
        raise
