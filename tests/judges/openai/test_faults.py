"""The openai judge against a server that misbehaves: every item ends as evidence or as missing with its reason."""

from __future__ import annotations

import asyncio
import json
import re
import threading
import time
from collections import Counter
from collections.abc import Callable
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from judgekit.errors import ConfigError
from judgekit.judges.openai.endpoint import _retry_after
from judgekit.records import Evidence, Item
from judgekit.runs.store import Store
from tests.judges.asking import evidence, make_judge, some_items
from tests.judges.openai.test_chat import without_time
from tests.judges.server import ChatServer, prompt_hash, refusal

pytestmark = pytest.mark.slow

ITEMS = some_items(40)


def reference() -> list[Evidence]:
    """What a server without faults leads to."""
    with ChatServer() as server:
        return without_time(evidence(server.url, ITEMS))


def item_number(body: dict[str, Any]) -> int:
    return int(body["messages"][-1]["content"].split("Output ")[1].split(".")[0])


class First:
    """Misbehaves the first so many times that each prompt is asked."""

    def __init__(self, times: int, what: Callable[[web.Request, dict[str, Any]], Any]) -> None:
        self.times, self.what, self.met = times, what, Counter[str]()

    def __call__(self, request: web.Request, body: dict[str, Any]) -> Any:
        key = prompt_hash(body["messages"])
        self.met[key] += 1
        return self.what(request, body) if self.met[key] <= self.times else None


def drop(request: web.Request, body: dict[str, Any]) -> web.Response:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


async def drip(request: web.Request, body: dict[str, Any]) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
    await response.prepare(request)
    for _ in range(200):
        await response.write(b" ")
        await asyncio.sleep(0.05)
    return response


