"""Joins the columns of one big JSON object, each a dict or list of index -> value, loading none of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from judgekit.readers.files.jsonfile import Cursor

Keys = tuple[str, ...]


def outline(file: BinaryIO, path: Path, depth: int = 2) -> dict[Keys, int]:
    """Byte offsets of all values at ``depth`` (or above it, where there is nothing deeper).

    Reads the whole file once, so that a broken one is refused before anything of it is used.
    """
    found: dict[Keys, int] = {}
    cursor = Cursor(file, path)
    _outline(cursor, depth, (), found)
    cursor.finish()
    return found


def _outline(cursor: Cursor, depth: int, keys: Keys, found: dict[Keys, int]) -> None:
    if len(keys) == depth or (keys and cursor.peek() != "{"):
        found[keys] = cursor.offset
        cursor.skip(1)
        return
    for key in cursor.fields():
        _outline(cursor, depth, (*keys, key), found)


class Column:
    """One column, read in step with others.

    Values asked for out of order are held until they are asked for; in the usual case, where all columns have
    the same order, nothing is held.
    """

    def __init__(self, file: BinaryIO, path: Path, keys: Keys, offset: int) -> None:
        self.keys = keys
        self._cursor = Cursor(file, path, offset, keys)
        self._ahead: Iterator[tuple[str, Any]] = self._rows()
        self._held: dict[str, Any] = {}

    def _rows(self) -> Iterator[tuple[str, Any]]:
        for key in self._cursor.children():
            yield key, self._cursor.value()

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        return self._ahead

    def place(self, index: str) -> str:
        """The key path of one value, for messages."""
        return ".".join((*self.keys, index))

    def get(self, index: str) -> Any:
        """The value at an index, None where there is none."""
        if index in self._held:
            return self._held.pop(index)
        for key, value in self._ahead:
            if key == index:
                return value
            self._held[key] = value
        return None
