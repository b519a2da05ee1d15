"""Rows found in what is left of a store, page by page: SQLite itself gives up where a page that leads to others is bad.

Every page of rows is looked at by itself, in the file and in its write-ahead log, after "Database File Format"
(https://www.sqlite.org/fileformat2.html). A row's digest says whether it was found whole; so that nothing else has to
be believed of the file.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from judgekit.runs.schema import COLUMNS, PAGE, digest

Row = tuple[object, ...]
Found = tuple[str, Row]
"""A table, and the columns of a row of it without the digest."""

_WAL_HEADER, _FRAME_HEADER = 32, 24
FRAME = _FRAME_HEADER + PAGE
"""Bytes of a page in a write-ahead log, with what stands before it."""
_ROWS, _ENTRIES, _ENTRIES_ABOVE = 13, 10, 2
"""Kinds of pages that hold records: those of tables, those of tables without row ids, and those above these."""


class Pages:
    """The pages of a store's file, and those in its write-ahead log.

    Parameters
    ----------
    path : Path
        The store.
    log : bytes
        The log, as it was before SQLite took it in.
    """

    def __init__(self, path: Path, log: bytes) -> None:
        self._file = path.open("rb") if path.is_file() else None
        self._count = -(-path.stat().st_size // PAGE) if self._file else 0
        starts = range(_WAL_HEADER, len(log) - _FRAME_HEADER, FRAME)
        self.logged = [
            (int.from_bytes(log[at : at + 4], "big"), _page(log[at + _FRAME_HEADER : at + FRAME]))
            for at in starts
        ]
        self._newest = dict(self.logged)
        self.size = PAGE * (self._count + len(self._newest))

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()

    def filed(self) -> Iterator[tuple[int, bytes]]:
        """Number and content of every page of the file."""
        for number in range(1, self._count + 1):
            yield number, self._filed(number)

    def read(self, number: int) -> bytes:
        """The newest content of a page."""
        return self._newest.get(number) or self._filed(number)

    def _filed(self, number: int) -> bytes:
        if self._file is None or not 0 < number <= self._count:
            raise ValueError("no such page")
        self._file.seek((number - 1) * PAGE)
        return _page(self._file.read(PAGE))


def joined(first: bytes, second: bytes) -> bytes:
    """Two write-ahead logs as one, the later one last."""
    if not first or not second:
        return first or second
    return first + bytes((_WAL_HEADER - len(first)) % FRAME) + second[_WAL_HEADER:]


def _page(found: bytes) -> bytes:
    """A page, the last one of a file that ends too early filled up: it may hold whole rows."""
    return found.ljust(PAGE, b"\0")


def whole(row: Sequence[object]) -> Found | None:
    """The table of a row whose digest is right."""
    for table, columns in COLUMNS.items():
        if len(row) == len(columns) + 1:
            values = _as_stored(table, row[:-1])
            if row[-1] == digest(table, *values):
                return table, values
    return None


def before_digests(row: Sequence[object]) -> Found | None:
    """The table of a row of version 1 or 2, by its form."""
    texts = [isinstance(value, str) for value in row]
    if len(row) in (4, 5) and all(texts[:4]) and isinstance(_decoded(row[3]), dict):
        return ("attempts", tuple(row)) if len(row) == 4 else ("answers", tuple(row))
    whole_numbers = len(row) in (4, 5) and all(isinstance(row[place], int) for place in (1, 3))
    if whole_numbers and texts[0] and all(isinstance(value, int | float) for value in row[1:]):
        return "spent", _as_stored("spent", [*row, 0.0][:5])
    if len(row) == 2 and all(texts) and _decoded(row[1]) is not None:
        return "state", tuple(row)
    return None


def damaged_key(table: str, row: Sequence[object]) -> str | None:
    """The key of a row of ``answers`` or ``state`` whose digest is wrong; None for what is of no such form."""
    texts = [isinstance(value, str) for value in row]
    if len(row) != len(COLUMNS[table]) + 1 or not all(texts[:2]):
        return None
    return str(row[0])


def records(pages: Iterable[tuple[int, bytes]], source: Pages) -> Iterator[Row]:
    """Every record that can be read on pages of rows.

    Parameters
    ----------
    pages : iterable
        Numbers and contents.
    source : Pages
        Where a long record goes on.
    """
    for number, page in pages:
        start = 100 if number == 1 else 0
        kind = page[start]
        if kind not in (_ROWS, _ENTRIES, _ENTRIES_ABOVE):
            continue
        head = start + (12 if kind == _ENTRIES_ABOVE else 8)
        count = int.from_bytes(page[start + 3 : start + 5], "big")
        for at in range(head, min(head + 2 * count, PAGE - 1), 2):
            with suppress(ValueError, IndexError):
                yield _record(_payload(page, int.from_bytes(page[at : at + 2], "big"), kind, source))


def _payload(page: bytes, at: int, kind: int, source: Pages) -> bytes:
    """The bytes of a record; a long one goes on at other pages."""
    if kind == _ENTRIES_ABOVE:
        at += 4
    size, at = _number(page, at)
    if kind == _ROWS:
        _, at = _number(page, at)
    most = PAGE - 35 if kind == _ROWS else (PAGE - 12) * 64 // 255 - 23
    local = size
    if size > most:
        least = (PAGE - 12) * 32 // 255 - 23
        local = least + (size - least) % (PAGE - 4)
        local = local if local <= most else least
    if size > source.size or at + local > PAGE:
        raise ValueError("not a record")
    parts, left = [page[at : at + local]], size - local
    after = int.from_bytes(page[at + local : at + local + 4], "big")
    while left > 0:
        more = source.read(after)
        parts.append(more[4 : 4 + left])
        left -= PAGE - 4
        after = int.from_bytes(more[:4], "big")
    return b"".join(parts)


def _record(payload: bytes) -> Row:
    """The columns of a record."""
    end, at = _number(payload, 0)
    kinds = []
    while at < end:
        kind, at = _number(payload, at)
        kinds.append(kind)
    values: list[object] = []
    at = end
    for kind in kinds:
        size = (0, 1, 2, 3, 4, 6, 8, 8, 0, 0)[kind] if kind < 10 else (kind - 12) // 2
        data = payload[at : at + size]
        if kind in (10, 11) or len(data) < size:
            raise ValueError("not a record")
        values.append(_value(kind, data))
        at += size
    return tuple(values)


def _value(kind: int, data: bytes) -> object:
    if kind == 0:
        return None
    if kind == 7:
        return struct.unpack(">d", data)[0]
    if kind in (8, 9):
        return kind - 8
    if kind < 7:
        return int.from_bytes(data, "big", signed=True)
    return data.decode() if kind % 2 else data


def _number(data: bytes, at: int) -> tuple[int, int]:
    """A number of one to nine bytes, and where it ends."""
    value = 0
    for place in range(8):
        byte = data[at + place]
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, at + place + 1
    return value << 8 | data[at + 8], at + 9


def _as_stored(table: str, values: Sequence[object]) -> Row:
    """Dollars as floats: SQLite writes whole ones down as integers."""
    if table != "spent":
        return tuple(values)
    return tuple(
        float(value) if place in (2, 4) and isinstance(value, int) else value
        for place, value in enumerate(values)
    )


def _decoded(text: object) -> object:
    """What a text of JSON says; None where it is none."""
    try:
        return json.loads(str(text))
    except (ValueError, RecursionError):
        return None