def truncated(request: web.Request, body: dict[str, Any]) -> web.Response:
    text = json.dumps(ChatServer().completion(body))
    return web.Response(text=text[: len(text) // 2], content_type="application/json")


def reply(**changes: Any) -> Callable[[web.Request, dict[str, Any]], web.Response]:
    return lambda request, body: web.json_response({**ChatServer().completion(body), **changes})


PASSING = {
    "429": lambda *_: refusal(429, "slow down", **{"Retry-After": "0.05"}),
    "429 in ms": lambda *_: refusal(429, "slow down", **{"retry-after-ms": "30"}),
    "429 without a time": lambda *_: refusal(429, "slow down"),
    "500": lambda *_: refusal(500, "out of order"),
    "503 that is no JSON": lambda *_: web.Response(status=503, text="<html>upstream</html>"),
    "dropped": drop,
    "slow drip": drip,
    "truncated": truncated,
    "not JSON": lambda *_: web.Response(text="OK", content_type="application/json"),
    "empty choices": reply(choices=[]),
    "null choices": reply(choices=None),
    "nested without end": lambda *_: web.Response(text="[" * 100_000, content_type="application/json"),
    "a list": lambda *_: web.json_response([]),
    "an error with status 200": lambda *_: web.json_response({"error": {"message": "upstream is down"}}),
}


@pytest.mark.parametrize("name", PASSING)
def test_a_fault_that_passes_costs_nothing_but_time(name: str, tmp_path: Path) -> None:
    """Each prompt meets the fault once, is asked again, is answered once, and leads to what it would have."""
    slow = name == "slow drip"
    items = ITEMS[:4] if slow else ITEMS
    with ChatServer(First(1, PASSING[name])) as server, Store(tmp_path) as store:
        found = evidence(server.url, items, store, timeout=2.0 if slow else 10, retries=8)
        assert without_time(found) == reference()[: len(items)]
        assert set(server.calls.values()) == {1}
        assert len(server.seen) == 2 * len(server.calls)
        paid = sum(server.calls.values())
        assert evidence(server.url, items, store) == found
        assert sum(server.calls.values()) == paid


LASTING = {
    "500": (PASSING["500"], r"500: out of order \(attempts: 3\)"),
    "dropped": (drop, r"connection dropped.*\(attempts: 3\)"),
    "slow drip": (drip, r"no answer within 2 s"),
    "truncated": (truncated, "cut short or not JSON"),
    "empty choices": (reply(choices=[]), "no choices in the answer"),
    "an error with status 200": (PASSING["an error with status 200"], "upstream is down"),
    "too long": (
        lambda *_: refusal(
            400, "This model's maximum context length is 4096 tokens. However, you requested 9000"
        ),
        "prompt too long for the model: This model's maximum context length is 4096",
    ),
    "content policy": (
        lambda *_: refusal(400, "blocked by content management policy"),
        r"refused \(400\): blocked",
    ),
    "no log-probabilities": (
        reply(choices=[{"index": 0, "message": {"content": "A"}}]),
        "no log-probabilities in the answer .it said 'A'.; .* declare samples",
    ),
    "no letter": (
        reply(
            choices=[
                {"message": {"content": "I"}, "logprobs": {"content": [{"token": "I", "logprob": -0.1}]}}
            ]
        ),
        "no option letter among the top log-probabilities; it said 'I'",
    ),
}


@pytest.mark.parametrize("name", LASTING)
def test_a_fault_that_lasts_leaves_its_items_missing_with_the_reason_and_no_others(
    name: str, tmp_path: Path
) -> None:
    what, reason = LASTING[name]

    def every_tenth(request: web.Request, body: dict[str, Any]) -> Any:
        return what(request, body) if item_number(body) % 10 == 3 else None

    with ChatServer(every_tenth) as server, Store(tmp_path) as store:
        found = evidence(server.url, ITEMS, store, timeout=2.0 if name == "slow drip" else 10, retries=2)
        for number, (one, sound) in enumerate(zip(without_time(found), reference(), strict=True)):
            if number % 10 == 3:
                assert one.probs == {}
                assert re.search(reason, one.reason or ""), one.reason
            else:
                assert one == sound
        before = len(server.seen)
        server.fault = None
        again = evidence(server.url, ITEMS, store)
        if name == "no letter":  # the model did answer: that is final
            assert again == found
            assert len(server.seen) == before
        else:
            assert without_time(again) == reference()
            assert len(server.seen) == before + 8
        assert set(server.calls.values()) == {1}


def test_a_bad_prompt_does_not_fail_the_batch_it_is_in() -> None:
    def too_long(request: web.Request, body: dict[str, Any]) -> Any:
        return refusal(400, "maximum context length is 4096 tokens") if item_number(body) == 17 else None

    with ChatServer(too_long, vllm=True, batch=True) as server:
        found = evidence(server.url, ITEMS)
        assert set(server.calls.values()) == {1}
    assert [number for number, one in enumerate(found) if not one.probs] == [17]
    assert "too long" in (found[17].reason or "")


@pytest.mark.parametrize(
    ("fault", "spec", "message"),
    [
        (lambda *_: refusal(404, "The model `tiny` does not exist."), {}, r"model 'tiny': refused \(404\): The model"),
        (lambda *_: refusal(401, "Incorrect API key"), {}, r"refused the key \(401\): Incorrect API key"),
        (lambda *_: refusal(403, "no access"), {}, r"refused the key \(403\)"),
        (lambda *_: refusal(400, "Unsupported parameter: 'logprobs'"), {}, r"every request is refused \(400\): Unsupported"),
        (
            lambda *_: web.json_response({"error": {"message": "pay", "code": "insufficient_quota"}}, status=429),
            {},
            "no quota left: pay",
        ),
    ],
)  # fmt: skip
def test_what_no_prompt_would_survive_stops_the_run_at_once(
    fault: Any, spec: dict[str, Any], message: str
) -> None:
    with ChatServer(fault, latency=0.01) as server:
        with pytest.raises(ConfigError, match=message):
            evidence(server.url, some_items(500), **spec)
        assert len(server.seen) <= 80


def test_a_wrong_key_costs_one_call() -> None:
    with ChatServer(lambda *_: refusal(401, "Incorrect API key"), latency=0.05) as server:
        with pytest.raises(ConfigError, match="refused the key"):
            evidence(server.url, some_items(200), max_concurrency=64)
        assert len(server.seen) == 1


def test_a_key_that_is_withdrawn_costs_what_is_under_way() -> None:
    """Sixteen at first; those that wait for their turn are not sent any more."""

    async def refused() -> web.Response:
        await asyncio.sleep(0.05)
        return refusal(401, "Incorrect API key")

    with ChatServer(lambda *_: refused() if len(server.seen) > 10 else None, latency=0.05) as server:
        with pytest.raises(ConfigError, match="refused the key"):
            evidence(server.url, some_items(200), max_concurrency=64)
        assert len(server.seen) <= 10 + 17


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": "7", "retry-after-ms": "250"}, 0.25),
        ({"retry-after": "Wed, 21 Oct 2026 07:28:09 GMT", "date": "Wed, 21 Oct 2026 07:28:00 GMT"}, 9.0),
        ({"retry-after": "Wednesday, 21-Oct-26 07:28:09 GMT", "date": "Wed, 21 Oct 2026 07:28:00 GMT"}, 9.0),
        ({"retry-after": "Wed, 21 Oct 2026 07:27:00 GMT", "date": "Wed, 21 Oct 2026 07:28:00 GMT"}, 0.0),
        ({"retry-after": "Fri, 01 Jan 2100 00:00:00 GMT"}, 300.0),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "Wed, 99 Oct 2026 07:28:00 GMT"}, None),
        ({}, None),
    ],
)
def test_the_pause_that_a_server_asks_for(headers: dict[str, str], seconds: float | None) -> None:
    assert _retry_after(headers) == seconds


