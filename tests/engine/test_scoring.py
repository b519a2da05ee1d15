"""Scoring awaited: the same run as without, and whole when it is cancelled."""

from __future__ import annotations

import asyncio
import inspect
from pathlib import Path
from typing import Any, get_type_hints

import pytest

import judgekit as jk
from judgekit.engine.scoring import ScoreOptions
from judgekit.runs.folder import is_finished
from judgekit.runs.store import Store, kept


def some(count: int = 12) -> list[jk.Item]:
    return [
        jk.Item(id=str(i), question="Where?", references=("Ghent",), outputs=("Ghent" if i % 2 else "Lyon",))
        for i in range(count)
    ]


class Slow:
    """A judge that takes its time, and knows what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def __call__(self, item: jk.Item) -> str:
        self.asked.append(item.id)
        await asyncio.sleep(0.02)
        return "right" if item.output == item.reference else "wrong"

    @property
    def options(self) -> dict[str, Any]:
        tier = {"judge": "function", "function": self, "version": "1", "price": 0.5, "max_concurrency": 2}
        return {"cascade": {"tiers": [tier]}, "rubric": "qa"}


def test_awaited_it_leaves_the_same_run(tmp_path: Path) -> None:
    slow = Slow()
    one = asyncio.run(jk.score_async(some(), tmp_path / "one", **slow.options))
    other = jk.score(some(), tmp_path / "other", **slow.options)
    assert list(one.verdicts) == list(other.verdicts) and one.progress == other.progress


def test_cancelled_it_keeps_what_was_answered_and_goes_on_from_there(tmp_path: Path) -> None:
    slow, folder = Slow(), tmp_path / "run"

    async def cancelled() -> None:
        job = asyncio.create_task(jk.score_async(some(), folder, **slow.options))
        while len(slow.asked) < 5:
            await asyncio.sleep(0.001)
        job.cancel()
        with pytest.raises(asyncio.CancelledError):
            await job

    asyncio.run(cancelled())
    answers, spent = kept(folder)
    assert answers == spent.calls == len(slow.asked) >= 5, "those under way were waited for, and kept"
    assert not is_finished(folder)
    Store(folder).close()  # and let go
    scored = asyncio.run(jk.score_async(some(), folder, **slow.options))
    assert sorted(slow.asked, key=int) == [item.id for item in some()], "nothing was asked twice"
    assert [one.label for one in scored.verdicts] == ["wrong", "right"] * 6
    assert scored.progress.cost == 6.0


def test_the_event_loop_goes_on_meanwhile(tmp_path: Path) -> None:
    async def both() -> int:
        turns = 0
        job = asyncio.create_task(jk.score_async(some(), tmp_path / "run", **Slow().options))
        while not job.done():
            await asyncio.sleep(0.005)
            turns += 1
        return turns

    assert asyncio.run(both()) > 5


def test_bad_options_are_said_before_anything_is_asked(tmp_path: Path) -> None:
    with pytest.raises(jk.JudgekitError, match="limit must be 1 or more"):
        asyncio.run(jk.score_async(some(), tmp_path / "run", limit=0))
    assert not (tmp_path / "run").exists()


def test_its_options_are_those_of_score_but_for_the_engine() -> None:
    named = set(inspect.signature(jk.score).parameters) - {"source", "out", "engine"}
    assert named == set(get_type_hints(ScoreOptions))
