"""What stops a verb as Ctrl-C does: SIGTERM, as schedulers and containers send it before they kill, and SIGHUP.

SIGHUP says that the terminal is gone (a window closed, a connection lost).
"""

from __future__ import annotations

import os
import signal
import stat
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_HANGUP = getattr(signal, "SIGHUP", None)
"""None on Windows."""


@contextmanager
def signals_are_ctrl_c() -> Iterator[None]:
    """While this lasts, SIGTERM does what Ctrl-C would do at that moment, and the second what a second Ctrl-C would.

    So does the first SIGHUP; the shell and the system may both send one, and a further one does nothing. Where it is
    ignored, as ``nohup`` has it, it stays so.

    Where Ctrl-C is ignored, as a shell has it for what it starts with ``&``, it stays so, provided that this begins
    before the process has a second thread: one that lives by then could take the signal in the place of this.
    """
    if threading.current_thread() is not threading.main_thread():  # which alone may say what a signal does
        yield
        return
    terminate, interrupt = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)
    ignored = interrupt is signal.SIG_IGN
    if ignored:
        _block(True)
        signal.signal(signal.SIGINT, signal.default_int_handler)  # what asyncio puts its own in the place of
    signal.signal(signal.SIGTERM, _as_ctrl_c)
    hangup = signal.SIG_IGN if _HANGUP is None else signal.getsignal(_HANGUP)
    if _HANGUP is not None and hangup is not signal.SIG_IGN:
        signal.signal(_HANGUP, _hung_up)
    try:
        yield
    finally:
        if _HANGUP is not None:
            signal.signal(_HANGUP, hangup)
        signal.signal(signal.SIGTERM, terminate)
        if ignored:
            signal.signal(signal.SIGINT, interrupt)
            _block(False)


def _as_ctrl_c(_: int, frame: FrameType | None) -> None:
    handler = signal.getsignal(signal.SIGINT)
    if not callable(handler):
        raise KeyboardInterrupt
    handler(signal.SIGINT, frame)


def _hung_up(number: int, frame: FrameType | None) -> None:
    signal.signal(number, signal.SIG_IGN)
    for handle in (1, 2):  # what is said from here on would fail where the terminal is gone
        if stat.S_ISCHR(os.fstat(handle).st_mode) and not os.isatty(handle):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, handle)
            os.close(nowhere)
    _as_ctrl_c(number, frame)


def _block(wanted: bool) -> None:
    """Let no SIGINT in, or let it in again; on Windows nothing ignores it."""
    if sys.platform != "win32":
        signal.pthread_sigmask(signal.SIG_BLOCK if wanted else signal.SIG_UNBLOCK, [signal.SIGINT])
