"""Asks a model behind OpenAI-compatible endpoints: log-probabilities where there are any, samples where declared."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import replace
from itertools import chain
from operator import itemgetter
from typing import Any

from judgekit.errors import BudgetSpent, ConfigError
from judgekit.judges.base import Answer, Ask
from judgekit.judges.openai.cut import cut_short
from judgekit.judges.openai.endpoint import Endpoint, Refused, Transient
from judgekit.judges.openai.forecast import Forecast
from judgekit.judges.openai.keys import Keys
from judgekit.judges.openai.settings import Settings
from judgekit.judges.openai.worker_pool import WorkerPool
from judgekit.judges.price import Price, Usage
from judgekit.judges.reading.verdicts import NO_LOGPROBS, READING, read_logprobs, read_samples
from judgekit.runs.budget import Budget

_HOPELESS = 5
"""So many refusals before any answer mean that the request is wrong, not the prompts."""

_BARE = 3
"""So many first answers without log-probabilities mean that the server has none."""


class OpenAIBackend:
    """Answers prompts through one or several endpoints of the same model; see ``Backend``.

    Parameters
    ----------
    settings : Settings
        See :class:`Settings`.
    budget : Budget | None
        Shared by all judges of a run; None: no limit.
    keys : Keys | None
        Where keys may go; None: nothing will be asked.

    Raises
    ------
    ConfigError
        A budget in dollars without a price to count it by.
    """

    slow = False

    def __init__(self, settings: Settings, budget: Budget | None = None, keys: Keys | None = None) -> None:
        if budget is not None and budget.dollars is not None and settings.price is None:
            raise ConfigError(
                f"a budget in dollars needs the price of '{settings.model}': "
                "price: {input: …, output: …}, per million tokens"
            )
        self.settings, self.budget = settings, budget or Budget()
        self.endpoints = settings.endpoints(keys)
        self._preparing = asyncio.Lock()
        self._letter_tokens: dict[tuple[int, tuple[str, ...]], tuple[int, ...]] = {}
        self._sounding, self._sounded, self._bare = asyncio.Lock(), False, 0
        self._forecast = Forecast(settings)
        self._refusals = 0
        self._answered = False

    @property
    def price(self) -> Price | None:
        """See ``Backend.price``."""
        return self.settings.price

    @property
    def context_length(self) -> int | None:
        """Tokens that the model takes, where its endpoints say so (known once something was asked)."""
        known = [endpoint.max_model_len for endpoint in self.endpoints if endpoint.max_model_len]
        return min(known, default=None)

    def identity(self) -> dict[str, object]:
        """The model, the request without its messages, and how answers are read, but not where it is served.

        Servers call the limit of tokens one way or the other; here it has one name, or a gateway would seem another
        judge.
        """
        request = dict(self.settings.request)
        if self.settings.samples:  # in how many requests they come makes no other judge
            request["n"] = self.settings.samples
        if "max_tokens" in request:
            request.setdefault("max_completion_tokens", request.pop("max_tokens"))
        return {**request, "thinking": self.settings.thinking, "reading": READING}

    async def close(self) -> None:
        """See ``Backend.close``: closes the connections to every endpoint."""
        for endpoint in self.endpoints:
            await endpoint.close()

    async def answer(self, asks: Iterable[Ask]) -> AsyncIterator[tuple[Ask, Answer]]:
        """See ``Backend.answer``: as many asks are under way as the endpoints bear; ``asks`` is read as it goes."""
        source = iter(asks)
        first = next(source, None)
        if first is None:
            return
        await self._prepare(first)
        pool = WorkerPool[tuple[Ask, Answer]]()
        jobs, size = self._jobs(chain([first], source)), self._job_size()
        workers = sum(max(1, endpoint.throttle.most // size) for endpoint in self.endpoints)
        async for settled in pool.results(jobs, lambda job: self._settle(job, pool), workers):
            yield settled

    async def _prepare(self, ask: Ask) -> None:
        """Find out what the endpoints are, and on vLLM which tokens the option letters are."""
        letters = tuple(ask.prompt.options)
        async with self._preparing:
            for endpoint in self.endpoints:
                await endpoint.discover(self.settings.model)
                known = (id(endpoint), letters)
                if endpoint.is_vllm and not self.settings.samples and known not in self._letter_tokens:
                    self._letter_tokens[known] = await endpoint.letter_tokens(
                        self.settings.model, ask.prompt.messages, letters, self.settings.template
                    )

    def _job_size(self) -> int:
        if self.settings.samples or not all(endpoint.has_batch for endpoint in self.endpoints):
            return 1
        return min(self.settings.batch_size, self.settings.max_concurrency)

    def _jobs(self, asks: Iterable[Ask]) -> Iterator[list[Ask]]:
        """The asks in order, those of one request together; one request has one set of letters."""
        size, job = self._job_size(), list[Ask]()
        for ask in asks:
            if job and (len(job) == size or list(ask.prompt.options) != list(job[0].prompt.options)):
                yield job
                job = []
            job.append(ask)
        if job:
            yield job

    async def _settle(self, job: list[Ask], pool: WorkerPool[tuple[Ask, Answer]]) -> None:
        """Bring every ask of a job to its end. The first goes alone, to find out what comes back and what it costs."""
        if not self._sounded:
            async with self._sounding:
                if pool.stopping:
                    return
                if not self._sounded:
                    try:
                        await self._bring_to_end(job, pool)
                    finally:
                        self._sounded = not 0 < self._bare < _BARE
                    return
        await self._bring_to_end(job, pool)

    async def _bring_to_end(self, job: list[Ask], pool: WorkerPool[tuple[Ask, Answer]]) -> None:
        """An answer to every ask, or a fault once retries, patience or budget are used up."""
        held: float | None = await self._hold(job, len(job))
        spent = settled = 0.0
        parts = deque([(job, 1, 0.0)])  # asks, attempt, and dollars that earlier attempts may have cost
        try:
            while parts:
                part, attempt, lost = parts.popleft()
                endpoint = min(self.endpoints, key=lambda one: one.eagerness)
                broke: BudgetSpent | None = None
                try:
                    answers = await self._attempt(endpoint, part, pool, again=attempt > 1)
                except Refused as refused:
                    if len(part) > 1:  # one bad prompt has the whole request refused: ask in halves
                        middle = len(part) // 2
                        parts.extendleft([(part[middle:], 1, 0.0), (part[:middle], 1, 0.0)])
                        continue
                    self._count(refused)
                    answers = [Answer(error=str(refused), fault=True, cost=0.0)]
                except Transient as fault:
                    lost += self._forecast.most(part) if fault.maybe_paid else 0.0
                    if not pool.stopping and self._again(attempt, fault):
                        parts.appendleft((part, attempt + 1, lost))
                        if not fault.maybe_paid:
                            continue
                        self.budget.settle(held or 0.0, spent + lost - settled)
                        held, settled = None, spent + lost
                        try:
                            held = await self._hold(chain.from_iterable(asks for asks, _, _ in parts), 0)
                            continue
                        except BudgetSpent as stop:
                            broke = stop
                    cost = None if fault.maybe_paid or lost else 0.0
                    failed = Answer(error=f"{fault} (attempts: {attempt})", fault=True, cost=cost)
                    answers = [failed] * len(part)
                for ask, answer in zip(part, answers, strict=True):
                    reserved = answer.reserved + lost / len(part)
                    spent += (answer.cost or 0.0) + reserved
                    if attempt > 1 or reserved:
                        answer = replace(answer, attempts=attempt, reserved=reserved)
                    pool.hand_over((ask, answer))
                    self._count_bare(answer)
                if broke is not None:
                    raise broke
        except BudgetSpent:
            raise
        except BaseException:
            spent = settled + (held or 0.0)  # what was under way may have been billed
            raise
        finally:
            if held is not None:
                self.budget.settle(held, spent - settled)

    async def _hold(self, asks: Iterable[Ask], calls: int) -> float:
        """Set aside the most that one request for these asks may cost, and say how much that is."""
        most = self._forecast.most(asks)
        while not self.budget.hold(calls, most):
            await asyncio.sleep(0.01)
        return most

    def _again(self, attempt: int, fault: Transient) -> bool:
        """Whether to try once more. A request has its retries; servers that all are absent get more, in patience."""
        silent = [endpoint.silent_since for endpoint in self.endpoints]
        since = [moment for moment in silent if moment is not None]
        if len(since) < len(silent):
            return attempt <= self.settings.retries
        left = time.monotonic() - max(since) < self.settings.patience
        return left and (fault.unreachable or attempt <= self.settings.retries)

    def _count_bare(self, answer: Answer) -> None:
        """Give up on a server whose first answers all come without log-probabilities, before more is spent on it."""
        if self._sounded or answer.error is None or not answer.error.startswith(NO_LOGPROBS):
            self._bare = self._bare if self._sounded else 0
            return
        self._bare += 1
        if self._bare >= _BARE:
            raise ConfigError(
                f"judge 'openai', model '{self.settings.model}': {answer.error}. "
                "Read from samples it is another judge, with coarser probabilities"
            )

    def _count(self, refused: Refused) -> None:
        if refused.status == 404:
            raise ConfigError(f"judge 'openai', model '{self.settings.model}': {refused}")
        self._refusals += not refused.about_prompt
        if self._refusals >= _HOPELESS and not self._answered:
            raise ConfigError(f"judge 'openai', model '{self.settings.model}': every request is {refused}")

    async def _attempt(
        self, endpoint: Endpoint, job: list[Ask], pool: WorkerPool[tuple[Ask, Answer]], *, again: bool
    ) -> list[Answer]:
        """One request (several, where a server gives fewer samples a request than it was asked for)."""
        letters = tuple(job[0].prompt.options)
        body = dict(self.settings.request)
        if endpoint.is_vllm:
            body["chat_template_kwargs"] = self.settings.template
            if ids := self._letter_tokens.get((id(endpoint), letters)):
                body["logprob_token_ids"] = ids
        if len(job) == 1:
            path, key, body["messages"] = "/chat/completions", job[0].key, job[0].prompt.messages
        else:
            path, key, body["messages"] = "/chat/completions/batch", "", [ask.prompt.messages for ask in job]
        await endpoint.throttle.acquire(len(job), again=again)
        answered = False
        try:
            if why := endpoint.given_up(self.settings.patience):
                raise Transient(why)
            await endpoint.throttle.green(sum(map(self._forecast.tokens, job)))
            started = time.perf_counter()
            with pool.busy():
                responses = [await endpoint.send("POST", path, body, key=key)]
                missing = (self.settings.samples or 0) - len(_choices(responses[0]))
                while missing > 0:
                    if "n" in body:
                        body["n"] = min(missing, self.settings.together)
                    responses.append(await endpoint.send("POST", path, body))
                    missing -= len(_choices(responses[-1]))
            answered = True
        finally:
            endpoint.throttle.release(len(job), answered=answered)
        self._answered = True
        seconds = round((time.perf_counter() - started) / len(job), 6)
        return self._read(job, responses, seconds)

    def _read(self, job: list[Ask], responses: list[Any], seconds: float = 0.0) -> list[Answer]:
        """The answers to a job in the responses to it (several where samples came one by one).

        Raises
        ------
        Transient
            There are not as many choices as there should be.
        """
        options, after = job[0].prompt.options, self.settings.verdict_after
        choices = [choice for response in responses for choice in _choices(response)]
        if self.settings.samples:
            answers = [read_samples(choices, options, after)]
        elif len(choices) == len(job):
            answers = [read_logprobs(choice, options, after) for choice in choices]
        else:
            raise Transient(f"{len(choices)} choices instead of {len(job)} in the answer", maybe_paid=True)
        usage = Usage.total([Usage.read(response.get("usage")) for response in responses])
        if len(job) == 1 and (why := cut_short(job[0].prompt, usage)):
            answers = [Answer(error=why, fault=True)]
        self._forecast.learn(job, usage, len(responses))
        model = responses[0].get("model")
        parts = [usage] if len(job) == 1 else [usage.share(part, len(job)) for part in range(len(job))]
        costs = [part.cost(self.settings.price) for part in parts]
        return [
            replace(
                answer,
                **vars(part),
                cost=cost,
                reserved=self._forecast.most([ask]) if cost is None else 0.0,
                seconds=seconds,
                model=model if isinstance(model, str) else None,
            )
            for ask, answer, part, cost in zip(job, answers, parts, costs, strict=True)
        ]


def _choices(response: Any) -> list[dict[str, Any]]:
    """The choices of a response, in the order asked.

    Raises
    ------
    Transient
        There are none.
    """
    choices = response.get("choices") if isinstance(response, dict) else None
    if (
        not isinstance(choices, list)
        or not choices
        or not all(isinstance(choice, dict) for choice in choices)
    ):
        said = response.get("error") if isinstance(response, dict) else None
        raise Transient(f"no choices in the answer{f': {said}' if said else ''}", maybe_paid=True)
    places = [choice.get("index") for choice in choices]
    if not all(isinstance(place, int) for place in places):
        return choices
    return [choice for _, choice in sorted(zip(places, choices, strict=True), key=itemgetter(0))]
