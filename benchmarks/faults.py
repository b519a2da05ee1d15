"""What `judgekit score` survives: kills, signals, disks, damaged stores, clocks and servers; prints one JSON object.

    python -m benchmarks.faults [--kills 1000] [--others 100] [--only kill_9 …]

Every try is a real process before a real HTTP server on this machine (``tests/judges/server.py``), which counts what it
answered and so would have billed. *Tried*: faults that hit a process at work. *Survived*: the same command goes on to
verdicts that are those of an undisturbed run, byte by byte. *Lost*: answers that were stored, or that a process which
was asked to stop should have stored, and that are not there. *Paid twice*: prompts answered again beyond those that
were under way when a process was killed (``in_flight``) or that the damage took with it (``asked_again``). *Hung*:
processes at work after a minute. *Tracebacks*: processes that ended in one.

The full disk is a file system in memory of 12 MiB where one may be mounted (root on Linux), else a limit on the size
of a file (``how`` says which); so is the folder that cannot be written to. The clock goes back an hour at every third
look, by a module that Python loads first.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.utils import formatdate
from pathlib import Path
from typing import Any

from aiohttp import web

from benchmarks.shared import show
from judgekit.errors import JudgekitError
from judgekit.runs.store import kept
from tests.judges.asking import some_items
from tests.judges.server import ChatServer, refusal

ROOT = Path(__file__).resolve().parents[1]
ITEMS, CONCURRENCY, LATENCY = 300, 16, 0.02
LONGEST = 60.0
"""Seconds after which a process counts as hung."""

CLOCK = """
import time
_time, _looks = time.time, iter(range(1 << 62))
time.time = lambda: _time() - (3600 if next(_looks) % 3 == 0 else 0)
"""


class World:
    """A folder with outputs and a cascade file, and a server behind it."""

    def __init__(self, folder: Path, server: ChatServer) -> None:
        self.folder, self.server = folder, server
        self.run = folder / "runs" / "outputs"
        rows = [item.to_row() for item in some_items(ITEMS)]
        (folder / "outputs.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
        (folder / "cascade.yaml").write_text(
            f"tiers: [{{judge: openai, model: tiny, base_url: '{server.url}', max_concurrency: {CONCURRENCY},"
            " timeout: 5}]\nrubrics: {'*': forgetting}\n"
        )
        self.told = Counter[str]()
        self.said = ""

    def start(self, *more: str, path: str = "", **options: Any) -> subprocess.Popen[str]:
        """``judgekit score`` in a process of its own; ``path`` is where Python looks for modules first."""
        command = [sys.executable, "-m", "judgekit", "score", "outputs.jsonl", "--cascade", "cascade.yaml"]
        env = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, (path, str(ROOT))))}
        return subprocess.Popen(
            [*command, *more],
            cwd=self.folder,
            text=True,
            env=env,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            **options,
        )

    def ended(self, process: subprocess.Popen[str]) -> int | None:
        """The exit code of a process, None of one that hung; what it said is counted."""
        try:
            _, self.said = process.communicate(timeout=LONGEST)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            self.told["hung"] += 1
            return None
        self.told["tracebacks"] += "Traceback" in self.said
        return process.returncode

    def finish(self, *more: str, path: str = "") -> int | None:
        """The same command to its end."""
        return self.ended(self.start(*more, path=path))

    def wait_for(self, calls: int, process: subprocess.Popen[str]) -> bool:
        """Whether a process is at work when the server has given so many answers."""
        until = time.monotonic() + LONGEST
        while self.calls < calls and process.poll() is None and time.monotonic() < until:
            time.sleep(0.001)
        return process.poll() is None

    @property
    def calls(self) -> int:
        """Answers that the server has given."""
        return sum(self.server.calls.values())

    @property
    def stored(self) -> int:
        """Answers in the store."""
        try:
            return kept(self.run)[0]
        except JudgekitError:
            return 0

    def verdicts(self) -> bytes:
        """The verdicts of the finished run; nothing where there is none."""
        path = self.run / "verdicts.jsonl"
        return path.read_bytes() if path.is_file() and not (self.run / "run.json.part").exists() else b""

    def again(self) -> None:
        """Forget the run, and what was answered."""
        shutil.rmtree(self.run, ignore_errors=True)
        self.server.calls.clear()


@contextmanager
def a_world(fault: Any = None) -> Iterator[World]:
    with tempfile.TemporaryDirectory() as folder, ChatServer(fault, latency=LATENCY, keep=False) as server:
        yield World(Path(folder), server)


def counted(world: World, started: float, **found: Any) -> dict[str, Any]:
    return {
        **found,
        "hung": world.told["hung"],
        "tracebacks": world.told["tracebacks"],
        "seconds": time.monotonic() - started,
    }


def stopped(how: signal.Signals, times: int, reference: bytes, draw: random.Random) -> dict[str, Any]:
    """Send a signal at random moments, go on with the same command, and end each run undisturbed now and then."""
    started = time.monotonic()
    tried = survived = lost = in_flight = paid_twice = runs = 0
    with a_world() as world:
        while tried < times:
            unsaved, since = 0, 0
            while True:
                process = world.start()
                before = world.calls
                hit = world.wait_for(before + draw.randrange(1, ITEMS), process)
                time.sleep(draw.uniform(0, 2 * LATENCY))
                process.send_signal(how)
                code = world.ended(process)
                if not hit or code in (0, None):
                    break
                time.sleep(5 * LATENCY)  # what is under way arrives at the server still
                gone = world.calls - world.stored - unsaved
                unsaved += gone
                tried, since = tried + 1, since + 1
                if how is signal.SIGKILL:
                    in_flight += gone
                    lost += max(0, gone - 2 * CONCURRENCY)
                else:
                    lost += gone
                if tried == times:
                    break
            code = world.finish()
            runs += 1
            paid_twice += max(0, world.calls - 2 * ITEMS - unsaved)
            survived += since if code == 0 and world.verdicts() == reference else 0
            world.again()
        return counted(
            world,
            started,
            tried=tried,
            runs=runs,
            survived=survived,
            lost=lost,
            in_flight=in_flight,
            paid_twice=paid_twice,
        )


def damaged(
    hurt: Callable[[bytes, random.Random], bytes], times: int, reference: bytes, draw: random.Random
) -> dict[str, Any]:
    """Damage the store of a finished run, and give the same command again."""
    started = time.monotonic()
    survived = noticed = refused = again = paid_twice = 0
    with a_world() as world:
        world.finish()
        whole = (world.run / "store.sqlite").read_bytes()
        for _ in range(times):
            for path in world.run.glob("store*"):
                path.unlink()
            (world.run / "store.sqlite").write_bytes(hurt(whole, draw))
            before = world.calls
            code = world.finish()
            saved = re.search(r"was damaged: ([\d,]+) answers are saved", world.said)
            noticed += saved is not None
            if (
                code == 2 and "holds none" in world.said
            ):  # nothing is left, and that is not paid for without a word
                refused += 1
                code = world.finish("--replace")
            survived += code == 0 and world.verdicts() == reference
            asked = world.calls - before
            again += asked
            had = 2 * ITEMS if saved is None else int(saved[1].replace(",", ""))
            paid_twice += max(0, asked - (2 * ITEMS - had))
        return counted(
            world,
            started,
            tried=times,
            noticed=noticed,
            refused_until_replace=refused,
            survived=survived,
            lost=0,
            asked_again=again,
            paid_twice=paid_twice,
        )


def cut(data: bytes, draw: random.Random) -> bytes:
    return data[: draw.randrange(1, len(data))]


def flipped(data: bytes, draw: random.Random) -> bytes:
    at = draw.randrange(len(data))
    return data[:at] + bytes([data[at] ^ 1 << draw.randrange(8)]) + data[at + 1 :]


def full_disk(times: int, reference: bytes, draw: random.Random) -> dict[str, Any]:
    """Take all room in the middle of a run, make room, and go on."""
    started = time.monotonic()
    survived = lost = paid_twice = tried = 0
    how = ""
    with a_world() as world:
        for _ in range(times):
            world.run.mkdir(parents=True)
            with _small_disk(world.run) as mounted:
                how = "a file system of 12 MiB" if mounted else "a limit of 64 KiB on the size of a file"
                limit = None if mounted else _small_files
                process = world.start(preexec_fn=limit)
                if not world.wait_for(draw.randrange(1, ITEMS), process):
                    world.ended(process)
                filler = _fill(world.run) if mounted else None
                code = world.ended(process)
                tried += code != 0
                if filler is not None:
                    filler.unlink()
                gone = world.calls - world.stored
                lost += gone
                survived += world.finish() == 0 and world.verdicts() == reference
                paid_twice += max(0, world.calls - 2 * ITEMS - gone)
            world.again()
        return counted(
            world, started, how=how, tried=tried, survived=survived, lost=lost, paid_twice=paid_twice
        )


@contextmanager
def _small_disk(folder: Path) -> Iterator[bool]:
    mount = ["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", str(folder)]
    mounted = sys.platform == "linux" and not subprocess.run(mount, capture_output=True).returncode
    try:
        yield mounted
    finally:
        if mounted:
            subprocess.run(["umount", str(folder)], check=True)


def _small_files() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 16, 1 << 16))


def _fill(folder: Path) -> Path:
    path = folder / "filler"
    with path.open("wb", buffering=0) as file:
        for size in (1 << 16, 1 << 12, 1):
            try:
                while True:
                    file.write(bytes(size))
            except OSError:
                continue
    return path


def read_only(times: int, reference: bytes, draw: random.Random) -> dict[str, Any]:
    """Score into a folder that cannot be written to: nothing is asked, one line is said; then it can be."""
    started = time.monotonic()
    survived = paid = 0
    how = ""
    with a_world() as world:
        for _ in range(times):
            world.run.mkdir(parents=True)
            with _small_disk(world.run) as mounted:
                how = "a file system mounted read-only" if mounted else "a folder without the right to write"
                _writable(world.run, mounted, False)
                code = world.finish()
                paid += world.calls
                one_line = code in (1, 2) and world.said.count("\n") == 1
                _writable(world.run, mounted, True)
                survived += one_line and world.finish() == 0 and world.verdicts() == reference
            world.again()
        return counted(world, started, how=how, tried=times, survived=survived, lost=0, paid_twice=paid)


def _writable(folder: Path, mounted: bool, wanted: bool) -> None:
    if mounted:
        subprocess.run(["mount", "-o", f"remount,{'rw' if wanted else 'ro'}", str(folder)], check=True)
    else:
        folder.chmod(0o755 if wanted else 0o555)


def clock_back(times: int, reference: bytes, draw: random.Random) -> dict[str, Any]:
    """Whole runs on a clock that goes back an hour again and again."""
    started = time.monotonic()
    survived = paid_twice = 0
    with a_world() as world, tempfile.TemporaryDirectory() as path:
        (Path(path) / "sitecustomize.py").write_text(CLOCK)
        for _ in range(times):
            survived += world.finish(path=path) == 0 and world.verdicts() == reference
            paid_twice += world.calls - 2 * ITEMS
            world.again()
        return counted(world, started, tried=times, survived=survived, lost=0, paid_twice=paid_twice)


def server_faults(times: int, reference: bytes, draw: random.Random) -> dict[str, Any]:
    """Whole runs before a server that misbehaves on three requests of ten, in ten ways."""
    started = time.monotonic()
    survived = paid_twice = commands = 0
    faulted = Counter[str]()

    def fault(request: web.Request, body: dict[str, Any]) -> Any:
        if draw.random() > 0.3:
            return None
        name = draw.choice(list(FAULTS))
        faulted[name] += 1
        return FAULTS[name](request)

    with a_world(fault) as world:
        for _ in range(times):
            for _ in range(3):  # what was left unscored is asked for once more
                commands += 1
                if (code := world.finish()) != 4 and b'"unscored"' not in world.verdicts():
                    break
            survived += code == 0 and world.verdicts() == reference
            paid_twice += world.calls - 2 * ITEMS
            world.again()
        return counted(
            world,
            started,
            tried=times,
            faults=faulted.total(),
            commands=commands,
            survived=survived,
            lost=0,
            paid_twice=paid_twice,
        )


def _dropped(request: web.Request) -> web.Response:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


async def _slow(_: web.Request) -> None:
    await asyncio.sleep(0.3)


FAULTS: dict[str, Callable[[web.Request], Any]] = {
    "500": lambda _: refusal(500, "out of order"),
    "502": lambda _: web.Response(status=502, text="<html>Bad Gateway</html>", content_type="text/html"),
    "503": lambda _: refusal(503, "overloaded", **{"Retry-After": "0"}),
    "429 in milliseconds": lambda _: refusal(429, "slow down", **{"retry-after-ms": "20"}),
    "429 until a date": lambda _: refusal(
        429, "slow down", **{"Retry-After": formatdate(time.time(), usegmt=True)}
    ),
    "408": lambda _: refusal(408, "time-out"),
    "connection dropped": _dropped,
    "half an answer": lambda _: web.Response(text='{"choices": [{"mess', content_type="application/json"),
    "no choices": lambda _: web.json_response({"choices": []}),
    "slow": _slow,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=1000, help="processes killed by kill -9")
    parser.add_argument(
        "--others", type=int, default=100, help="tries of each other kind; whole runs: a tenth"
    )
    parser.add_argument("--only", nargs="*", help="some kinds alone")
    options = parser.parse_args()
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as behind a shell, and children inherit it
        signal.signal(signal.SIGINT, signal.default_int_handler)
    with a_world() as world:
        if world.finish() != 0:
            raise SystemExit(f"an undisturbed run failed: {world.said}")
        reference = world.verdicts()
    few = max(1, options.others // 10)
    kinds: dict[str, Callable[[random.Random], dict[str, Any]]] = {
        "kill_9": lambda draw: stopped(signal.SIGKILL, options.kills, reference, draw),
        "sigterm": lambda draw: stopped(signal.SIGTERM, options.others, reference, draw),
        "ctrl_c": lambda draw: stopped(signal.SIGINT, options.others, reference, draw),
        "full_disk": lambda draw: full_disk(few, reference, draw),
        "read_only": lambda draw: read_only(few, reference, draw),
        "store_cut": lambda draw: damaged(cut, options.others, reference, draw),
        "bit_flipped": lambda draw: damaged(flipped, options.others, reference, draw),
        "clock_back": lambda draw: clock_back(few, reference, draw),
        "server_faults_30_percent": lambda draw: server_faults(few, reference, draw),
    }
    wanted = options.only or list(kinds)
    show({"items": ITEMS, "prompts": 2 * ITEMS, **{name: kinds[name](random.Random(1)) for name in wanted}})


if __name__ == "__main__":
    main()
