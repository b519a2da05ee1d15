"""One process a run folder, or a label file: a lock that goes with the process, however that ends."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path

from judgekit.errors import InputError, StoreBusy
from judgekit.runs.atomic import NO_LINK

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_NO_LOCKS = frozenset({errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP})
"""How a network's file system says that it has none."""

_PLACE = 1 << 20
"""The byte that is locked on Windows, where a locked byte cannot be read: far behind the process number."""


class Lock:
    """Holds what a lock file stands for, for this process, until :meth:`release`.

    Parameters
    ----------
    file : Path
        The lock file; it stays when the lock goes.
    what, instead : str
        What is held, and what else to do than wait for it: words of the error.

    Raises
    ------
    StoreBusy
        Another process holds it.
    InputError
        The file system has no locks, as some networks' have it.
    OSError
        The lock file is a link: what it leads to would be emptied.
    """

    def __init__(self, file: Path, what: str, instead: str) -> None:
        handle = os.open(file, os.O_RDWR | os.O_CREAT | NO_LINK, 0o644)
        try:
            _take(handle)
        except OSError as error:
            if error.errno in _NO_LOCKS:
                os.close(handle)
                raise InputError(
                    f"no locks on this file system ({error.strerror}), and {what} needs one: name another place",
                    path=file,
                ) from None
            pid = os.read(handle, 32).decode(errors="replace").strip() or "unknown"
            os.close(handle)
            raise StoreBusy(f"{what} is in use by process {pid}; wait for it, or {instead}") from None
        os.ftruncate(handle, 0)
        os.write(handle, f"{os.getpid()}\n".encode())
        self._handle: int | None = handle

    def release(self) -> None:
        """Let other processes have it; releasing again does nothing."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


def _take(handle: int) -> None:
    """Lock the open file without waiting; an ``OSError`` where it is locked."""
    if sys.platform == "win32":
        os.lseek(handle, _PLACE, os.SEEK_SET)
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        finally:
            os.lseek(handle, 0, os.SEEK_SET)
    else:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
