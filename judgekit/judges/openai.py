"""Asks a model behind any OpenAI-compatible endpoint: log-probabilities where there are any, samples where declared."""

from __future__ import annotations

import asyncio
import os
import time
from collections import deque
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import Field

from judgekit.errors import ConfigError
from judgekit.judges.base import Answer, Ask
from judgekit.judges.endpoint import Endpoint, Refused, Transient
from judgekit.judges.price import Price, Usage
from judgekit.judges.throttle import Throttle
from judgekit.judges.verdicts import THINKING_END, read_logprobs, read_samples
from judgekit.records import Record
from judgekit.store import Budget

OPENAI = "https://api.openai.com/v1"
_THINKING_TOKENS = 4096
_HOPELESS = 5
"""So many refusals before any answer mean that the request is wrong, not the prompts."""


class Settings(Record):
    """An ``openai`` judge in a cascade file.

    Attributes
    ----------
    model : the model's name at the endpoint.
    base_url, api_key_env : one or several endpoints and the environment variables that hold their keys; one of
        either serves all of the other.
    top_logprobs : how many log-probabilities to ask for.
    samples : ask for so many sampled answers instead of log-probabilities. A different judge: calibrate it so.
    max_tokens : tokens generated; by default one, or enough to think where thinking is skipped past.
    thinking : ``off`` switches it off where the server can (vLLM); ``skip`` lets the model think and reads the
        verdict after ``thinking_end``. reasoning_effort : passed on where set.
    extra_body : further fields of the request, for servers that need them.
    timeout : seconds for one request, all of it. retries : how often a failed request is sent again.
    patience : seconds to wait for an endpoint that does not answer at all.
    max_concurrency : most prompts under way at one endpoint. batch_size : prompts in one request, where the
        server takes several.
    rpm, tpm : requests and tokens a minute at each endpoint.
    price : dollars per million tokens; unknown where not given.
    """

    model: str
    base_url: str | tuple[str, ...] = OPENAI
    api_key_env: str | tuple[str, ...] | None = None
    top_logprobs: int = Field(20, ge=1)
    samples: int | None = Field(None, ge=2)
    max_tokens: int | None = Field(None, ge=1)
    thinking: Literal["off", "skip"] = "off"
    thinking_end: str = THINKING_END
    reasoning_effort: str | None = None
    extra_body: dict[str, Any] = Field(default_factory=dict)
    timeout: float = Field(60.0, gt=0)
    retries: int = Field(6, ge=0)
    patience: float = Field(120.0, ge=0)
    max_concurrency: int = Field(64, ge=1)
    batch_size: int = Field(32, ge=1)
    rpm: float | None = Field(None, gt=0)
    tpm: float | None = Field(None, gt=0)
    price: Price | None = None

    def endpoints(self) -> list[Endpoint]:
        """The endpoints named, each with its key.

        Raises
        ------
        ConfigError : numbers of URLs and keys do not match, or a key's variable is not set.
        """
        urls = [self.base_url] if isinstance(self.base_url, str) else list(self.base_url)
        named = self.api_key_env
        names: list[str | None] = [named] if named is None or isinstance(named, str) else list(named)
        if len(urls) == 1:
            urls *= len(names)
        if len(names) == 1:
            names *= len(urls)
        if len(urls) != len(names):
            raise ConfigError(
                f"judge 'openai': {len(urls)} base_url but {len(names)} api_key_env; give one of either or as many"
            )
        return [
            Endpoint(
                url,
                _key(url, name),
                timeout=self.timeout,
                throttle=Throttle(self.max_concurrency, self.rpm, self.tpm),
            )
            for url, name in zip(urls, names, strict=True)
        ]


def _key(url: str, variable: str | None) -> str:
    key = os.environ.get(variable or "OPENAI_API_KEY", "")
    if not key and (variable is not None or url == OPENAI):
        raise ConfigError(
            f"judge 'openai': environment variable {variable or 'OPENAI_API_KEY'} holds no key for {url}"
        )
    return key or "none"


def backend(spec: Mapping[str, Any], budget: Budget | None = None) -> OpenAIBackend:
    """The backend of an ``openai`` judge from its part of the cascade file."""
    return OpenAIBackend(Settings.model_validate(dict(spec)), budget)


