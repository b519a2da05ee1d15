"""Work that awaits, done for a caller who does not."""

from __future__ import annotations

import asyncio

import pytest

from judgekit.engine.loop import finished


async def work() -> str:
    await asyncio.sleep(0)
    return "done"


async def broken() -> str:
    raise ValueError("as it came")


def test_the_result_is_the_same_with_a_running_loop_and_without() -> None:
    async def cell() -> str:
        return finished(work)

    assert finished(work) == asyncio.run(cell()) == "done"


def test_an_error_comes_out_as_it_was_and_with_nothing_before_it() -> None:
    async def cell() -> str:
        return finished(broken)

    for call in (lambda: finished(broken), lambda: asyncio.run(cell())):
        with pytest.raises(ValueError, match="as it came") as error:
            call()
        assert error.value.__context__ is None
