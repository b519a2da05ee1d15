"""Where faults happen: a folder with outputs, a server that counts what it answered, and processes that score."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from benchmarks.faults.forks import ENV, Fork, Nursery, imported
from judgekit.errors import JudgekitError
from judgekit.runs.folder import FILES, RunFolder, is_finished
from tests.judges.asking import some_items
from tests.judges.server import ChatServer

ITEMS, FEWER, CONCURRENCY, LATENCY = 60, 25, 8, 0.02
PROMPTS = 2 * ITEMS
LONGEST = 60.0
"""Seconds after which a process counts as hung."""

Process = subprocess.Popen[str] | Fork
SCORE = ["score", "outputs.jsonl", "--cascade", "cascade.yaml"]


class World:
    """A folder with outputs and a cascade file, and a server behind it.

    Attributes
    ----------
    nursery : Nursery or None
        Where processes are forked; without one each is started by itself.
    told : Counter
        Processes that hung, and those that ended in a traceback.
    said : str
        What the last one said.
    """

    def __init__(self, folder: Path, server: ChatServer, nursery: Nursery | None) -> None:
        self.folder, self.server, self.nursery = folder, server, nursery
        self.run = folder / "runs" / "outputs"
        rows = [item.to_row() for item in some_items(ITEMS)]
        (folder / "outputs.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
        (folder / "cascade.yaml").write_text(
            f"tiers: [{{judge: openai, model: tiny, base_url: '{server.url}', max_concurrency: {CONCURRENCY},"
            " timeout: 5}]\nrubrics: {'*': forgetting}\n"
        )
        self.told = Counter[str]()
        self.said = ""

    def start(self, *more: str, fresh: bool = False, die_at: int | None = None, **options: Any) -> Process:
        """``judgekit score`` in a process of its own.

        Parameters
        ----------
        *more
            Further words of the command.
        fresh : bool
            Start it by itself, not as a fork.
        die_at : int, optional
            Kill a fork before it touches a file of its run for the so manyth time.
        **options
            Of a process that is started by itself; ``path`` is where Python looks for modules first.
        """
        if self.nursery is not None and not fresh and not options:
            watched: dict[str, Any] = {} if die_at is None else {"die_at": die_at}
            return self.nursery.start([*SCORE, *more], self.folder, **watched)
        path = options.pop("path", "")
        env = {**ENV, "PYTHONPATH": os.pathsep.join(filter(None, (path, ENV["PYTHONPATH"])))}
        return subprocess.Popen(
            [sys.executable, "-m", "judgekit", *SCORE, *more],
            cwd=self.folder,
            text=True,
            env=env,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            **options,
        )

    def ended(self, process: Process) -> int | None:
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

    def finish(self, *more: str, **options: Any) -> int | None:
        """The same command to its end."""
        return self.ended(self.start(*more, **options))

    def wait_for(self, calls: int, process: Process) -> bool:
        """Whether a process is at work when the server has given so many answers."""
        until = time.monotonic() + LONGEST
        while self.calls < calls and process.poll() is None and time.monotonic() < until:
            time.sleep(0.001)
        return process.poll() is None

    def settle(self) -> None:
        """Wait until the server has answered all that reached it, however busy the machine is."""
        quiet = 0
        while quiet < 10:
            before = self.calls
            time.sleep(LATENCY)
            quiet = quiet + 1 if self.calls == before and not self.server.under_way else 0

    @property
    def calls(self) -> int:
        """Answers that the server has given."""
        return sum(self.server.calls.values())

    @property
    def stored(self) -> frozenset[str]:
        """Keys of the answers in the store."""
        path = self.run / "store.sqlite"
        if not path.is_file():
            return frozenset()
        try:
            with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as db:
                return frozenset(key for (key,) in db.execute("SELECT key FROM answers"))
        except sqlite3.OperationalError:  # killed before there were tables
            return frozenset()

    @property
    def verdicts(self) -> bytes:
        """The verdicts of the finished run; nothing where there is none."""
        return (self.run / "verdicts.jsonl").read_bytes() if is_finished(self.run) else b""

    @property
    def is_mixed(self) -> bool:
        """Whether a run that calls itself finished is not one whole run."""
        if not is_finished(self.run):
            return False
        try:
            for name in FILES:
                RunFolder(self.run).check(name)
            return len(list(RunFolder(self.run).results())) not in (FEWER, ITEMS)
        except (JudgekitError, OSError):
            return True

    def again(self) -> None:
        """Forget the run, and what was answered."""
        shutil.rmtree(self.run, ignore_errors=True)
        self.server.calls.clear()


@dataclass
class Worlds:
    """Makes worlds that share one nursery, and holds what an undisturbed run leaves.

    Attributes
    ----------
    nursery : Nursery
        Forks the processes.
    reference : bytes
        Verdicts of an undisturbed run.
    life : float
        Seconds that an undisturbed fork lives.
    touched : int
        How often it touches files of its run.
    """

    nursery: Nursery
    reference: bytes = b""
    life: float = 0.0
    touched: int = 0

    @contextmanager
    def one(self, fault: Any = None) -> Iterator[World]:
        """A world of its own."""
        with _a_world(self.nursery, fault) as world:
            yield world

    @cached_property
    def is_measured(self) -> bool:
        """Measures once what an undisturbed run is; ends the program where one fails."""
        with self.one() as world:
            if world.finish(die_at=0) != 0:
                raise SystemExit(f"an undisturbed run failed: {world.said}")
            self.reference, self.touched = world.verdicts, int(world.said.split()[-1])
            world.again()
            started = time.monotonic()
            world.finish()
            self.life = time.monotonic() - started
            world.again()
            if world.finish(fresh=True) != 0 or world.verdicts != self.reference:
                raise SystemExit("a fork's verdicts are not those of a process started by itself")
        return True


@contextmanager
def worlds() -> Iterator[Worlds]:
    """The nursery with what a scoring command imports, and an undisturbed run."""
    with _a_world(None, None) as world:
        modules = imported(world.folder, SCORE)
    with Nursery(modules) as nursery:
        found = Worlds(nursery)
        assert found.is_measured
        yield found


@contextmanager
def _a_world(nursery: Nursery | None, fault: Any) -> Iterator[World]:
    with tempfile.TemporaryDirectory() as folder, ChatServer(fault, latency=LATENCY, keep=False) as server:
        yield World(Path(folder), server, nursery)
