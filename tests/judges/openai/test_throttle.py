"""The adaptive limit: it grows while that pays, halves when pushed back, and keeps rates and order."""

from __future__ import annotations

import asyncio
import time

import pytest

from judgekit.judges.openai.throttle import START, Pace, Throttle


async def work(throttle: Throttle, jobs: int, seconds: float, places: int = 1000, prompts: int = 1) -> int:
    """Run jobs through a throttle against a server of so many places, where more at once take their turn."""
    server, most = asyncio.Semaphore(places), 0

    async def job() -> None:
        nonlocal most
        await throttle.acquire(prompts)
        await throttle.green()
        most = max(most, throttle.under_way)
        async with server:
            await asyncio.sleep(seconds)
        throttle.release(prompts, answered=True)

    await asyncio.gather(*(job() for _ in range(jobs)))
    return most


def test_the_limit_grows_to_the_most_while_the_rate_rises() -> None:
    throttle = Throttle(64)
    assert throttle.limit == START
    assert asyncio.run(work(throttle, 500, 0.01)) == 64
    assert throttle.under_way == 0


def test_the_limit_stays_where_more_at_once_is_not_faster() -> None:
    throttle = Throttle(1024)
    asyncio.run(work(throttle, 600, 0.01, places=8))
    assert throttle.limit < 200


def test_a_push_back_halves_once_however_many_come_together() -> None:
    throttle = Throttle(64)
    throttle.limit = 64
    sent = time.monotonic()
    for _ in range(40):
        throttle.push_back(0.0, sent)
    assert throttle.limit == 32
    throttle.push_back(0.0, time.monotonic())  # what was sent since says that it is still too much
    assert throttle.limit == 16


def test_nothing_is_sent_in_a_pause() -> None:
    async def run() -> float:
        throttle = Throttle(4)
        throttle.push_back(0.2, time.monotonic())
        started = time.monotonic()
        await throttle.acquire()
        await throttle.green()
        return time.monotonic() - started

    assert asyncio.run(run()) >= 0.19


def test_a_job_larger_than_the_limit_goes_alone_and_what_is_sent_again_goes_first() -> None:
    async def run() -> list[str]:
        throttle, order = Throttle(1), list[str]()
        await throttle.acquire(5)

        async def wait(name: str, again: bool) -> None:
            await throttle.acquire(again=again)
            order.append(name)
            throttle.release(answered=True)

        tasks = [
            asyncio.create_task(wait(*args))
            for args in (("first", False), ("second", False), ("retry", True))
        ]
        await asyncio.sleep(0)
        throttle.release(5, answered=True)
        await asyncio.gather(*tasks)
        return order

    assert asyncio.run(run()) == ["retry", "first", "second"]


def test_a_cancelled_wait_leaves_no_place_taken() -> None:
    async def run() -> int:
        throttle = Throttle(1)
        await throttle.acquire()
        waiting = [asyncio.create_task(throttle.acquire()) for _ in range(3)]
        await asyncio.sleep(0)
        waiting[1].cancel()
        throttle.release(answered=True)  # the first gets the place, and is cancelled before it can use it
        waiting[0].cancel()
        await asyncio.gather(*waiting[:2], return_exceptions=True)
        await asyncio.wait_for(waiting[2], 1)
        throttle.release(answered=True)
        return throttle.under_way

    assert asyncio.run(run()) == 0


@pytest.mark.parametrize("per_minute", [60, 6000])
def test_a_pace_lets_a_seconds_worth_through_and_then_the_rate(per_minute: float) -> None:
    pace, now = Pace(per_minute), 100.0
    taken = 0
    while now < 110:
        if pace.free_at > now:
            now = pace.free_at
        pace.take(1, now)
        taken += 1
    assert taken == pytest.approx(11 * per_minute / 60, abs=2)
