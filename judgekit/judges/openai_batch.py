"""Asks through the OpenAI Batch API: half the price, an answer within a day. Submit, leave, come back and collect.

The first run writes the prompts that have no answer into a batch, notes it in the store, and ends with
:class:`BatchPending`. The same command later collects what is finished. A prompt that is in an unfinished batch is
not submitted again, and neither is one whose submission was cut off by a crash: the batch is found by its mark.
"""

from __future__ import annotations

import io
import json
import uuid
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import replace
from typing import Any

import openai

from judgekit.errors import BatchPending, BudgetSpent, ConfigError
from judgekit.judges.base import Answer, Ask
from judgekit.judges.openai import OpenAIBackend
from judgekit.judges.openai_settings import Settings
from judgekit.store import Budget, Store

MOST = 50_000
"""Prompts in one batch, by the API's own limit."""

_ENDED = ("completed", "expired", "cancelled")


class BatchBackend(OpenAIBackend):
    """Answers prompts that a finished batch has answers to, and submits the others.

    Parameters
    ----------
    settings, budget : as for :class:`OpenAIBackend`; the first endpoint is used. store : where batches are noted.
    """

    def __init__(self, settings: Settings, budget: Budget | None, store: Store) -> None:
        super().__init__(settings, budget)
        self.store = store
        self._name = f"batches of {settings.model}"

    async def answer(self, asks: Iterable[Ask]) -> AsyncIterator[tuple[Ask, Answer]]:
        """Answer what can be; see ``Backend.answer``.

        Raises
        ------
        BatchPending : some asks are with the provider.
        ConfigError : the provider refused a batch.
        """
        open_asks = {ask.key: ask for ask in asks}
        if not open_asks:
            return
        pending = 0
        try:
            for batch in await self._noted():
                mine = [key for key in batch["keys"] if key in open_asks]
                if not mine:
                    continue
                status = await self._client.batches.retrieve(batch["id"])
                if status.status == "failed":
                    self._note(batch, [])
                    reasons = "; ".join(
                        error.message or "" for error in (status.errors and status.errors.data) or []
                    )
                    raise ConfigError(
                        f"{self.endpoints[0].url} refused the batch {batch['id']}: {reasons or 'no reason given'}"
                    )
                if status.status not in _ENDED:
                    pending += len(mine)
                    for key in mine:
                        del open_asks[key]
                    continue
                async for key, answer in self._collect(status, open_asks):
                    yield open_asks.pop(key), answer
                self._note(batch, [key for key in batch["keys"] if key not in mine])
            while open_asks:
                part = [open_asks.pop(key) for key in list(open_asks)[:MOST]]
                await self._submit(part)
                pending += len(part)
        except openai.OpenAIError as error:
            raise ConfigError(f"{self.endpoints[0].url}, batch of '{self.settings.model}': {error}") from None
        if pending:
            raise BatchPending(
                f"{pending} prompts to '{self.settings.model}' are with the provider as a batch; "
                "run the same command again to collect the answers"
            )

    @property
    def _client(self) -> openai.AsyncOpenAI:
        return self.endpoints[0].client

    async def _submit(self, asks: list[Ask]) -> None:
        estimate = sum(self._estimate(ask)[1] for ask in asks) * self._discount
        if not self.budget.hold(len(asks), estimate):
            raise BudgetSpent(
                f"the budget has no room for a batch of {len(asks)} prompts (about ${estimate:.2f})"
            )
        batch: dict[str, Any] = {"id": None, "mark": uuid.uuid4().hex, "keys": [ask.key for ask in asks]}
        self.store.set_state(self._name, [*(self.store.state(self._name) or []), batch])
        lines = [
            {
                "custom_id": ask.key,
                "method": "POST",
                "url": "/v1/chat/completions",
                "body": {**self.settings.request, "messages": ask.prompt.messages},
            }
            for ask in asks
        ]
        content = io.BytesIO("\n".join(map(json.dumps, lines)).encode())
        file = await self._client.files.create(file=("judgekit.jsonl", content), purpose="batch")
        made = await self._client.batches.create(
            completion_window="24h",
            endpoint="/v1/chat/completions",
            input_file_id=file.id,
            metadata={"judgekit": batch["mark"]},
        )
        self._note(batch, batch["keys"], made.id)

    async def _noted(self) -> list[dict[str, Any]]:
        """The batches noted in the store; one whose submission was cut off is looked for by its mark."""
        noted: list[dict[str, Any]] = self.store.state(self._name) or []
        for batch in noted:
            if batch["id"] is None:
                found = None
                async for made in self._client.batches.list(limit=100):
                    if (made.metadata or {}).get("judgekit") == batch["mark"]:
                        found = made.id
                        break
                self._note(batch, batch["keys"] if found else [], found)
        return self.store.state(self._name) or []

    def _note(self, batch: Mapping[str, Any], keys: list[str], id_: str | None = None) -> None:
        """Note what a batch still owes; one that owes nothing is forgotten."""
        others = [noted for noted in self.store.state(self._name) or [] if noted["mark"] != batch["mark"]]
        left = [{"id": id_ or batch["id"], "mark": batch["mark"], "keys": keys}] if keys else []
        self.store.set_state(self._name, [*others, *left] or None)

    async def _collect(self, status: Any, asks: Mapping[str, Ask]) -> AsyncIterator[tuple[str, Answer]]:
        """Answers of an ended batch; what it left out (expired) stays open and goes into the next."""
        for file in (status.output_file_id, status.error_file_id):
            if not file:
                continue
            text = (await self._client.files.content(file)).text
            for line in filter(str.strip, text.splitlines()):
                row = json.loads(line)
                ask = asks.get(row.get("custom_id"))
                if ask is None:
                    continue
                response = row.get("response") or {}
                body = response.get("body") or {}
                if response.get("status_code") == 200:
                    (answer,) = self._read([ask], [body])
                    cost = None if answer.cost is None else answer.cost * self._discount
                    yield ask.key, replace(answer, cost=cost)
                else:
                    error = body.get("error") or row.get("error") or "no reason given"
                    reason = error.get("message", error) if isinstance(error, dict) else error
                    yield ask.key, Answer(error=f"refused in a batch: {reason}", fault=True, cost=0.0)

    @property
    def _discount(self) -> float:
        return 1.0 if self.settings.price is None else self.settings.price.batch