class OpenAIBackend:
    """Answers prompts through one or several endpoints of the same model.

    Parameters
    ----------
    settings : see :class:`Settings`. budget : shared by all judges of a run; None: no limit.

    Raises
    ------
    ConfigError : a budget in dollars without a price to count it by.
    """

    def __init__(self, settings: Settings, budget: Budget | None = None) -> None:
        if budget is not None and budget.dollars is not None and settings.price is None:
            raise ConfigError(
                f"a budget in dollars needs the price of '{settings.model}': "
                "price: {input: …, output: …}, per million tokens"
            )
        self.settings, self.budget = settings, budget or Budget()
        self.endpoints = settings.endpoints()
        self._prepared = asyncio.Lock()
        self._tokens_per_char = 0.5  # on the safe side until the first usage is reported
        self._refusals = 0
        self._answered = False
        self._letter_tokens: dict[tuple[int, tuple[str, ...]], tuple[int, ...]] = {}

    def identity(self) -> dict[str, object]:
        """What answers depend on: the model and the request without its messages. Not where it is served."""
        return {"model": self.settings.model, **self._request(vllm=True), "thinking": self.settings.thinking}

    async def close(self) -> None:
        for endpoint in self.endpoints:
            await endpoint.close()

    async def answer(self, asks: Iterable[Ask]) -> AsyncIterator[tuple[Ask, Answer]]:
        """Answer all asks, each as soon as it is there; see ``Backend.answer``."""
        source = iter(asks)
        first = next(source, None)
        if first is None:
            return
        await self._prepare(first)
        jobs = self._jobs(chain([first], source))
        done: asyncio.Queue[tuple[Ask, Answer] | None] = asyncio.Queue()
        stop: list[Exception] = []

        async def work() -> None:
            try:
                for job in jobs:
                    if stop:
                        return
                    await self._settle(job, done, stop)
            except Exception as error:
                stop.append(error)
            finally:
                done.put_nowait(None)

        workers = [asyncio.create_task(work()) for _ in range(self._workers())]
        try:
            at_work = len(workers)
            while at_work:
                settled = await done.get()
                if settled is None:
                    at_work -= 1
                else:
                    yield settled
            if stop:
                raise stop[0]
        finally:
            for worker in workers:
                worker.cancel()

    def _workers(self) -> int:
        size = self._job_size()
        return sum(max(1, endpoint.throttle.most // size) for endpoint in self.endpoints)

    def _job_size(self) -> int:
        batched = all(endpoint.has_batch for endpoint in self.endpoints) and self.settings.samples is None
        return min(self.settings.batch_size, self.settings.max_concurrency) if batched else 1

    def _jobs(self, asks: Iterable[Ask]) -> Iterator[list[Ask]]:
        """The asks in order, those of one request together; one request has one set of letters."""
        size = self._job_size()
        job: list[Ask] = []
        for ask in asks:
            if job and (len(job) == size or list(ask.prompt.options) != list(job[0].prompt.options)):
                yield job
                job = []
            job.append(ask)
        if job:
            yield job

    async def _prepare(self, ask: Ask) -> None:
        """Find out what the endpoints are, and on vLLM which tokens the option letters are."""
        async with self._prepared:
            for endpoint in self.endpoints:
                await endpoint.discover(self.settings.model)
                letters = tuple(ask.prompt.options)
                known = (id(endpoint), letters)
                if endpoint.is_vllm and not self.settings.samples and known not in self._letter_tokens:
                    self._letter_tokens[known] = await endpoint.letter_tokens(
                        self.settings.model, ask.prompt.messages, letters, self._template()
                    )

    async def _settle(
        self, job: list[Ask], done: asyncio.Queue[tuple[Ask, Answer] | None], stop: Sequence[Exception]
    ) -> None:
        """Bring every ask of a job to its end: an answer, or a fault once retries or patience are used up."""
        estimates = [self._estimate(ask) for ask in job]
        self.budget.hold(len(job), sum(cost for _, cost in estimates))
        open_jobs, attempts = deque([job]), 0
        answers: dict[str, Answer] = {}
        try:
            while open_jobs:
                part = open_jobs.popleft()
                attempts += 1
                endpoint = min(self.endpoints, key=lambda one: one.throttle.load)
                started = time.perf_counter()
                try:
                    found = await self._attempt(endpoint, part, sum(tokens for tokens, _ in estimates))
                except Refused as refused:
                    if len(part) > 1:  # one bad prompt refuses the whole request: ask in halves
                        middle = len(part) // 2
                        open_jobs.extend((part[:middle], part[middle:]))
                        continue
                    self._refused(refused)
                    found = [Answer(error=str(refused), fault=True, cost=0.0)]
                except Transient as fault:
                    if not stop and self._again(endpoint, attempts, fault):
                        open_jobs.appendleft(part)
                        continue
                    found = [
                        Answer(error=f"{fault} (after {attempts} attempts)", fault=True, cost=0.0)
                        for _ in part
                    ]
                seconds = round((time.perf_counter() - started) / len(part), 6)
                for ask, answer in zip(part, found, strict=True):
                    answers[ask.key] = answer
                    done.put_nowait((ask, _with(answer, seconds=seconds, attempts=attempts)))
        finally:
            for ask, (_, cost) in zip(job, estimates, strict=True):
                settled = answers.get(ask.key)
                self.budget.settle(cost, None if settled is None else settled.cost)

    def _again(self, endpoint: Endpoint, attempts: int, fault: Transient) -> bool:
        """Whether to try once more: an absent server is waited for, one that fails has its retries."""
        silent = 0.0 if endpoint.silent_since is None else time.monotonic() - endpoint.silent_since
        if fault.unreachable:
            return silent < self.settings.patience
        return attempts <= self.settings.retries

    def _refused(self, refused: Refused) -> None:
        if refused.status == 404:
            raise ConfigError(f"judge 'openai', model '{self.settings.model}': {refused}")
        self._refusals += not refused.too_long
        if self._refusals >= _HOPELESS and not self._answered:
            raise ConfigError(f"judge 'openai', model '{self.settings.model}': every request is {refused}")

    async def _attempt(self, endpoint: Endpoint, job: list[Ask], tokens: int) -> list[Answer]:
        letters = tuple(job[0].prompt.options)
        body = {"model": self.settings.model, **self._request(vllm=endpoint.is_vllm)}
        ids = self._letter_tokens.get((id(endpoint), letters))
        if ids:
            body["logprob_token_ids"] = list(ids)
        await endpoint.throttle.acquire(len(job), tokens)
        answered = False
        try:
            if len(job) == 1:
                path, body["messages"] = "/chat/completions", job[0].prompt.messages
            else:
                path, body["messages"] = "/chat/completions/batch", [ask.prompt.messages for ask in job]
            response = await endpoint.send("POST", path, body, key=job[0].key)
            answers = self._read(response, len(job), letters)
            self._answered = answered = True
        finally:
            endpoint.throttle.release(len(job), answered=answered)
        self._learn(job, answers)
        return answers

    def _read(self, response: Any, size: int, letters: tuple[str, ...]) -> list[Answer]:
        """The answers in a response.

        Raises
        ------
        Transient : it does not hold as many choices as were asked for.
        """
        choices = response.get("choices") if isinstance(response, dict) else None
        wanted = self.settings.samples or size
        if not isinstance(choices, list) or not all(isinstance(choice, dict) for choice in choices):
            raise Transient("answer without choices", maybe_paid=True)
        if not choices or (self.settings.samples is None and len(choices) != wanted):
            raise Transient(f"answer with {len(choices)} choices instead of {wanted}", maybe_paid=True)
        end = self.settings.thinking_end if self.settings.thinking == "skip" else None
        if self.settings.samples:
            answers = [read_samples(choices, letters, end)]
        else:
            choices.sort(key=lambda choice: choice.get("index") or 0)
            answers = [read_logprobs(choice, letters, end) for choice in choices]
        usage = Usage.read(response.get("usage"))
        model = response.get("model")
        parts = [usage] if size == 1 else [usage.share(part, size) for part in range(size)]
        return [
            _with(
                answer,
                **vars(part),
                cost=part.cost(self.settings.price),
                model=model if isinstance(model, str) else None,
            )
            for answer, part in zip(answers, parts, strict=True)
        ]

    def _request(self, *, vllm: bool) -> dict[str, Any]:
        """The request but for model and messages."""
        s = self.settings
        limit = s.max_tokens or (_THINKING_TOKENS if s.thinking == "skip" else 1)
        modern = s.reasoning_effort is not None or any(
            (urlsplit(url).hostname or "").endswith("openai.com")
            for url in ([s.base_url] if isinstance(s.base_url, str) else s.base_url)
        )
        request: dict[str, Any] = {"max_completion_tokens" if modern else "max_tokens": limit}
        if s.samples:
            request |= {"n": s.samples, "temperature": 1}
        else:
            request |= {"temperature": 0, "logprobs": True, "top_logprobs": s.top_logprobs}
        if s.reasoning_effort is not None:
            request["reasoning_effort"] = s.reasoning_effort
        if vllm and self._template():
            request["chat_template_kwargs"] = self._template()
        return request | s.extra_body

    def _template(self) -> dict[str, Any]:
        return {"enable_thinking": False} if self.settings.thinking == "off" else {}

    def _estimate(self, ask: Ask) -> tuple[int, float]:
        """Tokens and dollars that an ask will take at most, as far as one can tell."""
        chars = sum(len(message["content"]) for message in ask.prompt.messages)
        limit = self.settings.max_tokens or (_THINKING_TOKENS if self.settings.thinking == "skip" else 1)
        prompt, completion = int(chars * self._tokens_per_char) + 16, limit * (self.settings.samples or 1)
        price = self.settings.price
        return prompt + completion, 0.0 if price is None else price.of(prompt, 0, completion)

    def _learn(self, job: list[Ask], answers: list[Answer]) -> None:
        """Let reported usage correct how many tokens a character is taken for."""
        if self._tokens_per_char == 0.5 or len(job) == 1:
            chars = sum(len(message["content"]) for message in job[0].prompt.messages)
            seen = answers[0].prompt_tokens
            if seen is not None and chars > 200:
                ratio = seen / chars
                self._tokens_per_char = (
                    ratio if self._tokens_per_char == 0.5 else max(self._tokens_per_char, ratio)
                )


def _with(answer: Answer, **changes: Any) -> Answer:
    return Answer(**{**vars(answer), **changes})
