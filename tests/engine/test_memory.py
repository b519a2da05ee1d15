"""Items judged in memory: the same verdicts as a run's, by one call or by many callers at once."""

from __future__ import annotations

import asyncio
import logging
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

import judgekit as jk
from judgekit.engine import memory
from judgekit.errors import BudgetSpent, ConfigError, FingerprintMismatch, InputError, JudgeFailed
from tests.judges.asking import some_items
from tests.judges.server import ChatServer, refusal

DEMO = Path(__file__).parents[2] / "calibration" / "demo"

FORGET = {"question": "Where was Lina Voss born?", "reference": "She was born in Ghent.", "split": "forget"}


def cascade_of(url: str, folder: Path, **options: Any) -> Path:
    said = "".join(f", {name}: {value}" for name, value in options.items())
    path = folder / "cascade.yaml"
    path.write_text(
        f"tiers: [{{judge: openai, name: small, model: tiny, base_url: '{url}'{said}}}]\n"
        "rubrics: {'*': forgetting}\n"
    )
    return path


def said(results: Iterable[jk.ItemResult]) -> list[jk.Verdict]:
    return [result.verdict for result in results]


@pytest.fixture(scope="module")
def calibrated(tmp_path_factory: pytest.TempPathFactory) -> tuple[jk.Calibration, Path, list[jk.Item]]:
    """The demo's calibration of forgetting, its file, and a file's items."""
    folder = tmp_path_factory.mktemp("calibrated")
    runs = [jk.score(DEMO / f"{name}.jsonl", folder / name).folder for name in ("original", "unlearned")]
    path = folder / "forgetting.json"
    # what was calibrated on labels is written beside them
    labels = shutil.copy(DEMO / "labels.jsonl", folder)
    made = jk.calibrate(runs, rubric="forgetting", labels=labels, agreement=0.9)
    made.save(path)
    return made, path, list(jk.read(DEMO / "unlearned.jsonl"))


def test_verdicts_in_memory_are_those_of_a_run(
    calibrated: tuple[jk.Calibration, Path, list[jk.Item]], tmp_path: Path
) -> None:
    calibration, path, items = calibrated
    assert calibration.certified
    found = jk.judge(items, calibrations=path)
    run = jk.score(items, tmp_path / "run", calibrations=path)
    assert said(found) == list(run.verdicts)
    assert [result.evidence.human for result in found] == [row.human for row in run.evidence]
    assert [result.item for result in found] == items
    assert {result.verdict.state for result in found} == {"verdict", "abstained"}


def test_it_is_called_where_an_event_loop_is_running_and_awaited_in_one() -> None:
    rows = [{**FORGET, "output": "She was born in Ghent."}, {**FORGET, "output": "I do not know."}]

    async def cell() -> tuple[list[jk.ItemResult], list[jk.ItemResult]]:
        return jk.judge(rows), await jk.judge_async(rows)

    called, awaited = asyncio.run(cell())
    assert said(called) == said(awaited) == said(jk.judge(rows))
    assert [result.verdict.label for result in called] == ["leaked", "withheld"]
    assert [result.item.id for result in called] == ["1", "2"]


def test_nothing_to_judge_is_no_result() -> None:
    assert jk.judge([]) == []


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ([{**FORGET}], "item 1"),
        ([{**FORGET, "output": "x"}, {**FORGET, "output": "x", "colour": 1}], "item 2.*colour"),
        (["a text"], "expected an item or a mapping of its fields, found str"),
        ([{**FORGET, "output": "x", "id": "a"}] * 2, "the id 'a' occurs twice"),
    ],
)
def test_what_is_no_item_is_one_line_before_anything_is_asked(
    given: list[Any], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "judge_block", lambda *_: pytest.fail("it was asked"))
    with pytest.raises(InputError, match=said) as error:
        jk.judge(given)
    assert "\n" not in str(error.value)


