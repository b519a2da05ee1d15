"""Workers over one stream of jobs: what becomes of jobs under way when one fails or the run is stopped."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from judgekit.judges.openai.worker_pool import WorkerPool

Do = Callable[[WorkerPool[int], int], Awaitable[None]]


async def read(do: Do, results: list[int], jobs: int = 100, workers: int = 4) -> None:
    pool = WorkerPool[int]()
    async for result in pool.results(range(jobs), lambda job: do(pool, job), workers):
        results.append(result)


def stopped(do: Do, results: list[int], times: int = 1) -> None:
    """Read results, and cancel the reading after a moment, so many times."""

    async def run() -> None:
        reader = asyncio.create_task(read(do, results))
        for _ in range(times):
            await asyncio.sleep(0.02)
            reader.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reader

    asyncio.run(run())


def test_every_job_is_done_once_and_several_at_a_time() -> None:
    now, most, results = 0, 0, list[int]()

    async def do(pool: WorkerPool[int], job: int) -> None:
        nonlocal now, most
        now += 1
        most = max(most, now)
        await asyncio.sleep(0)
        now -= 1
        pool.hand_over(job)

    asyncio.run(read(do, results))
    assert sorted(results) == list(range(100)) and most == 4


def test_a_failure_lets_the_others_end_their_job_and_no_other_begin() -> None:
    results: list[int] = []

    async def do(pool: WorkerPool[int], job: int) -> None:
        if job == 1:
            raise ValueError("one")
        await asyncio.sleep(0.01)
        pool.hand_over(job)

    with pytest.raises(ValueError, match="one"):
        asyncio.run(read(do, results))
    assert sorted(results) == [0, 2, 3]


def test_stopped_it_waits_for_what_is_under_way_and_begins_nothing() -> None:
    begun, results = list[int](), list[int]()

    async def do(pool: WorkerPool[int], job: int) -> None:
        if job % 2:
            await asyncio.sleep(60)  # waits for its turn
        with pool.busy():
            begun.append(job)
            await asyncio.sleep(0.05)
        pool.hand_over(job)

    stopped(do, results)
    assert results == begun == [0, 2]


def test_stopped_twice_it_waits_for_nothing() -> None:
    ended, results = list[int](), list[int]()

    async def do(pool: WorkerPool[int], job: int) -> None:
        with pool.busy():
            await asyncio.sleep(60)
        ended.append(job)

    stopped(do, results, times=2)
    assert not ended and not results
