"""The openai judge against a real server on the loopback: verdicts, requests, budgets, several endpoints."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from judgekit.errors import BudgetSpent, ConfigError
from judgekit.judges.base import Ask
from judgekit.judges.openai import backend
from judgekit.judges.openai.keys import Keys
from judgekit.judges.openai.settings import Settings
from judgekit.records import Evidence, Item
from judgekit.runs.budget import Budget
from judgekit.runs.store import Store
from tests.judges.asking import LABELS, answers, evidence, make_judge, small_rubric, some_items
from tests.judges.server import ChatServer, Messages, opinion


def asks_of(items: list[Item], **annotators: Any) -> list[Ask]:
    rubric = small_rubric()
    panel = make_judge("http://unused", annotators=annotators).panel(rubric)
    return [ask for item in items for ask in panel.asks(item, annotators.get("n", 1))]


def expected(messages: Messages) -> dict[str, float]:
    """The server's opinion renormalized over the letters."""
    letters = {letter: p for letter, p in opinion(messages).items() if letter in "ABCDE"}
    return {letter: p / sum(letters.values()) for letter, p in letters.items()}


def without_time(found: list[Evidence]) -> list[Evidence]:
    return [one.model_copy(update={"seconds": None}) for one in found]


def test_evidence_is_the_mean_of_what_the_server_said() -> None:
    with ChatServer() as server:
        found = evidence(
            server.url, some_items(5), annotators={"n": 3, "k": 2}, price={"input": 1, "output": 2}
        )
    for item, one in zip(some_items(5), found, strict=True):
        said = dict.fromkeys(LABELS, 0.0)
        for ask in asks_of([item], n=3, k=2):
            for letter, p in expected(ask.prompt.messages).items():
                said[ask.prompt.options[letter]] += p / 6
        assert one.probs == pytest.approx(said)
        assert one.mass == pytest.approx(0.95)
        assert one.cost == pytest.approx(((one.prompt_tokens or 0) + 2 * (one.completion_tokens or 0)) / 1e6)
        assert one.model == "tiny"


def test_evidence_is_the_same_whatever_the_concurrency(tmp_path: Path) -> None:
    runs = []
    for most, flags in (
        (1, {}),
        (7, {}),
        (64, {}),
        (64, {"vllm": True}),
        (64, {"vllm": True, "batch": True}),
    ):
        with ChatServer(latency=0.001, **flags) as server:
            runs.append(
                without_time(
                    evidence(server.url, some_items(40), annotators={"n": 2, "k": 2}, max_concurrency=most)
                )
            )
            assert server.concurrent <= most
    tokens = {"prompt_tokens": None, "completion_tokens": None}
    assert runs[0] == runs[1] == runs[2] == runs[3]
    for batched, single in zip(runs[4], runs[0], strict=True):
        assert batched.probs == pytest.approx(single.probs)
        assert batched.model_copy(update={**tokens, "probs": {}}) == single.model_copy(
            update={**tokens, "probs": {}}
        )
    assert sum(one.prompt_tokens or 0 for one in runs[4]) == sum(one.prompt_tokens or 0 for one in runs[0])


def test_the_request_is_one_token_at_temperature_0_with_log_probabilities() -> None:
    with ChatServer() as server:
        evidence(server.url, some_items(1), extra_body={"user": "me", "top_logprobs": 5})
        (body, _) = server.seen
    assert {name: value for name, value in body.items() if name != "messages"} == {
        "model": "tiny", "max_tokens": 1, "temperature": 0, "logprobs": True, "top_logprobs": 5, "user": "me",
    }  # fmt: skip


def test_vllm_is_asked_for_the_letters_own_tokens_and_not_to_think() -> None:
    with ChatServer(vllm=True) as server:
        (found,) = answers(server.url, asks_of(some_items(1))[:1]).values()
        (body,) = server.seen
    assert body["chat_template_kwargs"] == {"enable_thinking": False}
    assert body["logprob_token_ids"] == [ord(letter) for letter in "ABCDE"]  # bytes are that server's tokens
    assert set(found.logprobs) == set("ABCDE")
    assert found.floor is None


def test_many_prompts_go_into_one_request_where_the_server_takes_them() -> None:
    asks = asks_of(some_items(50))
    with ChatServer(vllm=True, batch=True) as server:
        found = answers(server.url, asks, batch_size=16)
        assert [len(body["messages"]) for body in server.seen] == [16, 16, 16, 16, 16, 16, 4]
    for ask in asks:
        assert {k: math.exp(v) for k, v in found[ask.key].logprobs.items()} == pytest.approx(
            {letter: p for letter, p in opinion(ask.prompt.messages).items() if letter in "ABCDE"}
        )


