"""Tells a file's format from its content, whatever its name."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

from judgekit.documents.lines import opened
from judgekit.documents.zips import DAMAGED
from judgekit.errors import ConfigError, InputError
from judgekit.readers.base import Format, Head
from judgekit.readers.files.columnar import columnar, is_columnar
from judgekit.readers.files.jsonfile import Cursor, first_row
from judgekit.readers.files.tables import table_of
from judgekit.readers.formats import SHIPPED, added, format_named

_ZIP = b"PK\x03\x04"

COMPRESSED = {
    ".gz": ("gzip", b"\x1f\x8b", "gunzip"),
    ".bz2": ("bzip2", b"BZh", "bunzip2"),
    ".xz": ("xz", b"\xfd7zXZ\x00", "unxz"),
    ".zst": ("Zstandard", b"\x28\xb5\x2f\xfd", "unzstd"),
}
"""How names of compressed files end: what made them, how they begin, and what unpacks them."""


class UnknownFormat(InputError):
    """The file is sound, but of no format that is known."""


class DamagedArchive(InputError):
    """The file is a zip archive (a workbook, a log of inspect-ai) that cannot be read."""


def head(path: Path) -> Head:
    """Look at the beginning of a file; what :func:`look` says, of a path that may be a folder."""
    if path.is_dir():
        return Head("folder")
    with opened(path) as file:
        return look(file, path)


def look(file: BinaryIO, path: Path) -> Head:
    """Look at the beginning of a file that is open.

    Raises
    ------
    InputError
        It is empty, compressed, or neither JSON, JSONL nor a table with a header.
    DamagedArchive
        It is an archive, damaged or cut off.
    """
    if is_columnar(file):
        return Head("table", row=next(columnar(file, path), (0, {}))[1])
    if _is_archive(file, path):
        return Head("archive", _names(file, path))
    for made_by, start, unpacker in COMPRESSED.values():
        if _starts_with(file, start):
            raise InputError(f"the file is compressed ({made_by}); unpack it first ({unpacker})", path=path)
    cursor = Cursor(file, path, finite=False)
    first = cursor.peek()
    if not first:
        raise InputError("the file is empty; expected model outputs", path=path)
    if first == "[":
        row = next((cursor.value() for _ in cursor.children()), None)
        return Head("list", row=row if isinstance(row, dict) else {})
    if first != "{":
        return _table(file, path)
    keys = _first_keys(cursor)
    names = _first_names(Cursor(file, path, finite=False))
    row = first_row(file, path, finite=False)
    return Head("object", keys, names) if row is None else Head("lines", keys, names, row)


def _is_archive(file: BinaryIO, path: Path) -> bool:
    """By its first bytes or by its end: either may be damaged."""
    starts_so = _starts_with(file, _ZIP)
    ends_so = zipfile.is_zipfile(file)
    if starts_so and not ends_so:
        raise DamagedArchive("the archive is cut off: it was not written to its end", path=path)
    return ends_so


def _starts_with(file: BinaryIO, mark: bytes) -> bool:
    file.seek(0)
    return file.read(len(mark)) == mark


def _names(file: BinaryIO, path: Path) -> tuple[str, ...]:
    try:
        return tuple(zipfile.ZipFile(file).namelist())
    except DAMAGED as error:
        raise DamagedArchive(f"the archive is damaged: {error}", path=path) from None


def _first_names(cursor: Cursor) -> tuple[str, ...]:
    names: list[str] = []
    try:
        for key in cursor.children():
            names.append(key)
            if cursor.peek() in ("{", "["):
                break
            cursor.skip()
    except InputError:  # where it is broken is for the format's reader to say
        pass
    return tuple(names)


def _first_keys(cursor: Cursor, levels: int = 3) -> tuple[str, ...]:
    keys: list[str] = []
    while len(keys) < levels and cursor.peek() == "{":
        key = next(cursor.children(), None)
        if key is None:
            break
        keys.append(key)
    return (*keys, "[]") if cursor.peek() == "[" else tuple(keys)


def _table(file: BinaryIO, path: Path) -> Head:
    wrong = ""
    try:
        line, row = next(table_of(file, path), (0, {}))
        wrong = "" if line else "; there is a first line and no other"
    except InputError as error:
        if "UTF-8" in error.what:
            raise
        row, wrong = {}, f"; read as a table: {error.what}"
    if len(row) < 2:
        raise UnknownFormat(f"expected JSON, JSONL, or a table with a header (CSV, TSV){wrong}", path=path)
    return Head("table", row=row)


def find(seen: Head, path: Path) -> Format:
    """The format of a file that was looked at: one that ships with judgekit, else one of another package.

    Raises
    ------
    UnknownFormat
        None fits.
    InputError
        The one that fits says that there is nothing to judge.
    """
    if fits := _first_that_fits(seen, SHIPPED.values()):
        if why := fits.refuses(seen):
            raise InputError(why, path=path)
        return fits
    broken = []
    for name in added():
        try:
            if fits := _first_that_fits(seen, [format_named(name)]):
                return fits
        except ConfigError as error:  # a package that this file may have nothing to do with
            broken.append(f"; {error}")
    if seen.kind == "archive":
        raise UnknownFormat(
            "a zip archive that is no log of inspect-ai; of a workbook, save the sheet as CSV (UTF-8)",
            path=path,
        )
    first = ", ".join(list(seen.row or seen.keys[:1])[:12]) or "none"
    rows = (
        ""
        if seen.kind == "object"
        else "; of a table, say what is what: --columns question=… --columns output=…"
    )
    names = ", ".join((*SHIPPED, *added()))
    raise UnknownFormat(
        f"format not recognized (first keys: {first}){rows}; or force one with --format: {names}{''.join(broken)}",
        path=path,
    )


def _first_that_fits(seen: Head, formats: Iterable[Format]) -> Format | None:
    formats = list(formats)
    # one line of JSON may be a whole object or the only row
    for kind in ("object", "lines") if seen.kind == "lines" else (seen.kind,):
        keys, names = ((), ()) if kind in ("list", "lines", "table") else (seen.keys, seen.names)
        for form in formats:
            if form.matches(Head(kind, keys, names, seen.row)):
                return form
    return None
