"""Text files that appear whole or not at all, with the same bytes on every system."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
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

    Parameters
    ----------
    path : Path
        The file; until then its name ends in ``.part``, and what was there before stays. Where writing fails, nothing
        half-written is left.
    """
    with _moved_at_end(path) as part, create(part) as file:
        yield file
        _synced(file)


@contextmanager
def replacing_bytes(path: Path) -> Iterator[BinaryIO]:
    """The same for a file of bytes."""
    with _moved_at_end(path) as part, part.open("wb") as file:
        yield file
        _synced(file)


def _synced(file: IO[Any]) -> None:
    """Have the system write a file now, or a power cut right after could leave an empty one in the old one's place."""
    file.flush()
    os.fsync(file.fileno())


@contextmanager
def _moved_at_end(path: Path) -> Iterator[Path]:
    part = path.with_name(path.name + PART)
    try:
        yield part
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    part.replace(path)  # after closing: Windows moves no open file
