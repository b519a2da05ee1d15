"""Processes that are killed, or asked to stop, at any moment of their life."""

from __future__ import annotations

import random
import signal
import time
from typing import Any

from benchmarks.faults.counted import Counts
from benchmarks.faults.world import CONCURRENCY, FEWER, LATENCY, PROMPTS, Process, World, Worlds

FRESH = 20
"""Every so manyth process is started by itself; the others are forks."""


def killed(how: signal.Signals, times: int, worlds: Worlds, draw: random.Random) -> dict[str, Any]:
    """Send a signal at random moments, go on with the same command, and end each run undisturbed now and then.

    A moment is drawn by the answers given, by the clock over the whole life of a process, or (``kill -9``) before the
    nth file that it touches: its store, its parts, the renames that finish it. Every second run takes the place of a
    finished one of fewer items.
    """
    counts, moments = Counts(), dict.fromkeys(("answers", "clock", "files"), 0)
    fresh_hit = runs = 0
    with worlds.one() as world:
        while counts.tried < times:
            replaces = runs % 2 == 1
            if replaces and world.finish("--limit", str(FEWER)) != 0:
                raise SystemExit(f"a run before the first kill failed: {world.said}")
            unsaved, since, calls, stored, code = 0, 0, world.calls, world.stored, None
            while counts.tried < times:
                fresh = (counts.tried + 1) % FRESH == 0
                moment = draw.choice(list(moments)[: 3 if how is signal.SIGKILL and not fresh else 2])
                code, hit = _hit(world, worlds, how, moment, fresh, draw)
                if not hit:
                    break
                world.settle()
                now = world.stored
                gone = world.calls - calls - (len(now) - len(stored))
                counts.tried, since = counts.tried + 1, since + 1
                moments[moment] += 1
                fresh_hit += fresh
                if how is signal.SIGKILL:
                    counts.in_flight += gone
                    counts.lost += max(0, gone - 2 * CONCURRENCY)
                    counts.most_in_flight = max(counts.most_in_flight, gone)
                else:
                    counts.lost += gone
                    counts.codes[str(code)] += 1
                counts.lost += len(stored - now)
                counts.mixed += world.is_mixed
                unsaved, calls, stored = unsaved + gone, world.calls, now
            code = 0 if code == 0 else world.finish()
            runs += 1
            counts.paid_twice += max(0, world.calls - PROMPTS - unsaved)
            counts.survived += since if code == 0 and world.verdicts == worlds.reference else 0
            world.again()
        return counts.told(world, runs=runs, started_by_themselves=fresh_hit, moments=moments)


def _hit(
    world: World, worlds: Worlds, how: signal.Signals, moment: str, fresh: bool, draw: random.Random
) -> tuple[int | None, bool]:
    """The exit code of a process that was sent a signal, and whether it was at work by then."""
    if moment == "files":
        code = world.finish(die_at=draw.randint(1, worlds.touched))
        return code, code == -signal.SIGKILL
    process: Process = world.start(fresh=fresh)
    if moment == "answers":
        left = PROMPTS - len(world.stored)
        at_work = world.wait_for(world.calls + draw.randint(1, max(1, left // 2)), process)
        time.sleep(draw.uniform(0, 2 * LATENCY))
    else:
        if fresh:  # most of its life are imports
            world.wait_for(world.calls + 1, process)
        time.sleep(draw.uniform(0, worlds.life))
        at_work = process.poll() is None
    process.send_signal(how)
    code = world.ended(process)
    return code, at_work and code not in (0, None)
