"""Work that awaits, done for a caller who does not: with an event loop of its own, also where one is running."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any, TypeVar

T = TypeVar("T")

_TURN = 0.2
"""Seconds waited for another thread at a time: on Windows, Ctrl-C does not end a wait without limit."""


def finished(work: Callable[[], Awaitable[T]]) -> T:
    """What the work returns, once it is done.

    Where this thread's event loop is running already, as in a notebook, the work runs in another thread.

    Raises
    ------
    KeyboardInterrupt
        The user stopped it; the work was told so and may keep what it has.
    """
    started: list[asyncio.Task[Any] | None] = []

    async def run() -> T:
        started.append(asyncio.current_task())
        return await work()

    if not _loop_is_running():
        return asyncio.run(run())
    with ThreadPoolExecutor(1) as thread:
        done = thread.submit(asyncio.run, run())
        try:
            while not wait([done], _TURN).done:
                pass
            return done.result()
        except KeyboardInterrupt:
            for task in filter(None, started):
                task.get_loop().call_soon_threadsafe(task.cancel)
            raise


def _loop_is_running() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