def test_a_date_to_come_back_at_is_obeyed() -> None:
    answered: list[float] = []

    def busy(*_: Any) -> Any:
        answered.append(time.monotonic())
        at, now = time.time() + 2, time.time()
        dates = {"Retry-After": formatdate(at, usegmt=True), "Date": formatdate(now, usegmt=True)}
        return refusal(429, "slow down", **dates) if len(answered) == 1 else None

    with ChatServer(busy) as server:
        found = evidence(server.url, some_items(3))
    assert all(one.probs for one in found)
    assert answered[1] - answered[0] > 1.5


def test_a_wrong_model_is_told_before_anything_is_asked_where_the_server_says_what_it_has() -> None:
    with ChatServer(vllm=True) as server:
        with pytest.raises(ConfigError, match="has no model 'tinny'; it serves: tiny"):
            evidence(server.url, ITEMS, model="tinny")
        assert server.seen == []


def test_a_server_that_is_restarted_is_waited_for(tmp_path: Path) -> None:
    server = ChatServer(latency=0.01).start()

    def restart() -> None:
        while sum(server.calls.values()) < 50:
            time.sleep(0.005)
        server.stop()
        time.sleep(0.7)
        server.start()

    with Store(tmp_path) as store:
        thread = threading.Thread(target=restart)
        thread.start()
        found = evidence(server.url, some_items(150), store, retries=1, patience=20, max_concurrency=8)
        thread.join()
        server.stop()
        assert all(one.probs for one in found)
        assert len(store) == 300


def test_a_server_that_never_comes_back_is_given_up_on_soon() -> None:
    with ChatServer() as server:
        pass
    started = time.monotonic()
    found = evidence(server.url, some_items(300), patience=0.5, retries=1)
    assert time.monotonic() - started < 20
    assert all("connection refused" in (one.reason or "") for one in found)


def test_a_server_with_few_places_is_asked_for_what_it_can_do() -> None:
    """It refuses more than 8 at once; the judge settles near that, and nothing is lost."""
    now = 0
    refused = 0

    async def eight_places(request: web.Request, body: dict[str, Any]) -> Any:
        nonlocal now, refused
        if now >= 8:
            refused += 1
            return refusal(429, "busy", **{"Retry-After": "0.02"})
        now += 1
        await asyncio.sleep(0.01)
        now -= 1
        return None

    with ChatServer(eight_places) as server:
        found = evidence(server.url, some_items(400), retries=20)
        assert all(one.probs for one in found)
        assert set(server.calls.values()) == {1}
    assert refused < 150


def test_a_retry_carries_the_key_of_the_first_try_so_that_a_gateway_can_tell() -> None:
    keys: dict[str, set[str]] = {}

    def note(request: web.Request, body: dict[str, Any]) -> Any:
        tries = keys.setdefault(prompt_hash(body["messages"]), set())
        first = not tries
        tries.add(request.headers["Idempotency-Key"])
        return drop(request, body) if first else None

    with ChatServer(note) as server:
        evidence(server.url, some_items(5))
    assert all(len(used) == 1 for used in keys.values())
    assert len({next(iter(used)) for used in keys.values()}) == 10


def test_a_judge_can_be_used_in_one_event_loop_after_another() -> None:
    with ChatServer() as server:
        judge = make_judge(server.url)
        rubric = next(iter(judge._panels.values())).rubric
        for items in (ITEMS[:3], ITEMS[3:6]):
            found = asyncio.run(judge.evidence(items, rubric, 1))
            assert all(one.probs for one in found)


def test_text_that_cannot_be_encoded_is_asked_about_all_the_same() -> None:
    with ChatServer() as server:
        (found,) = evidence(
            server.url, [Item(id="s", question="Q?", outputs=("half a pair \ud83d and \x00",))]
        )
    assert found.probs
