"""Files that appear whole or not at all, with the same bytes on every system, and in their own place.

A folder may come from somebody else, or be one that others write to too: a name in it may be a link to a file that is
none of theirs. What judgekit names itself is therefore never written through a link; what a user names is, unless the
link is another user's.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, BinaryIO, Literal

from judgekit.errors import InputError

PART = ".part"
"""Ending of what is not finished."""


NO_LINK: int = getattr(os, "O_NOFOLLOW", 0)
"""Flag of :func:`os.open`: an ``OSError`` where the name is a link (Windows has no such flag)."""


def create(path: Path) -> IO[str]:
    """Open a new file to write: UTF-8, and line ends as written (Windows would make each ``\\n`` two bytes).

    What was there, which may be a link, is removed first.
    """
    path.unlink(missing_ok=True)
    return path.open("x", encoding="utf-8", newline="")


def append(path: Path) -> IO[str]:
    """Open a file to add to its end, in the same form; an ``OSError`` where it is a link."""
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | NO_LINK, 0o666)
    return os.fdopen(handle, "a", encoding="utf-8", newline="")


def mend_last_line(path: Path) -> None:
    """Drop a last line of JSONL that a killed process left half written; one that only lacks its line end gets it.

    A line that ends as an object does may be whole, and is kept: whatever else is wrong with it, its reader says so.
    """
    if not path.is_file():
        return
    text = path.read_bytes()
    whole, end, last = text.rpartition(b"\n")
    if not last.startswith(b"{"):  # complete, or no file of ours
        return
    with path.open("r+b") as file:
        if last.rstrip().endswith(b"}"):
            file.seek(0, os.SEEK_END)
            file.write(b"\n")
        else:
            file.truncate(len(whole + end))
        os.fsync(file.fileno())


def check_no_links(folder: Path) -> None:
    """Refuse a folder to write to in which a name leads out of it.

    Raises
    ------
    InputError
        One does; it is named.
    """
    for path in folder.iterdir():
        if path.is_symlink():
            raise InputError(
                "it is a link, and what is written to a run folder stays there: put a copy in its place, or remove it",
                path=path,
            )


@contextmanager
def replacing(path: Path) -> Iterator[IO[str]]:
    """Open a file that takes the place of ``path`` once everything is written.

    Where that fails, what was there before stays, and nothing half-written is left behind. What is no file, such as
    ``/dev/stdout``, is written to as it is.

    Parameters
    ----------
    path : Path
        The file; until it is whole its name ends in ``.part``. A link stays one: the file that it leads to is replaced,
        unless the link is another user's.

    Raises
    ------
    OSError
        It cannot be written; the error names ``path``.
    """
    with _moved_at_end(path) as (part, mode), part.open(mode, encoding="utf-8", newline="") as file:
        yield file
        synced(file)


@contextmanager
def replacing_bytes(path: Path) -> Iterator[BinaryIO]:
    """The same for a file of bytes."""
    with _moved_at_end(path) as (part, mode), _bytes(part, mode) as file:
        yield file
        synced(file)


def _bytes(path: Path, mode: Literal["w", "x"]) -> BinaryIO:
    return path.open("wb") if mode == "w" else path.open("xb")


def synced(file: IO[Any]) -> None:
    """Have the system write an open file now: after a power cut an empty one could be in the old one's place."""
    file.flush()
    if stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        os.fsync(file.fileno())


@contextmanager
def _moved_at_end(path: Path) -> Iterator[tuple[Path, Literal["w", "x"]]]:
    """Where to write, and how to open it: a part is always a new file."""
    is_stream = path.exists() and not path.is_file()
    whole = path if is_stream else _led_to(path)
    part = path if is_stream else whole.with_name(whole.name + PART)
    try:
        if is_stream:
            yield part, "w"
        else:
            part.unlink(missing_ok=True)
            yield part, "x"
        if not is_stream:
            part.replace(whole)  # after closing: Windows moves no open file
    except BaseException as error:
        if not is_stream:
            with suppress(OSError):  # what failed first is what is said
                part.unlink()
        if isinstance(error, OSError) and error.filename in (None, str(part)):
            error.filename, error.filename2 = str(path), None  # a full disk does not say which file it was
        raise


def _led_to(path: Path) -> Path:
    """The file that a link leads to, where whoever made the link could write there: in a shared folder anyone may."""
    own = getattr(os, "geteuid", None)  # None on Windows, where only who may do anything makes links
    if (
        path.is_symlink()
        and own is not None
        and path.lstat().st_uid not in (own(), path.parent.stat().st_uid)
    ):
        raise PermissionError(errno.EPERM, "a link of another user is there", str(path))
    return Path(os.path.realpath(path))