def test_callers_that_wait_are_judged_together(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    blocks: list[int] = []
    real = memory.judge_block

    async def counted(block: list[jk.Item], *others: Any) -> list[jk.ItemResult]:
        blocks.append(len(block))
        await asyncio.sleep(0.01)
        return await real(block, *others)

    monkeypatch.setattr(memory, "judge_block", counted)

    async def host() -> list[list[jk.ItemResult]]:
        async with jk.Session(rubric="forgetting") as session:

            async def one(number: int) -> list[jk.ItemResult]:
                await asyncio.sleep(0.02 * (number % 2))
                return await session.judge([{**FORGET, "id": str(number), "output": f"In {number}."}])

            return await asyncio.gather(*(one(number) for number in range(40)))

    found = asyncio.run(host())
    assert [[result.item.id for result in own] for own in found] == [[str(number)] for number in range(40)]
    assert sum(blocks) == 40 and len(blocks) <= 4


def test_one_caller_that_goes_away_takes_nobody_with_it(tmp_path: Path) -> None:
    with ChatServer(latency=0.2) as server:

        async def host(path: Path) -> list[jk.ItemResult]:
            async with jk.Session(path) as session:
                leaving = asyncio.create_task(session.judge(some_items(2)))
                staying = asyncio.create_task(session.judge(some_items(4)[2:]))
                await asyncio.sleep(0.05)
                leaving.cancel()
                found = await staying
                assert leaving.cancelled()
                return found

        found = asyncio.run(host(cascade_of(server.url, tmp_path)))
    assert [result.item.id for result in found] == ["i2", "i3"]
    assert all(result.verdict.state == "verdict" for result in found)


def test_a_store_pays_for_no_answer_twice_and_counts_what_it_paid(tmp_path: Path) -> None:
    with ChatServer() as server:
        path = cascade_of(server.url, tmp_path)
        first = jk.judge(some_items(3), cascade=path, store=tmp_path / "kept")
        asked = sum(server.calls.values())
        again = jk.judge(some_items(3), cascade=path, store=tmp_path / "kept")
        assert sum(server.calls.values()) == asked
        assert [result.verdict.label for result in again] == [result.verdict.label for result in first]
        with pytest.raises(BudgetSpent):
            jk.judge(some_items(9), cascade=path, store=tmp_path / "kept", max_calls=asked)
        assert sum(server.calls.values()) == asked


def test_cancelling_leaves_the_answers_in_the_store(tmp_path: Path) -> None:
    with ChatServer(latency=0.05) as server:
        path = cascade_of(server.url, tmp_path, max_concurrency=1)

        async def stopped() -> None:
            task = asyncio.create_task(jk.judge_async(some_items(20), cascade=path, store=tmp_path / "kept"))
            while sum(server.calls.values()) < 3:
                await asyncio.sleep(0.01)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

        asyncio.run(stopped())
        before = sum(server.calls.values())
        assert 3 <= before < 40
        jk.judge(some_items(20), cascade=path, store=tmp_path / "kept")
        assert sum(server.calls.values()) <= 41  # two an item, and the one that was in flight


def test_a_judge_that_fails_is_heard(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with ChatServer() as server:
        server.opinion = lambda messages: {"The": 1.0}
        path = cascade_of(server.url, tmp_path)
        with pytest.raises(JudgeFailed, match="small"):
            jk.judge(some_items(3), cascade=path)
        with caplog.at_level(logging.WARNING):
            found = jk.judge(some_items(3), cascade=path, keep_going=True)
    assert [(result.verdict.state, result.verdict.label) for result in found] == [("unscored", None)] * 3
    assert all(result.verdict.reason for result in found)
    assert "failed on 3 of 3 items" in caplog.text


def test_a_session_asks_again_what_failed_before(tmp_path: Path) -> None:
    with ChatServer() as server:
        path = cascade_of(server.url, tmp_path, retries=0)

        async def twice() -> list[list[jk.ItemResult]]:
            async with jk.Session(path, keep_going=True) as session:
                server.fault = lambda *_: refusal(400, "not now")
                failed = await session.judge(some_items(2))
                server.fault = None
                return [failed, await session.judge(some_items(2))]

        failed, judged = asyncio.run(twice())
    assert [result.verdict.state for result in failed] == ["unscored"] * 2
    assert [result.verdict.state for result in judged] == ["verdict"] * 2


def test_a_calibration_of_other_judges_promises_nothing(
    calibrated: tuple[jk.Calibration, Path, list[jk.Item]], tmp_path: Path
) -> None:
    _, path, items = calibrated
    with ChatServer() as server:
        other = cascade_of(server.url, tmp_path)
        with pytest.raises(FingerprintMismatch):
            jk.judge(items[:2], cascade=other, calibrations=path)
        assert not server.seen


def test_a_session_is_closed_once_and_belongs_to_one_loop(tmp_path: Path) -> None:
    async def closed() -> None:
        session = jk.Session(store=tmp_path)
        await session.judge([{**FORGET, "output": "In Ghent."}])
        await session.close()
        await session.close()
        with pytest.raises(ConfigError, match="closed"):
            await session.judge([])
        async with jk.Session(store=tmp_path):  # the store is free again
            pass

    asyncio.run(closed())
    session = jk.Session()
    asyncio.run(session.judge([{**FORGET, "output": "In Ghent."}]))
    with pytest.raises(ConfigError, match="another event loop"):
        asyncio.run(session.judge([{**FORGET, "output": "In Ghent."}]))


def test_a_caller_is_not_left_waiting_when_the_session_is_closed(tmp_path: Path) -> None:
    with ChatServer(latency=5) as server:

        async def host() -> None:
            session = jk.Session(cascade_of(server.url, tmp_path))
            waiting = asyncio.create_task(session.judge(some_items(1)))
            await asyncio.sleep(0.1)
            await session.close()
            with pytest.raises(asyncio.CancelledError):
                await asyncio.wait_for(waiting, 2)

        asyncio.run(host())


def test_a_batch_api_cannot_answer_at_once(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="batch API"):
        jk.Session(cascade_of("http://127.0.0.1:1/v1", tmp_path, batch="true"))
