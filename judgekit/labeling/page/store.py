"""The label file of a sitting: a row is on the disk before its answer is acknowledged, and one process writes.

Rows are appended and synced, so ``kill -9`` and a power cut lose nothing that was acknowledged. A torn last line, which
never was, is dropped at the next start. Taking an answer back rewrites the file in one step. At any moment it is a
label file that every verb reads.
"""

from __future__ import annotations

import errno
import json
import os
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Self

from judgekit.errors import InputError
from judgekit.readers.labels import read_labels
from judgekit.records import LabelRow, parse
from judgekit.runs.atomic import mend_last_line, replacing_bytes
from judgekit.runs.lock import Lock


class LabelFile:
    """A label file (JSONL), held by this process until :meth:`close`.

    Parameters
    ----------
    path : Path
        The file; it is made with the first label. Labels that it holds already stay.

    Raises
    ------
    StoreBusy
        Another process holds it.
    InputError
        It is no JSONL file of labels.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        if path.suffix.lower() in (".csv", ".tsv", ".xlsx"):
            raise InputError("labels are written as JSONL; give a name that ends in .jsonl", path=path)
        self._lock = Lock(path.with_name(f".{path.name}.lock"), f"label file {path}", "give another file")
        try:
            mend_last_line(path)
            self.rows = list(read_labels(path)) if path.is_file() and path.stat().st_size else []
        except BaseException:
            self._lock.release()
            raise
        self._file: BinaryIO | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let other processes have the file; closing again does nothing."""
        self._shut()
        self._lock.release()

    def append(self, row: LabelRow) -> None:
        """Add a row; it is on the disk when this returns.

        Raises
        ------
        OSError
            It could not be written (no room); the file is as it was.
        """
        file = self._opened()
        size = file.seek(0, os.SEEK_END)
        try:
            line = _line(row)
            if file.write(line) < len(line):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self.path))
            os.fsync(file.fileno())
        except OSError:
            with suppress(OSError):
                file.truncate(size)
            raise
        self.rows.append(row)

    def remove(self, row: LabelRow) -> None:
        """Take a row out again, the last of those alike; the file is whole at any moment."""
        lines = self.path.read_bytes().splitlines(keepends=True)
        del lines[max(number for number, line in enumerate(lines) if _holds(line, row))]
        self._shut()  # Windows replaces no open file
        with replacing_bytes(self.path) as file:
            file.write(b"".join(lines))
        _sync_folder(self.path)
        del self.rows[len(self.rows) - 1 - self.rows[::-1].index(row)]

    def _opened(self) -> BinaryIO:
        if self._file is None:
            is_new = not self.path.exists()
            self._file = self.path.open("ab", buffering=0)
            if is_new:
                _sync_folder(self.path)
        return self._file

    def _shut(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


def _line(row: LabelRow) -> bytes:
    return (json.dumps(row.to_row(), ensure_ascii=False) + "\n").encode("utf-8")


def _holds(line: bytes, row: LabelRow) -> bool:
    with suppress(ValueError, InputError):
        return parse(LabelRow, json.loads(line)) == row
    return False


def _sync_folder(path: Path) -> None:
    """Make a file's name as durable as what is in it; Windows has no such call."""
    if os.name == "posix":
        handle = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
