"""What `judgekit score` survives: kills, signals, disks, damaged stores, clocks and servers; prints one JSON object.

    python -m benchmarks.faults [--kills 1000] [--others 100] [--bits 500] [--only kill_9 …]

Every try is a real process before a real HTTP server on this machine (``tests/judges/server.py``), which counts what it
answered and so would have billed. So that a thousand processes do not import for hours, most are forks of one that has
imported judgekit (:mod:`benchmarks.faults.forks`); every twentieth that is killed is started by itself.

*Tried*: faults that hit a process at work. *Survived*: the same command goes on to verdicts that are those of an
undisturbed run, byte by byte. *Lost*: answers that were stored, or that a process which was asked to stop should have
stored, and that are not there. *Paid twice*: prompts answered again beyond those that were under way when a process was
killed (``in_flight``) or that the damage took with it (``asked_again``). *Hung*: processes at work after a minute.
*Tracebacks*: processes that ended in one.
"""

from __future__ import annotations

import argparse
import random
import signal
import sys
from collections.abc import Callable
from typing import Any

from benchmarks.faults.damage import cut, damaged, flipped
from benchmarks.faults.disks import full_disk, read_only
from benchmarks.faults.forks import differences
from benchmarks.faults.kills import killed
from benchmarks.faults.whole import clock_back, server_faults
from benchmarks.faults.world import ITEMS, PROMPTS, Worlds, worlds
from benchmarks.shared import show

Kind = Callable[[Worlds, random.Random], dict[str, Any]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=1000, help="processes killed by kill -9")
    parser.add_argument("--bits", type=int, default=500, help="stores with one flipped bit")
    parser.add_argument(
        "--others", type=int, default=100, help="tries of each other kind; whole runs: a tenth"
    )
    parser.add_argument("--only", nargs="*", help="some kinds alone")
    options = parser.parse_args()
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's & and nohup have them ignored,
    signal.signal(signal.SIGHUP, signal.SIG_DFL)  # and children inherit it
    few = max(1, options.others // 10)
    kinds: dict[str, Kind] = {
        "kill_9": lambda *world: killed(signal.SIGKILL, options.kills, *world),
        "sigterm": lambda *world: killed(signal.SIGTERM, options.others, *world),
        "ctrl_c": lambda *world: killed(signal.SIGINT, options.others, *world),
        "hangup": lambda *world: killed(signal.SIGHUP, options.others, *world),
        "full_disk": lambda *world: full_disk(few, *world),
        "read_only": lambda *world: read_only(few, *world),
        "store_cut": lambda *world: damaged(cut, options.others, *world),
        "bit_flipped": lambda *world: damaged(flipped, options.bits, *world),
        "clock_back": lambda *world: clock_back(few, *world),
        "server_faults_30_percent": lambda *world: server_faults(few, *world),
    }
    with worlds() as found:
        with found.one() as world:
            unlike = differences(found.nursery, world.folder)
        told = {}
        for name in options.only or kinds:
            told[name] = kinds[name](found, random.Random(1))
            print(name, told[name], file=sys.stderr)
    show(
        {
            "items": ITEMS,
            "prompts": PROMPTS,
            "seconds_of_a_life": found.life,
            "files_touched_in_a_life": found.touched,
            "a_fork_is_unlike_a_process_in": unlike,
            "threads_of_the_forking_process": found.nursery.threads,
            **told,
        }
    )


if __name__ == "__main__":
    main()
