"""Files of lines that others wrote, JSONL among them, one line at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from typing import IO, Any, cast

from judgekit.documents import LARGEST, File
from judgekit.documents.jsontext import Undecodable, decode
from judgekit.errors import InputError


@contextmanager
def opened(path: File) -> Iterator[BufferedReader]:
    """A file opened for reading bytes; a missing or unreadable one is an :class:`InputError`."""
    try:
        file = cast(BufferedReader, path.open("rb"))
    except (OSError, ValueError) as error:  # a name that no file can have is a ValueError
        raise InputError(f"cannot be read: {getattr(error, 'strerror', None) or error}", path=path) from None
    with file:
        yield file


def numbered(file: IO[bytes], path: File) -> Iterator[tuple[int, bytes]]:
    """The lines of a file with their 1-based numbers.

    Raises
    ------
    InputError
        A line is longer than :data:`judgekit.documents.LARGEST`.
    """
    line = 0
    while raw := file.readline(LARGEST + 1):
        line += 1
        if len(raw) > LARGEST:
            raise InputError(
                f"the line is longer than {LARGEST >> 20} MB; is the file cut into lines, one row each?",
                path=path,
                row=line,
            )
        yield line, raw


def decode_row(raw: bytes, path: File, line: int, *, finite: bool = True) -> dict[str, Any]:
    """Decode one line of JSONL, which must be an object."""
    try:
        row = decode(raw.decode("utf-8-sig" if line == 1 else "utf-8"), finite=finite)
    except UnicodeDecodeError as error:
        what = f"not UTF-8 at byte {error.start} of the line; save the file as UTF-8"
        raise InputError(what, path=path, row=line) from None
    except Undecodable as error:
        cut = "" if raw.endswith(b"\n") else " (cut off?)"
        what = error.told if error.keys else f"expected a JSON object a line: {error.told}{cut}"
        raise InputError(what, path=path, row=line) from None
    if not isinstance(row, dict):
        raise InputError(f"expected one JSON object a line, found {told(row)}", path=path, row=line)
    return row


def lines(path: File, *, finite: bool = True) -> Iterator[tuple[int, dict[str, Any]]]:
    """The objects of a JSONL file with their 1-based line numbers; blank lines are passed over."""
    with opened(path) as file:
        yield from lines_of(file, path, finite=finite)


def lines_of(file: IO[bytes], path: File, *, finite: bool = True) -> Iterator[tuple[int, dict[str, Any]]]:
    """The same of a file that is open."""
    file.seek(0)
    for line, raw in numbered(file, path):
        if raw.strip():
            yield line, decode_row(raw, path, line, finite=finite)


def told(value: Any) -> str:
    """What kind of JSON a value is."""
    names = {dict: "an object", list: "a list", str: "a text", bool: "a boolean", type(None): "null"}
    return names.get(type(value), "a number")
