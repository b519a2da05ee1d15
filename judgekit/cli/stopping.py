"""SIGTERM, as schedulers and containers send it before they kill, stops a verb as Ctrl-C does."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def sigterm_is_ctrl_c() -> Iterator[None]:
    """While this lasts, SIGTERM does what Ctrl-C would do at that moment, and the second what a second Ctrl-C would.

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
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, terminate)
        if ignored:
            signal.signal(signal.SIGINT, interrupt)
            _block(False)


def _as_ctrl_c(_: int, frame: FrameType | None) -> None:
    handler = signal.getsignal(signal.SIGINT)
    if not callable(handler):
        raise KeyboardInterrupt
    handler(signal.SIGINT, frame)


def _block(wanted: bool) -> None:
    """Let no SIGINT in, or let it in again; on Windows nothing ignores it."""
    if sys.platform != "win32":
        signal.pthread_sigmask(signal.SIG_BLOCK if wanted else signal.SIG_UNBLOCK, [signal.SIGINT])
