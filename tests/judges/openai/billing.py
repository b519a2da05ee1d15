"""Servers that bill what they like, and what judgekit lets them bill under a budget."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from aiohttp import web

from judgekit.errors import BudgetSpent
from judgekit.runs.budget import Budget
from judgekit.runs.store import Store
from tests.judges.asking import evidence, some_items
from tests.judges.server import ChatServer

PRICE = {"input": 2.0, "output": 8.0}


class Biller:
    """Answers as the test server does, and bills by its own count of tokens."""

    def __init__(
        self,
        tokens_per_char: float = 0.25,
        completion: Callable[[int], int] = lambda call: 1,
        *,
        usage: bool = True,
        cached: int = 0,
        hangs: float = 0.0,
        timeout: float = 0.2,
    ) -> None:
        self.rate, self.completion, self.usage, self.cached = tokens_per_char, completion, usage, cached
        self.hangs, self.timeout = hangs, timeout
        self.billed, self.calls, self.dearest = 0.0, 0, 0.0

    def __call__(self, _: web.Request, body: dict[str, Any]) -> Any:
        self.calls += 1
        prompt = int(sum(len(message["content"]) for message in body["messages"]) * self.rate)
        completion = self.completion(self.calls)
        cost = (prompt * PRICE["input"] + completion * PRICE["output"]) / 1e6
        self.billed += cost
        self.dearest = max(self.dearest, cost)
        answer = ChatServer().completion(body)
        answer["usage"] = {
            "prompt_tokens": prompt,
            "completion_tokens": completion,
            "prompt_tokens_details": {"cached_tokens": self.cached},
        }
        if not self.usage:
            del answer["usage"]
        return (
            self._late(answer) if (self.calls * 7919) % 100 < self.hangs * 100 else web.json_response(answer)
        )

    async def _late(self, answer: dict[str, Any]) -> web.Response:
        await asyncio.sleep(self.timeout * 2)
        return web.json_response(answer)


SERVERS: dict[str, tuple[Callable[[], Biller], int]] = {
    "honest": (Biller, 1),
    "one token a character": (lambda: Biller(1.0), 1),
    "two tokens a character": (lambda: Biller(2.0), 1),
    "completions of 200 tokens": (lambda: Biller(completion=lambda _: 200), 1),
    "one completion in fifty has 500 tokens": (
        lambda: Biller(completion=lambda n: 500 if n % 50 == 49 else 1),
        1,
    ),
    "30 % of the calls hang and are billed": (lambda: Biller(hangs=0.3), 1),
    "no usage": (lambda: Biller(usage=False), 1),
    "no usage, five runs": (lambda: Biller(usage=False), 5),
    "honest, five runs": (Biller, 5),
    "a billion cached tokens": (lambda: Biller(cached=10**9), 1),
}


def measure(make: Callable[[], Biller], runs: int, cap: float, items: int) -> dict[str, Any]:
    """What one server bills, and what judgekit believes."""
    biller = make()
    with tempfile.TemporaryDirectory() as folder, ChatServer(biller, keep=False) as server:
        for _ in range(runs):
            with Store(Path(folder)) as store:
                budget = Budget(dollars=cap, spent=store.spent())
                with suppress(BudgetSpent):
                    evidence(
                        server.url, some_items(items), store, budget, price=PRICE, timeout=biller.timeout
                    )
                spent = store.spent()
    return {
        "billed": round(biller.billed, 4),
        "of_cap": round(biller.billed / cap, 3),
        "believed": round(spent.dollars + spent.reserved, 4),
        "set_aside": round(spent.reserved, 4),
        "calls": biller.calls,
        "dearest_call": round(biller.dearest, 6),
    }