def test_a_short_list_bounds_the_letters_it_leaves_out() -> None:
    asks = asks_of(some_items(10))
    with ChatServer() as server:
        found = answers(server.url, asks, top_logprobs=3)
    for ask in asks:
        answer, truth = found[ask.key], opinion(ask.prompt.messages)
        missing = set("ABCDE") - set(answer.logprobs)
        assert len(missing) >= 2
        assert answer.floor is not None
        assert all(truth[letter] <= math.exp(answer.floor) + 1e-12 for letter in missing)


def test_sampled_answers_are_counted_and_are_a_judge_of_their_own() -> None:
    ask = asks_of(some_items(1))[0]
    with ChatServer() as server:
        (found,) = answers(server.url, [ask], samples=400).values()
        (body,) = server.seen
    assert (body["n"], body["temperature"], "logprobs" in body) == (400, 1, False)
    truth = opinion(ask.prompt.messages)
    assert sum(found.sampled.values()) == 400
    assert all(abs(found.sampled.get(letter, 0) / 400 - truth[letter]) < 0.1 for letter in "ABCDE")
    prints = {
        make_judge("http://x", **spec).fingerprint(small_rubric())
        for spec in ({}, {"samples": 5}, {"samples": 6})
    }
    assert len(prints) == 3


def test_a_model_is_one_judge_whoever_serves_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """A calibration and paid answers hold for the model and how it is asked, not for the gateway it is reached by."""
    monkeypatch.setenv("OPENAI_API_KEY", "k")
    gateways = ("https://api.openai.com/v1", "https://gateway.example/v1", "http://localhost:8000/v1")
    rubric = small_rubric()
    one = {make_judge(url).fingerprint(rubric) for url in gateways}
    one.add(
        make_judge(list(gateways), timeout=5, retries=1, price={"input": 1, "output": 1}).fingerprint(rubric)
    )
    assert len(one) == 1
    item = some_items(1)[0]
    assert len({make_judge(url).panel(rubric).asks(item, 1)[0].key for url in gateways}) == 1
    others = ({"model": "other"}, {"max_tokens": 2}, {"top_logprobs": 5}, {"thinking": "skip"})
    assert one.isdisjoint(make_judge(gateways[1], **other).fingerprint(rubric) for other in others)


def test_a_judge_whose_answers_are_read_in_another_way_is_another(monkeypatch: pytest.MonkeyPatch) -> None:
    before = make_judge("http://x").fingerprint(small_rubric())
    monkeypatch.setattr("judgekit.judges.openai.chat.READING", 10**6)
    assert make_judge("http://x").fingerprint(small_rubric()) != before


def test_a_server_that_ignores_n_is_asked_until_there_are_n() -> None:
    class IgnoresN(ChatServer):
        def completion(self, body: dict[str, Any]) -> dict[str, Any]:
            return super().completion({**body, "n": 1})

    with IgnoresN() as server:
        (found,) = answers(
            server.url, asks_of(some_items(1))[:1], samples=4, price={"input": 1, "output": 1}
        ).values()
        assert len(server.seen) == 4
    assert sum(found.sampled.values()) == 4
    assert found.completion_tokens == 4


def test_prices_are_of_the_usage_reported_and_unknown_stays_unknown() -> None:
    class Cached(ChatServer):
        def completion(self, body: dict[str, Any]) -> dict[str, Any]:
            usage = {
                "prompt_tokens": 1000,
                "completion_tokens": 1,
                "prompt_tokens_details": {"cached_tokens": 600},
            }
            return {**super().completion(body), "usage": usage}

    class Silent(ChatServer):
        def completion(self, body: dict[str, Any]) -> dict[str, Any]:
            return {**super().completion(body), "usage": None}

    ask, price = asks_of(some_items(1))[:1], {"input": 10, "cached_input": 1, "output": 30}
    with Cached() as server:
        (found,) = answers(server.url, ask, price=price).values()
        assert found.cost == pytest.approx((400 * 10 + 600 * 1 + 1 * 30) / 1e6)
        assert found.cached_tokens == 600
        (found,) = answers(server.url, ask).values()
        assert found.cost is None
    with Silent() as server:
        (found,) = answers(server.url, ask, price=price).values()
        assert (found.cost, found.prompt_tokens) == (None, None)


