"""Text files that appear whole or not at all, with the same bytes on every system."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

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
        The file; until then its name ends in ``.part``, and what was there before stays.
    """
    part = path.with_name(path.name + PART)
    with create(part) as file:
        yield file
        file.flush()
        os.fsync(file.fileno())  # or a power cut right after could leave an empty file in the old one's place
    part.replace(path)  # after closing: Windows moves no open file
