"""Whole runs in a bad world: a clock that goes back, a server that misbehaves."""

from __future__ import annotations

import asyncio
import random
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from email.utils import formatdate
from pathlib import Path
from typing import Any

from aiohttp import web

from benchmarks.faults.counted import Counts
from benchmarks.faults.world import PROMPTS, Worlds
from tests.judges.server import refusal

CLOCK = """
import time
_time, _looks = time.time, iter(range(1 << 62))
time.time = lambda: _time() - (3600 if next(_looks) % 3 == 0 else 0)
"""
"""The clock goes back an hour at every third look; a module that Python loads first."""


def clock_back(times: int, worlds: Worlds, draw: random.Random) -> dict[str, Any]:
    """Whole runs on a clock that goes back an hour again and again."""
    counts = Counts(tried=times)
    with worlds.one() as world, tempfile.TemporaryDirectory() as path:
        (Path(path) / "sitecustomize.py").write_text(CLOCK)
        for _ in range(times):
            counts.survived += world.finish(path=path) == 0 and world.verdicts == worlds.reference
            counts.paid_twice += world.calls - PROMPTS
            world.again()
        return counts.told(world)


def server_faults(times: int, worlds: Worlds, draw: random.Random) -> dict[str, Any]:
    """Whole runs before a server that misbehaves on three requests of ten."""
    counts, commands, faulted = Counts(tried=times), 0, Counter[str]()

    def fault(request: web.Request, body: dict[str, Any]) -> Any:
        if draw.random() > 0.3:
            return None
        name = draw.choice(list(FAULTS))
        faulted[name] += 1
        return FAULTS[name](request)

    with worlds.one(fault) as world:
        for _ in range(times):
            for _ in range(3):  # what was left unscored is asked for once more
                commands += 1
                if (code := world.finish()) != 4 and b'"unscored"' not in world.verdicts:
                    break
            counts.survived += code == 0 and world.verdicts == worlds.reference
            counts.paid_twice += world.calls - PROMPTS
            world.again()
        return counts.told(world, faults=faulted.total(), commands=commands)


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
    "a page instead of an answer": lambda _: web.Response(
        text="<html>Sign in</html>", content_type="text/html"
    ),
    "no choices": lambda _: web.json_response({"choices": []}),
    "slow": _slow,
}
