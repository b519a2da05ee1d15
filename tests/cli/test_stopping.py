"""What SIGTERM and SIGHUP do while a verb runs, and that nothing of it stays behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from judgekit.cli.stopping import signals_are_ctrl_c

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="SIGTERM ends a process at once on Windows, and there is no SIGHUP"
)


TRIED = """
import os, signal, sys
from judgekit.cli.stopping import signals_are_ctrl_c
how = signal.Signals[sys.argv[1]]
before = signal.getsignal(signal.SIGINT), signal.getsignal(how)
interrupted = False
try:
    with signals_are_ctrl_c():
        if before[0] is signal.SIG_IGN:
            os.kill(os.getpid(), signal.SIGINT)  # stays without effect
        sys.stdout.write("running ")
        os.kill(os.getpid(), how)
        signal.pause()
except KeyboardInterrupt:
    interrupted = True
assert interrupted
assert (signal.getsignal(signal.SIGINT), signal.getsignal(how)) == before
assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, [])
sys.stdout.write("as before")
"""

HUNG_UP = """
import os, signal, sys
from judgekit.cli.stopping import signals_are_ctrl_c
with signals_are_ctrl_c():
    try:
        print("running", flush=True)
        signal.pause()
    except KeyboardInterrupt:
        os.kill(os.getpid(), signal.SIGHUP)  # the shell sends one, and the system
        print("stopped", flush=True)
        print("stopped", file=sys.stderr, flush=True)
        open(sys.argv[1], "w").close()
"""


def tried(*arguments: str) -> subprocess.CompletedProcess[str]:
    """In a process of its own, which like the command line has one thread: pytest's may have more."""
    return subprocess.run([sys.executable, "-c", *arguments], capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize("how", ["SIGTERM", "SIGHUP"])
@pytest.mark.parametrize("before", [signal.SIG_IGN, signal.default_int_handler])
def test_a_signal_interrupts_and_all_are_as_before_afterwards(before: signal.Handlers, how: str) -> None:
    was = signal.signal(signal.SIGINT, before)
    try:
        done = tried(TRIED, how)
    finally:
        signal.signal(signal.SIGINT, was)
    assert (done.stdout, done.stderr) == ("running as before", "")


def test_what_nohup_started_does_not_stop() -> None:
    was = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        done = tried(TRIED.replace("signal.pause()", "raise KeyboardInterrupt"), "SIGHUP")
    finally:
        signal.signal(signal.SIGHUP, was)
    assert (done.stdout, done.stderr) == ("running as before", "")


def test_a_terminal_that_is_gone_fails_nothing(tmp_path: Path) -> None:
    terminal, inside = os.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", HUNG_UP, str(tmp_path / "ended")],
        stdin=inside,
        stdout=inside,
        stderr=inside,
        start_new_session=True,
    )
    os.close(inside)
    assert os.read(terminal, 7) == b"running"
    os.close(terminal)
    process.send_signal(signal.SIGHUP)
    assert process.wait(timeout=60) == 0 and (tmp_path / "ended").exists()


def test_another_thread_changes_no_signal() -> None:
    seen: list[object] = []

    def call() -> None:
        with signals_are_ctrl_c():
            seen.append(signal.getsignal(signal.SIGTERM))

    before = signal.getsignal(signal.SIGTERM)
    thread = threading.Thread(target=call)
    thread.start()
    thread.join()
    assert seen == [before]
