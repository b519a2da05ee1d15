"""What SIGTERM does while a verb runs, and that nothing of it stays behind."""

from __future__ import annotations

import os
import signal
import sys
import threading

import pytest

from judgekit.cli.stopping import sigterm_is_ctrl_c

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="SIGTERM ends a process at once on Windows")


@pytest.mark.parametrize("before", [signal.SIG_IGN, signal.default_int_handler])
def test_sigterm_interrupts_and_both_signals_are_as_before_afterwards(before: signal.Handlers) -> None:
    was = signal.signal(signal.SIGINT, before)
    terminate = signal.getsignal(signal.SIGTERM)
    try:
        with pytest.raises(KeyboardInterrupt), sigterm_is_ctrl_c():
            if before is signal.SIG_IGN:
                os.kill(os.getpid(), signal.SIGINT)  # stays without effect
            os.kill(os.getpid(), signal.SIGTERM)
            signal.pause()
        assert signal.getsignal(signal.SIGINT) is before
        assert signal.getsignal(signal.SIGTERM) is terminate
        assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, [])
    finally:
        signal.signal(signal.SIGINT, was)


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
