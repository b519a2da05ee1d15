"""Disks that are full, and folders that cannot be written to.

Both are file systems in memory where one may be mounted (root on Linux); else a limit on the size of a file and a
folder without the right to write stand in, and ``how`` says so.
"""

from __future__ import annotations

import random
import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.faults.counted import Counts
from benchmarks.faults.world import PROMPTS, Worlds


def full_disk(times: int, worlds: Worlds, draw: random.Random) -> dict[str, Any]:
    """Take all room in the middle of a run, make room, and go on."""
    counts, how = Counts(), ""
    with worlds.one() as world:
        for _ in range(times):
            world.run.mkdir(parents=True)
            with _small_disk(world.run) as mounted:
                how = "a file system of 12 MiB" if mounted else "a limit of 64 KiB on the size of a file"
                process = world.start() if mounted else world.start(fresh=True, preexec_fn=_small_files)
                hit = world.wait_for(draw.randint(1, PROMPTS - 1), process)
                filler = _fill(world.run) if mounted else None
                code = world.ended(process)
                counts.tried += hit and code != 0
                if filler is not None:
                    filler.unlink()
                gone = world.calls - len(world.stored)
                counts.lost += gone
                counts.survived += bool(
                    hit and code != 0 and world.finish() == 0 and world.verdicts == worlds.reference
                )
                counts.paid_twice += max(0, world.calls - PROMPTS - gone)
            world.again()
        return counts.told(world, how=how)


def read_only(times: int, worlds: Worlds, draw: random.Random) -> dict[str, Any]:
    """Score into a folder that cannot be written to: nothing is asked, one line is said; then it can be."""
    counts, how = Counts(tried=times), ""
    with worlds.one() as world:
        for _ in range(times):
            world.run.mkdir(parents=True)
            with _small_disk(world.run) as mounted:
                how = "a file system mounted read-only" if mounted else "a folder without the right to write"
                _writable(world.run, mounted, False)
                code = world.finish()
                counts.paid_twice += world.calls
                one_line = code in (1, 2) and world.said.count("\n") == 1
                _writable(world.run, mounted, True)
                counts.survived += one_line and world.finish() == 0 and world.verdicts == worlds.reference
            world.again()
        return counts.told(world, how=how)


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


def _writable(folder: Path, mounted: bool, wanted: bool) -> None:
    if mounted:
        subprocess.run(["mount", "-o", f"remount,{'rw' if wanted else 'ro'}", str(folder)], check=True)
    else:
        folder.chmod(0o755 if wanted else 0o555)
