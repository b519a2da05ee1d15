"""JSON and JSONL of any size, read with bounded memory: a cursor over one JSON text, and lines of JSON.

A row is decoded whole, a file never is. Whatever is wrong becomes one :class:`InputError` with the line
(JSONL) or the key path (JSON) at which it was seen. Numbers must be finite: ``NaN`` and ``Infinity``, which
Python's ``json`` writes, are refused, unless the caller looks at numbers itself (``finite=False``).
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from judgekit.documents import LARGEST
from judgekit.documents.jsontext import BLANKS, MOST, Undecodable, is_too_much, lowered, scan
from judgekit.documents.lines import decode_row, lines_of, opened, told
from judgekit.documents.lines import lines as lines
from judgekit.errors import InputError

CHUNK = 1 << 16
FIRST_LINE = 1 << 22
"""Bytes within which the first row of a JSONL file is expected to end."""
_NEAR_END = 12
"""Characters from the end within which a syntax error may mean that a token goes on in the next chunk."""


def first_character(file: BinaryIO) -> bytes:
    """The first character that is not blank, by which JSON is told from a table; empty where there is none."""
    file.seek(0)
    return file.read(64).lstrip(b"\xef\xbb\xbf \t\r\n")[:1]


class Cursor:
    """A place in a JSON text, moved forward by reading values.

    Parameters
    ----------
    file : BinaryIO
        Binary file of UTF-8 JSON.
    path : Path
        Its name in messages.
    offset : int
        Byte at which to start, as given by :attr:`offset` of another cursor on the file.
    keys : tuple[str, ...]
        Key path that leads to this place, for messages.
    finite : bool
        Refuse numbers that are not.
    """

    def __init__(
        self,
        file: BinaryIO,
        path: Path,
        offset: int = 0,
        keys: tuple[str, ...] = (),
        *,
        finite: bool = True,
    ) -> None:
        self._file, self._path, self._keys = file, path, list(keys)
        self._finite = finite
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._text, self._at, self._ended = "", 0, False
        self._bytes_before = self._read_to = offset
        if offset == 0 and self.peek() == "\ufeff":
            self._at = 1

    @property
    def offset(self) -> int:
        """Byte offset of the next value."""
        self.peek()
        return self._bytes_before + len(self._text[: self._at].encode())

    def error(self, what: str, *keys: str) -> InputError:
        """An error at this place."""
        return InputError(what, path=self._path, row=".".join([*self._keys, *keys]) or None)

    def peek(self) -> str:
        """The next character that is not blank; empty at the end of the file."""
        while True:
            while self._at < len(self._text) and self._text[self._at] in BLANKS:
                self._at += 1
            if self._at < len(self._text) or self._ended:
                return self._text[self._at : self._at + 1]
            self._more()

    def value(self) -> Any:
        """Decode the next value whole.

        Raises
        ------
        InputError
            It is no JSON, ends early, or holds a number that is not finite.
        """
        if not self.peek():
            raise self.error("the file ends where a value was expected (cut off?)")
        while True:
            try:
                value, end = scan(self._text, self._at, finite=self._finite)
            except json.JSONDecodeError as error:
                if not self._may_go_on(error):
                    raise self._malformed(error) from None
            except Undecodable as error:
                raise self.error(error.what, *error.keys) from None
            else:
                if end + 2 < len(self._text) or self._ended:  # else a number may go on: 1 | 1. | 1e+
                    self._at = end
                    return value
            self._more()

    def children(self) -> Iterator[str]:
        """Step through an object's keys or a list's indices; read or skip each value before the next step."""
        opening = self.peek()
        if opening not in ("{", "["):
            raise self.error(f"expected an object or a list, found {told(self.value())}")
        closing = "}" if opening == "{" else "]"
        self._at += 1
        index = 0
        while self.peek() != closing:
            if index:
                self._take(",", closing)
            key = str(index)
            if opening == "{":
                if self.peek() != '"':
                    raise self._cut() if not self.peek() else self.error("expected a key in double quotes")
                key = str(self.value())
                self._take(":")
            self._keys.append(key)
            yield key
            self._keys.pop()
            index += 1
        self._at += 1

    def fields(self) -> Iterator[str]:
        """The same of an object of few keys, each of which it must have once."""
        seen: set[str] = set()
        for key in self.children():
            if key in seen:
                raise self.error("stands twice; nobody knows which is meant")
            seen.add(key)
            yield key

    def skip(self, depth: int = 0) -> None:
        """Read past the next value, ``depth`` levels of it piece by piece, checking that it is sound."""
        if depth and self.peek() in ("{", "["):
            for _ in self.children():
                self.skip(depth - 1)
        else:
            self.value()

    def finish(self) -> None:
        """Check that nothing follows."""
        if self.peek():
            raise self.error("expected the end of the file, found more after the first value")

    def _take(self, *wanted: str) -> None:
        found = self.peek()
        if not found:
            raise self._cut()
        if found != wanted[0]:
            raise self.error(f"malformed JSON: expected '{' or '.join(wanted)}', found '{found}'")
        self._at += 1

    def _cut(self) -> InputError:
        return self.error("the file ends in the middle of a value (cut off?)")

    def _may_go_on(self, error: json.JSONDecodeError) -> bool:
        near_end = error.pos >= len(self._text) - _NEAR_END or error.msg.startswith("Unterminated")
        return near_end and not self._ended

    def _malformed(self, error: json.JSONDecodeError) -> InputError:
        if error.msg.startswith("Unterminated") or not self._text[error.pos :].strip():
            return self._cut()
        found = self._text[error.pos : error.pos + 20]
        return self.error(f"malformed JSON: {lowered(error.msg)} at {found!r}")

    def _more(self) -> None:
        """Drop what was read, append the next chunk (doubled while one value goes on: decoding stays linear)."""
        self._bytes_before += len(self._text[: self._at].encode())
        self._text, self._at = self._text[self._at :], 0
        if len(self._text) > LARGEST:
            raise self.error(f"a value is longer than {LARGEST >> 20} MB")
        if is_too_much(self._text):
            raise self.error(f"one value holds more than {MOST:,}")
        self._file.seek(self._read_to)
        raw = self._file.read(max(CHUNK, len(self._text)))
        try:
            self._text += self._decoder.decode(raw, final=not raw)
        except UnicodeDecodeError as error:
            raise self.error(
                f"not UTF-8 near byte {self._read_to + error.start}; save the file as UTF-8"
            ) from None
        self._read_to += len(raw)
        self._ended = not raw


def first_row(file: BinaryIO, path: Path, *, finite: bool = True) -> dict[str, Any] | None:
    """The object on the first line, None where that line is not one whole object."""
    file.seek(0)
    raw = file.readline(FIRST_LINE)
    try:
        return decode_row(raw, path, 1, finite=finite)
    except InputError:
        return None


def rows(path: Path, *, finite: bool = True) -> Iterator[tuple[int, dict[str, Any]]]:
    """The objects of a JSON list (with 0-based index) or of a JSONL file (with 1-based line)."""
    with opened(path) as file:
        yield from rows_of(file, path, finite=finite)


def rows_of(file: BinaryIO, path: Path, *, finite: bool = True) -> Iterator[tuple[int, dict[str, Any]]]:
    """The same of a file that is open."""
    cursor = Cursor(file, path, finite=finite)
    if cursor.peek() != "[":
        yield from lines_of(file, path, finite=finite)
        return
    for key in cursor.children():
        row = cursor.value()
        if not isinstance(row, dict):
            raise cursor.error(f"expected an object, found {told(row)}")
        yield int(key), row
    cursor.finish()