def test_a_budget_in_calls_is_met_exactly_and_the_run_goes_on_with_a_larger_one(tmp_path: Path) -> None:
    items = some_items(30)
    with ChatServer(latency=0.005) as server, Store(tmp_path) as store:
        with pytest.raises(BudgetSpent, match="budget of 25 calls"):
            evidence(server.url, items, store, Budget(calls=25))
        assert sum(server.calls.values()) == len(store) == 25
        with pytest.raises(BudgetSpent):  # the same command again has nothing left to spend
            evidence(server.url, items, store, Budget(calls=25, spent=store.spent()))
        assert sum(server.calls.values()) == 25
        found = evidence(server.url, items, store, Budget(calls=60, spent=store.spent()))
        assert all(one.probs for one in found)
        assert set(server.calls.values()) == {1}
        assert len(server.calls) == 60


def test_a_budget_in_dollars_is_not_passed_by_calls_in_flight(tmp_path: Path) -> None:
    price = {"input": 1000, "output": 1000}
    with ChatServer(latency=0.01) as server, Store(tmp_path) as store:
        with pytest.raises(BudgetSpent, match=r"budget of \$2 is used up"):
            evidence(server.url, some_items(100), store, Budget(dollars=2.0), price=price)
        assert 1.5 < store.spent().dollars <= 2.0
        assert len(store) == sum(server.calls.values())


def test_a_budget_in_dollars_needs_a_price() -> None:
    with pytest.raises(ConfigError, match="needs the price of 'tiny'"):
        make_judge("http://unused", budget=Budget(dollars=1.0))


def test_several_endpoints_share_the_work() -> None:
    with ChatServer(latency=0.01) as one, ChatServer(latency=0.01) as two:
        found = answers("", asks_of(some_items(100)), base_url=[one.url, two.url], max_concurrency=8)
        assert len(found) == 200
        assert min(len(one.seen), len(two.seen)) > 20  # how evenly depends on how fast either is


def test_the_work_of_a_dead_endpoint_is_done_by_the_others() -> None:
    with ChatServer() as one, ChatServer() as two:
        two.stop()
        found = answers("", asks_of(some_items(50)), base_url=[one.url, two.url], patience=0.2)
        assert len(found) == 100
        assert all(answer.error is None for answer in found.values())


def test_each_endpoint_gets_its_own_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEY_ONE", "one")
    monkeypatch.setenv("KEY_TWO", "two")
    seen: set[str] = set()

    def note(request: Any, body: Any) -> None:
        seen.add(request.headers["Authorization"])

    with ChatServer(note, latency=0.01) as server:
        named = [f"KEY_ONE={server.url}", f"KEY_TWO={server.url}"]
        answers(
            server.url,
            asks_of(some_items(40)),
            keys=named,
            api_key_env=["KEY_ONE", "KEY_TWO"],
            max_concurrency=4,
        )
    assert seen == {"Bearer one", "Bearer two"}


def test_a_limit_of_requests_a_minute_is_kept() -> None:
    """600 a minute and a second's worth at once: 30 requests take at least two seconds."""
    import time

    with ChatServer() as server:
        started = time.monotonic()
        answers(server.url, asks_of(some_items(15)), rpm=600)
        assert time.monotonic() - started > 1.8


@pytest.mark.parametrize(
    ("spec", "error", "message"),
    [
        ({"base_url": "https://api.openai.com/v1"}, ConfigError, "OPENAI_API_KEY holds no key"),
        ({"base_url": "http://x", "api_key_env": "NOT_SET_ANYWHERE"}, ConfigError, "NOT_SET_ANYWHERE holds no key"),
        ({"base_url": ["http://x", "http://y"], "api_key_env": ["A", "B", "C"]}, ConfigError, "2 base_url but 3 api_key_env"),
        ({"temprature": 1}, ValidationError, "temprature"),
        ({"samples": 1}, ValidationError, "samples"),
    ],
)  # fmt: skip
def test_settings_that_make_no_sense(
    spec: dict[str, Any], error: type[Exception], message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(error, match=message):
        backend({"model": "tiny", **spec}, keys=Keys.of())


def test_a_modern_openai_model_gets_the_limit_under_its_new_name() -> None:
    request = Settings(
        model="o9", base_url="https://api.openai.com/v1", samples=5, max_tokens=2000, reasoning_effort="low"
    ).request
    assert request == {
        "model": "o9",
        "max_completion_tokens": 2000,
        "n": 5,
        "temperature": 1,
        "reasoning_effort": "low",
    }
