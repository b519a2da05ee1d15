"""Asks through the OpenAI Batch API: half the price, an answer within a day. Submit, leave, come back and collect.

The first run writes the prompts that have no answer into batches, notes them in the store, and ends with
:class:`BatchPending`. The same command later collects what is finished. A prompt that is in an unfinished batch is
not submitted again, and neither is one whose submission was cut off by a crash: the batch is found by its mark.
"""

from __future__ import annotations

import asyncio
import json
import tempfile
import uuid
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

import openai

from judgekit.documents.lines import lines_of
from judgekit.errors import BatchPending, BudgetSpent, ConfigError
from judgekit.judges.base import Answer, Ask
from judgekit.judges.openai.chat import OpenAIBackend
from judgekit.judges.openai.client import httpx
from judgekit.judges.openai.endpoint import Transient
from judgekit.judges.openai.keys import Keys
from judgekit.judges.openai.settings import Settings
from judgekit.runs.budget import Budget
from judgekit.runs.store import Store

MOST, MOST_BYTES = 50_000, 200_000_000
"""Prompts in one batch, and bytes of its file, by the API's own limits."""

_ENDED = ("completed", "expired", "cancelled")
_LEFT_OUT = ("batch_expired", "batch_cancelled")


class BatchBackend(OpenAIBackend):
    """Answers prompts that a finished batch has answers to, and submits the others.

    Parameters
    ----------
    settings, budget, keys
        As for :class:`OpenAIBackend`; the first endpoint is used.
    store : Store
        Where batches are noted: under "batches of MODEL" their marks, under "batch MARK" its id, the
        keys it owes and what they may cost.
    """

    slow = True

    def __init__(self, settings: Settings, budget: Budget | None, store: Store, keys: Keys) -> None:
        super().__init__(settings, budget, keys)
        self.store = store
        self._name = f"batches of {settings.model}"
        self._counted = set[str]()

    async def answer(self, asks: Iterable[Ask]) -> AsyncIterator[tuple[Ask, Answer]]:
        """Answer what can be, then submit the rest; see ``Backend.answer``.

        Raises
        ------
        BatchPending
            Some asks are with the provider.
        ConfigError
            The provider refused a batch; the next run submits it again.
        """
        open_asks = {ask.key: ask for ask in asks}
        if not open_asks:
            return
        pending, refused = 0, []
        try:
            for mark in self._noted:
                batch = self.store.state(f"batch {mark}")
                mine = [key for key in batch["keys"] if key in open_asks]
                if not mine:
                    continue
                if batch["id"] is None:
                    batch["id"] = await self._id(mark)
                    self._note(mark, batch if batch["id"] else None)
                    if batch["id"] is None:
                        continue
                status = await self._client.batches.retrieve(batch["id"])
                if status.status in _ENDED:
                    async for key, answer in self._collect(status, open_asks):
                        self.budget.charge(1, (answer.cost or 0.0) + answer.reserved)
                        yield open_asks.pop(key), answer
                    await asyncio.sleep(0)  # lets the judge keep them before the batch is forgotten
                    self._note(mark, {**batch, "keys": [key for key in batch["keys"] if key not in mine]})
                    continue
                for key in mine:
                    del open_asks[key]
                if status.status == "failed":
                    self._note(mark, None)
                    reasons = [error.message for error in (status.errors and status.errors.data) or []]
                    said = self.endpoints[0].scrubbed("; ".join(filter(None, reasons)))
                    refused.append(f"{batch['id']}: {said or 'no reason given'}")
                else:
                    pending += len(mine)
                    self._count_in(mark, batch)
            if refused:
                raise ConfigError(f"{self._where} refused the batch {', '.join(refused)}")
            for part, file in self._files(open_asks.values()):
                await self._submit(part, file)
                pending += len(part)
        except (openai.OpenAIError, httpx.HTTPError) as error:
            said = self.endpoints[0].scrubbed(str(error))
            raise ConfigError(f"{self._where}, batch of '{self.settings.model}': {said}") from None
        if pending:
            raise BatchPending(pending)

    @property
    def _client(self) -> openai.AsyncOpenAI:
        return self.endpoints[0].client

    @property
    def _where(self) -> str:
        return self.endpoints[0].url

    def _files(self, asks: Iterable[Ask]) -> Iterator[tuple[list[Ask], IO[bytes]]]:
        """Files of requests, each as large as a batch may be, and the asks in them."""
        part: list[Ask] = []
        with tempfile.TemporaryFile() as file:
            for ask in asks:
                line = json.dumps(
                    {
                        "custom_id": ask.key,
                        "method": "POST",
                        "url": "/v1/chat/completions",
                        "body": {**self.settings.request, "messages": ask.prompt.messages},
                    }
                )
                if part and (len(part) == MOST or file.tell() + len(line) >= MOST_BYTES):
                    yield part, file
                    part = []
                    file.seek(0)
                    file.truncate()
                file.write(f"{line}\n".encode())
                part.append(ask)
            if part:
                yield part, file

    async def _submit(self, asks: list[Ask], file: IO[bytes]) -> None:
        estimate = self._forecast.most(asks) * self._discount
        if not self.budget.hold(len(asks), estimate):
            raise BudgetSpent(
                f"the budget has no room for a batch of {len(asks)} prompts (about ${estimate:.2f})"
            )
        self.budget.settle(estimate, estimate)
        mark = uuid.uuid4().hex
        self._counted.add(mark)
        batch = {"id": None, "keys": [ask.key for ask in asks], "estimate": estimate}
        self._note(mark, batch)
        file.seek(0)
        uploaded = await self._client.files.create(file=("judgekit.jsonl", file), purpose="batch")
        made = await self._client.batches.create(
            completion_window="24h",
            endpoint="/v1/chat/completions",
            input_file_id=uploaded.id,
            metadata={"judgekit": mark},
        )
        self._note(mark, {**batch, "id": made.id})

    async def _id(self, mark: str) -> str | None:
        """What the provider calls the batch of a mark; None where its submission was cut off before it was made."""
        async for made in self._client.batches.list(limit=100):
            if (made.metadata or {}).get("judgekit") == mark:
                return made.id
        return None

    @property
    def _noted(self) -> list[str]:
        marks: list[str] = self.store.state(self._name) or []
        return marks

    def _note(self, mark: str, batch: Mapping[str, Any] | None) -> None:
        """Note a batch and what it still owes; one that owes nothing is forgotten."""
        marks = [noted for noted in self._noted if noted != mark]
        if batch is not None and batch["keys"]:
            self.store.set_state(f"batch {mark}", batch)
            self.store.set_state(self._name, [*marks, mark])
        else:
            self.store.set_state(self._name, marks or None)
            self.store.set_state(f"batch {mark}", None)

    def _count_in(self, mark: str, batch: Mapping[str, Any]) -> None:
        """Let the budget know what an earlier run submitted, once."""
        if mark not in self._counted:
            self._counted.add(mark)
            self.budget.charge(len(batch["keys"]), batch["estimate"])

    async def _collect(self, status: Any, asks: Mapping[str, Ask]) -> AsyncIterator[tuple[str, Answer]]:
        """Answers of an ended batch; what it left out (expired) stays open and goes into the next."""
        for name in (status.output_file_id, status.error_file_id):
            if not name:
                continue
            with tempfile.TemporaryFile() as file:
                async with self._client.files.with_streaming_response.content(name) as content:
                    async for part in content.iter_bytes():
                        file.write(part)
                file.seek(0)
                for _, line in lines_of(file, Path(name), finite=False):
                    row = self.endpoints[0].scrubbed(line)
                    ask = asks.get(row.get("custom_id"))
                    error = row.get("error") or {}
                    if ask is not None and error.get("code") not in _LEFT_OUT:
                        yield ask.key, self._answer_in(row, ask)

    def _answer_in(self, row: Mapping[str, Any], ask: Ask) -> Answer:
        """The answer in a line of a batch's output."""
        response = row.get("response") or {}
        body = response.get("body") or {}
        if response.get("status_code") != 200:
            error = body.get("error") or row.get("error") or "no reason given"
            reason = error.get("message", error) if isinstance(error, dict) else error
            return Answer(error=f"refused in a batch: {reason}", fault=True, cost=0.0)
        try:
            (answer,) = self._read([ask], [body])
        except Transient as fault:
            return Answer(
                error=str(fault), fault=True, cost=None, reserved=self._forecast.most([ask]) * self._discount
            )
        cost = None if answer.cost is None else answer.cost * self._discount
        return replace(answer, cost=cost, reserved=answer.reserved * self._discount)

    @property
    def _discount(self) -> float:
        return 1.0 if self.settings.price is None else self.settings.price.batch
