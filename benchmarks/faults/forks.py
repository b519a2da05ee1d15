"""Processes forked from one that has imported judgekit: a thousand of them pay for its imports once.

A fork runs the command line's ``main`` to the end of its interpreter, in a session of its own; signals reach it as they
reach any process. :func:`differences` holds one against a process that was started by itself.

The process that forks has one thread and has run nothing: it is told what to import by a run in one of its forks.
"""

from __future__ import annotations

import atexit
import gc
import json
import logging
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]

TOUCHING = frozenset({"open", "os.rename", "os.remove", "os.mkdir", "os.truncate", "sqlite3.connect"})
"""Audit events that touch a file."""

ENV = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


class Nursery:
    """The process that forks, one at a time.

    Parameters
    ----------
    modules : list of str
        What it imports first.
    """

    def __init__(self, modules: list[str]) -> None:
        here, there = socket.socketpair()
        command = [sys.executable, "-m", "benchmarks.faults.forks", str(there.fileno())]
        self._process = subprocess.Popen(
            command,
            env=ENV,
            pass_fds=[there.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
        there.close()
        self._wire, self._lines = here, here.makefile("rw")
        self._say({"modules": modules})
        self.threads = int(self._lines.readline())

    def start(self, argv: list[str], folder: Path, *, call: str = "judgekit.cli:main", **more: Any) -> Fork:
        """A fork that runs ``call`` with these arguments in a folder."""
        out, err = folder / "fork.out", folder / "fork.err"
        order = {"argv": argv, "folder": str(folder), "out": str(out), "err": str(err), "call": call}
        self._say({**order, **more})
        return Fork(int(self._lines.readline()), self._wire, self._lines, out, err)

    def close(self) -> None:
        """End it."""
        self._lines.close()
        self._wire.close()
        self._process.wait()

    def __enter__(self) -> Nursery:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _say(self, what: Mapping[str, Any]) -> None:
        self._lines.write(json.dumps(what) + "\n")
        self._lines.flush()


class Fork:
    """One fork, as :class:`subprocess.Popen` is one process."""

    def __init__(self, pid: int, wire: socket.socket, lines: Any, out: Path, err: Path) -> None:
        self.pid, self.returncode = pid, None
        self._wire, self._lines, self._out, self._err = wire, lines, out, err

    returncode: int | None

    def poll(self, timeout: float = 0.0) -> int | None:
        """The exit code, None while it runs."""
        if self.returncode is None and select.select([self._wire], [], [], timeout)[0]:
            self.returncode = int(self._lines.readline())
        return self.returncode

    def send_signal(self, how: int) -> None:
        """Send it a signal, unless it has ended."""
        if self.poll() is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, how)

    def kill(self) -> None:
        """Kill it."""
        self.send_signal(signal.SIGKILL)

    def communicate(self, timeout: float | None = None) -> tuple[str, str]:
        """What it said, once it has ended."""
        if self.poll(timeout or 1e6) is None:
            raise subprocess.TimeoutExpired("a fork", timeout or 1e6)
        return self._out.read_text(), self._err.read_text()


def imported(folder: Path, argv: list[str]) -> list[str]:
    """Modules that a command imports until its end."""
    with Nursery([]) as nursery:
        fork = nursery.start(argv, folder, modules="modules.json")
        _, said = fork.communicate()
    if fork.returncode:
        raise SystemExit(f"the command failed: {said}")
    names: list[str] = json.loads((folder / "modules.json").read_text())
    return names


def differences(nursery: Nursery, folder: Path) -> dict[str, Any]:
    """How a fork differs from a process that was started by itself."""
    command = [sys.executable, "-c", "from benchmarks.faults.forks import probe; probe()"]
    with (folder / "fresh.out").open("w") as out, (folder / "fresh.err").open("w") as err:
        subprocess.run(
            command,
            cwd=folder,
            env=ENV,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            check=True,
            start_new_session=True,
        )
    fresh = json.loads((folder / "fresh.out").read_text())
    fork = json.loads(nursery.start([], folder, call="benchmarks.faults.forks:probe").communicate()[0])
    return {name: [fresh[name], fork[name]] for name in fresh if fresh[name] != fork[name]}


def probe() -> None:
    """Print what a process inherits: signals, threads, open files, streams, environment, loggers."""
    numbers = sorted(signal.valid_signals())
    streams = (sys.stdin, sys.stdout, sys.stderr)
    found = {
        "signals": {str(int(number)): repr(signal.getsignal(number)) for number in numbers},
        "blocked": sorted(map(int, signal.pthread_sigmask(signal.SIG_BLOCK, []))),
        "threads": threading.active_count(),
        "threads_of_the_system": len(_listed("task")),
        "leads_its_session": os.getsid(0) == os.getpid(),
        "files": _listed("fd"),
        "streams": [
            [stream.name, stream.mode, stream.encoding, stream.errors, stream.line_buffering]
            for stream in streams
        ],
        "folder": str(Path.cwd()),
        "environment": dict(os.environ),
        "mask": os.umask(0o022),
        "loggers": [str(handler) for handler in logging.getLogger().handlers],
    }
    print(json.dumps(found))


def _listed(what: str) -> list[str]:
    """Threads or open files of this process, where the system says."""
    folder = Path("/proc/self") / what
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


def _become(order: Mapping[str, Any]) -> None:
    """The life of a fork: it never comes back but by leaving the interpreter."""
    os.setsid()
    for number, path, how in ((1, order["out"], os.O_WRONLY), (2, order["err"], os.O_WRONLY)):
        handle = os.open(path, how | os.O_CREAT | os.O_TRUNC, 0o644)
        os.dup2(handle, number)
        os.close(handle)
    os.chdir(order["folder"])
    sys.argv = ["judgekit", *order["argv"]]
    if "modules" in order:
        atexit.register(lambda: Path(order["modules"]).write_text(json.dumps(list(sys.modules))))
    if "die_at" in order:
        _watch_files(int(order["die_at"]))
    module, name = order["call"].split(":")
    getattr(import_module(module), name)()


def _watch_files(die_at: int) -> None:
    """Be killed before so manyth file of the run is touched; 0: say at the end how many were."""
    touched = 0

    def watch(event: str, details: tuple[Any, ...]) -> None:
        nonlocal touched
        if event in TOUCHING and "runs" in str(details[0]):
            touched += 1
            if touched == die_at:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(watch)
    if not die_at:
        atexit.register(lambda: print(touched, file=sys.stderr))


def main() -> None:
    """Fork whenever a line asks for it, and tell how each fork ended."""
    wire = socket.socket(fileno=int(sys.argv[1]))
    lines = wire.makefile("rw")
    for name in json.loads(lines.readline())["modules"]:
        with suppress(Exception):
            import_module(name)
    gc.collect()
    gc.freeze()
    lines.write(f"{len(_listed('task'))}\n")
    lines.flush()
    for line in iter(lines.readline, ""):
        pid = os.fork()
        if not pid:
            lines.close()
            wire.close()
            _become(json.loads(line))
            return
        lines.write(f"{pid}\n")
        lines.flush()
        _, status = os.waitpid(pid, 0)
        lines.write(f"{os.waitstatus_to_exitcode(status)}\n")
        lines.flush()


if __name__ == "__main__":
    main()
