"""JSON and JSONL of any size, read with bounded memory: a cursor over one JSON text, and lines of JSON.

A row is decoded whole, a file never is. Whatever is wrong becomes one :class:`InputError` with the line
(JSONL) or the key path (JSON) at which it was seen. Numbers must be finite: ``NaN`` and ``Infinity``, which
Python's ``json`` writes, are refused, unless the caller looks at numbers itself (``finite=False``).
"""

from __future__ import annotations

import codecs
import json
import math
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

from judgekit.errors import InputError

CHUNK = 1 << 16
FIRST_LINE = 1 << 22
"""Bytes within which the first row of a JSONL file is expected to end."""
LONGEST = 1 << 26
"""Bytes of the longest line, cell or JSON value that is read: a row is held whole, so its length must have an end."""
_BLANKS = " \t\r\n"
_NEAR_END = 12
"""Characters from the end within which a syntax error may mean that a token goes on in the next chunk."""


class NotFinite(ValueError):
    """A number that is NaN or infinite."""


def _constant(text: str) -> NoReturn:
    raise NotFinite(f"found {text}, expected a finite number (or null where there is none)")


def _float(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        _constant(text)
    return value


_STRICT = json.JSONDecoder(parse_constant=_constant, parse_float=_float)
_LENIENT = json.JSONDecoder()


def _path_of_not_finite(value: Any) -> list[str]:
    """The keys that lead to the first number of a decoded value that is not finite."""
    children = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for key, child in children:
        if isinstance(child, float) and not math.isfinite(child):
            return [str(key)]
        if inner := _path_of_not_finite(child):
            return [str(key), *inner]
    return []


@contextmanager
def opened(path: Path) -> Iterator[BufferedReader]:
    """A file opened for reading bytes; a missing or unreadable one is an :class:`InputError`."""
    try:
        file = path.open("rb")
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror or error}", path=path) from None
    with file:
        yield file


def first_character(file: BinaryIO) -> bytes:
    """The first character that is not blank, by which JSON is told from a table; empty where there is none."""
    file.seek(0)
    return file.read(64).lstrip(b"\xef\xbb\xbf \t\r\n")[:1]


def numbered(file: BinaryIO, path: Path) -> Iterator[tuple[int, bytes]]:
    """The lines of a file with their 1-based numbers.

    Raises
    ------
    InputError
        A line is longer than :data:`LONGEST`.
    """
    line = 0
    while raw := file.readline(LONGEST + 1):
        line += 1
        if len(raw) > LONGEST:
            raise InputError(
                f"the line is longer than {LONGEST >> 20} MB; is the file cut into lines, one row each?",
                path=path,
                row=line,
            )
        yield line, raw


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
        self._decode = (_STRICT if finite else _LENIENT).raw_decode
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
            while self._at < len(self._text) and self._text[self._at] in _BLANKS:
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
                value, end = self._decode(self._text, self._at)
            except json.JSONDecodeError as error:
                if not self._may_go_on(error):
                    raise self._malformed(error) from None
            except NotFinite as error:
                try:
                    where = _path_of_not_finite(_LENIENT.raw_decode(self._text, self._at)[0])
                except json.JSONDecodeError:
                    where = []
                    if not self._ended:
                        self._more()
                        continue
                raise self.error(str(error), *where) from None
            except (ValueError, RecursionError) as error:
                raise self.error(f"cannot be decoded: {error}") from None
            else:
                if end + 2 < len(self._text) or self._ended:  # else a number may go on: 1 | 1. | 1e+
                    self._at = end
                    return value
            self._more()

    def children(self) -> Iterator[str]:
        """Step through an object's keys or a list's indices; read or skip each value before the next step."""
        opening = self.peek()
        if opening not in ("{", "["):
            raise self.error(f"expected an object or a list, found {_told(self.value())}")
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
        return self.error(f"malformed JSON: {error.msg[:1].lower()}{error.msg[1:]} at {found!r}")

    def _more(self) -> None:
        """Drop what was read, append the next chunk (doubled while one value goes on: decoding stays linear)."""
        self._bytes_before += len(self._text[: self._at].encode())
        self._text, self._at = self._text[self._at :], 0
        if len(self._text) > LONGEST:
            raise self.error(f"a value is longer than {LONGEST >> 20} MB")
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


def _told(value: Any) -> str:
    names = {dict: "an object", list: "a list", str: "a text", bool: "a boolean", type(None): "null"}
    return names.get(type(value), "a number")


def decode_row(raw: bytes, path: Path, line: int, *, finite: bool = True) -> dict[str, Any]:
    """Decode one line of JSONL, which must be an object."""
    try:
        text = raw.decode("utf-8-sig" if line == 1 else "utf-8")
        row = (_STRICT if finite else _LENIENT).decode(text.strip(_BLANKS))
    except UnicodeDecodeError as error:
        raise InputError(
            f"not UTF-8 at byte {error.start} of the line; save the file as UTF-8", path=path, row=line
        ) from None
    except json.JSONDecodeError as error:
        cut = "" if raw.endswith(b"\n") else " (cut off?)"
        raise InputError(
            f"expected a JSON object a line: {error.msg[:1].lower()}{error.msg[1:]}, column {error.colno}{cut}",
            path=path,
            row=line,
        ) from None
    except NotFinite as error:
        where = ".".join(_path_of_not_finite(_LENIENT.decode(text.strip(_BLANKS))))
        raise InputError(f"{where}: {error}", path=path, row=line) from None
    except (ValueError, RecursionError) as error:
        raise InputError(f"cannot be decoded: {error}", path=path, row=line) from None
    if not isinstance(row, dict):
        raise InputError(f"expected one JSON object a line, found {_told(row)}", path=path, row=line)
    return row


def first_row(file: BinaryIO, path: Path, *, finite: bool = True) -> dict[str, Any] | None:
    """The object on the first line, None where that line is not one whole object."""
    file.seek(0)
    raw = file.readline(FIRST_LINE)
    try:
        return decode_row(raw, path, 1, finite=finite)
    except InputError:
        return None


def lines(path: Path, *, finite: bool = True) -> Iterator[tuple[int, dict[str, Any]]]:
    """The objects of a JSONL file with their 1-based line numbers; blank lines are passed over."""
    with opened(path) as file:
        yield from lines_of(file, path, finite=finite)


def lines_of(file: BinaryIO, path: Path, *, finite: bool = True) -> Iterator[tuple[int, dict[str, Any]]]:
    """The same of a file that is open."""
    file.seek(0)
    for line, raw in numbered(file, path):
        if raw.strip():
            yield line, decode_row(raw, path, line, finite=finite)


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
            raise cursor.error(f"expected an object, found {_told(row)}")
        yield int(key), row
    cursor.finish()
