"""What SIGTERM does while a verb runs, and that nothing of it stays behind."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading

import pytest

from judgekit.cli.stopping import sigterm_is_ctrl_c

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="SIGTERM ends a process at once on Windows")


TRIED = """
import os, signal, sys
from judgekit.cli.stopping import sigterm_is_ctrl_c
before = signal.getsignal(signal.SIGINT)
terminate = signal.getsignal(signal.SIGTERM)
interrupted = False
try:
    with sigterm_is_ctrl_c():
        if before is signal.SIG_IGN:
            os.kill(os.getpid(), signal.SIGINT)  # stays without effect
        sys.stdout.write("running ")
        os.kill(os.getpid(), signal.SIGTERM)
        signal.pause()
except KeyboardInterrupt:
    interrupted = True
assert interrupted
assert signal.getsignal(signal.SIGINT) is before
assert signal.getsignal(signal.SIGTERM) is terminate
assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, [])
sys.stdout.write("as before")
"""


@pytest.mark.parametrize("before", [signal.SIG_IGN, signal.default_int_handler])
def test_sigterm_interrupts_and_both_signals_are_as_before_afterwards(before: signal.Handlers) -> None:
    """In a process of its own, which like the command line has one thread: pytest's may have more."""
    was = signal.signal(signal.SIGINT, before)
    try:
        tried = subprocess.run([sys.executable, "-c", TRIED], capture_output=True, text=True, timeout=60)
    finally:
        signal.signal(signal.SIGINT, was)
    assert (tried.stdout, tried.stderr) == ("running as before", "")


def test_another_thread_changes_no_signal() -> None:
    seen: list[object] = []

    def call() -> None:
        with sigterm_is_ctrl_c():
            seen.append(signal.getsignal(signal.SIGTERM))

    before = signal.getsignal(signal.SIGTERM)
    thread = threading.Thread(target=call)
    thread.start()
    thread.join()
    assert seen == [before]
