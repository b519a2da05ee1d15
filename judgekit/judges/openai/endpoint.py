"""One OpenAI-compatible endpoint: finds out what it is, sends it requests, and says what a failure means."""

from __future__ import annotations

import asyncio
import json
import logging
import math
import socket
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from email.utils import parsedate_to_datetime
from typing import Any

import openai

from judgekit.errors import ConfigError
from judgekit.judges.openai.client import LARGEST_ANSWER, TooLarge, http_client, httpx
from judgekit.judges.openai.keys import holds_key, scrub
from judgekit.judges.openai.throttle import Throttle

Messages = Sequence[Mapping[str, str]]

_TOO_LONG = (
    "context length",
    "context_length",
    "maximum context",
    "too long",
    "max_model_len",
    "input_tokens",
)
_LONGEST_PAUSE = 10.0
_LONGEST_ASKED = 300.0
"""Seconds of the longest pause that a server may ask for."""

_LONGEST_SAID = 300
"""Characters of a server's own words."""

_LOG = logging.getLogger(__name__)
_ONCE = {"max_retries": 0, "timeout": None}
"""``Endpoint.send`` has a time-out for the whole request, which no slow drip can stretch; its caller retries."""


class Refused(Exception):
    """The endpoint will not answer this request: asking again will not help.

    ``status`` is HTTP's; ``about_prompt`` says that it is this prompt's fault (too long, say), not the request's.
    """

    def __init__(self, reason: str, status: int, *, about_prompt: bool = False) -> None:
        super().__init__(reason)
        self.status, self.about_prompt = status, about_prompt


class Transient(Exception):
    """The endpoint could not answer just now.

    ``unreachable`` says that nobody was there, ``maybe_paid`` that the model may have done its work.
    """

    def __init__(self, reason: str, *, unreachable: bool = False, maybe_paid: bool = False) -> None:
        super().__init__(reason)
        self.unreachable, self.maybe_paid = unreachable, maybe_paid


class Endpoint:
    """A server behind a base URL and a key.

    Attributes
    ----------
    is_vllm : it said so. has_batch : it answers many conversations in one request (vLLM, once tried).
    throttle : Throttle
        How much may be under way. silent_since : since when nothing has come from it, or None.
    """

    def __init__(
        self,
        url: str,
        key: str,
        *,
        timeout: float,
        throttle: Throttle,
        is_openai: bool = False,
        largest: int | None = LARGEST_ANSWER,
    ) -> None:
        self.url = url.rstrip("/")
        self.timeout = timeout
        self.throttle = throttle
        self.is_vllm = self.has_batch = False
        self.models: tuple[str, ...] = ()
        self.max_model_len: int | None = None
        self.silent_since: float | None = None
        self._failures = 0
        self._last_failure = ""
        self._paused_until = 0.0
        self._known = False
        self._key, self._is_openai, self._largest = key, is_openai, largest
        self._client: openai.AsyncOpenAI | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def eagerness(self) -> tuple[bool, float]:
        """Sorts endpoints by how readily to ask them: unresponsive ones last, with one probe allowed."""
        silent = self.silent_since is not None and (self.throttle.under_way > 0 or self.throttle.paused)
        return silent, self.throttle.load

    def given_up(self, patience: float) -> str | None:
        """Why not even to try just now: it has been silent for longer than ``patience`` and is in a pause."""
        if self.silent_since is None or not self.throttle.paused:
            return None
        return self._last_failure if time.monotonic() - self.silent_since > patience else None

    async def discover(self, model: str) -> None:
        """Ask once what server this is; one that does not say is an ordinary endpoint."""
        if self._known:
            return
        try:
            listed = await self.send("GET", "/models", None)
        except Transient:
            return
        except (Refused, ConfigError):  # some refuse to list models with the key that is good for asking one
            listed = None
        self._known = True
        entries = [entry for entry in _list(_get(listed, "data")) if isinstance(entry, dict)]
        self.models = tuple(str(entry.get("id")) for entry in entries)
        self.is_vllm = any(entry.get("owned_by") == "vllm" for entry in entries)
        if not self.is_vllm:
            return
        if model not in self.models:
            raise ConfigError(f"{self.url} has no model '{model}'; it serves: {', '.join(self.models)}")
        length = next(entry.get("max_model_len") for entry in entries if entry.get("id") == model)
        self.max_model_len = length if isinstance(length, int) else None
        try:  # an empty batch is refused as malformed where the route exists, and not found where it does not
            await self.send("POST", "/chat/completions/batch", {"model": model, "messages": []})
        except Refused as refused:
            self.has_batch = refused.status in (400, 422)
        except Transient:
            pass

    async def letter_tokens(
        self, model: str, messages: Messages, letters: Sequence[str], template: Mapping[str, Any]
    ) -> tuple[int, ...]:
        """Ids of the tokens that an option letter is spelled with right after the rendered prompt.

        The server renders and tokenizes the conversation ready for an answer, and with the letter (bare, and
        behind a space) as the answer's beginning: what comes on top is the letter's token. Empty where the
        server cannot say, or where a letter is not one token of its own.
        """
        common = {"model": model, "chat_template_kwargs": dict(template)}

        async def tokens(**body: Any) -> list[Any]:
            answer = await self.send("POST", f"{self.url.removesuffix('/v1')}/tokenize", {**common, **body})
            return _list(_get(answer, "tokens"))

        async def token(text: str) -> int | None:
            spelled = await tokens(
                messages=[*messages, {"role": "assistant", "content": text}],
                add_generation_prompt=False,
                continue_final_message=True,
            )
            return spelled[-1] if spelled[:-1] == prompt else None

        try:
            prompt = await tokens(messages=list(messages))
            plain = await asyncio.gather(*(token(letter) for letter in letters))
            spaced = await asyncio.gather(*(token(f" {letter}") for letter in letters))
        except (Refused, Transient):
            return ()
        if None in plain:
            return ()
        return tuple(sorted({one for one in (*plain, *spaced) if one is not None}))

    async def send(self, method: str, path: str, body: Mapping[str, Any] | None, key: str = "") -> Any:
        """One request, one decoded JSON answer; the time-out is for the whole of it. ``path`` may be a whole URL.

        Raises
        ------
        Refused, Transient
            See there.
        ConfigError
            Wrong key or model, or nothing left on the account: no other prompt would fare better.
        """
        client, sent = self.client, time.monotonic()
        url = path if "://" in path else f"{self.url}{path}"  # spares the SDK the work of joining them
        options: Any = {**_ONCE, "headers": {"Idempotency-Key": key}} if key else _ONCE
        try:
            async with asyncio.timeout(self.timeout):
                if method == "GET":
                    response = await client.get(url, cast_to=httpx.Response, options=options)
                else:
                    content = json.dumps(body).encode()
                    response = await client.post(
                        url, cast_to=httpx.Response, content=content, options=options
                    )
            answer = self._decoded(response.content)
        except TimeoutError:
            raise self._failed(f"no answer within {self.timeout:g} s", 0.0, sent, maybe_paid=True) from None
        except (openai.APIConnectionError, TooLarge) as error:
            # An older SDK passes on as its own what it does not know.
            if isinstance(large := error.__cause__ or error, TooLarge):
                raise self._failed(str(large), 0.0, sent, maybe_paid=True) from None
            assert isinstance(error, openai.APIConnectionError)
            absent = _nobody_there(error)
            raise self._failed(
                _what_failed(error, absent), None, sent, unreachable=absent, maybe_paid=not absent
            ) from None
        except openai.APIStatusError as error:
            raise self._explain(error, sent) from None
        except (ValueError, RecursionError, httpx.HTTPError) as error:
            raise self._failed(f"answer cut short or not JSON: {error}", 0.0, sent, maybe_paid=True) from None
        self._failures, self.silent_since = 0, None
        return answer

    def scrubbed(self, value: Any) -> Any:
        """What the other side said, without the key it was sent, should it have sent it back."""
        return scrub(value, self._key)

    def _decoded(self, content: bytes) -> Any:
        answer = json.loads(content)
        plain = not holds_key(content, self._key) and b"\\u" not in content and b"\\/" not in content
        return answer if plain else self.scrubbed(answer)

    async def close(self) -> None:
        """Let go of the connections."""
        if self._client is not None and self._loop is asyncio.get_running_loop():
            await self._client.close()
        self._client = None

    @property
    def client(self) -> openai.AsyncOpenAI:
        """The SDK's client; a new one in a new event loop, since connections belong to theirs."""
        loop = asyncio.get_running_loop()
        if self._client is None or self._loop is not loop:
            self._loop = loop
            self._client = openai.AsyncOpenAI(
                api_key=self._key,
                base_url=self.url,
                max_retries=0,  # a batch must not be submitted twice
                http_client=http_client(
                    self.url,
                    self._key,
                    self.throttle.most,
                    is_openai=self._is_openai,
                    largest=self._largest,
                ),
            )
        return self._client

    def _explain(self, error: openai.APIStatusError, sent: float) -> Exception:
        status, message = error.status_code, self.scrubbed(_message(error))[:_LONGEST_SAID]
        if status in (401, 403):
            return ConfigError(f"{self.url} refused the key ({status}): {message}")
        if status == 429 and "insufficient_quota" in f"{error.code} {error.type}":
            return ConfigError(f"{self.url}: the account has no quota left: {message}")
        if status in (408, 409, 425, 429) or status >= 500:
            return self._failed(f"{status}: {message}", _retry_after(error.response.headers), sent)
        self._failures, self.silent_since = 0, None
        lower = message.lower()
        if any(sign in lower for sign in _TOO_LONG):
            return Refused(f"prompt too long for the model: {message}", status, about_prompt=True)
        return Refused(
            f"refused ({status}): {message}", status, about_prompt="content" in lower and "polic" in lower
        )

    def _failed(self, reason: str, pause: float | None, sent: float, **what: bool) -> Transient:
        """Count a failure and hold the endpoint back: as long as it asked, else longer each time."""
        now, reason = time.monotonic(), self.scrubbed(reason)
        self._last_failure = reason
        if self.silent_since is None:
            self.silent_since = now
            if what.get("unreachable"):
                _LOG.warning("%s: %s; trying again for as long as 'patience' allows", self.url, reason)
        if now >= self._paused_until:  # many fail together: they count once
            self._failures += 1
            self._paused_until = now
        if pause is None:
            pause = min(_LONGEST_PAUSE, 0.05 * 2 ** min(self._failures, 10))
        self._paused_until = max(self._paused_until, now + pause)
        self.throttle.push_back(pause, sent)
        return Transient(reason, **what)


def _what_failed(error: openai.APIConnectionError, absent: bool) -> str:
    """What happened, in as few words as tell it: the address is said by whoever reports it."""
    cause = error.__cause__ or error
    root = cause.__cause__
    found = getattr(root, "os_error", root)
    if not absent:
        return f"connection dropped: {cause}"
    if isinstance(found, socket.gaierror):
        return "no such host"
    if isinstance(found, ConnectionRefusedError):
        return "connection refused"
    return f"no connection: {cause}"


def _nobody_there(error: openai.APIConnectionError) -> bool:
    """Whether no connection came about at all; the aiohttp transport gives all its connection errors one type."""
    cause = error.__cause__
    root = cause.__cause__ if cause is not None else None
    if type(root).__module__.startswith("aiohttp"):
        return hasattr(root, "os_error")
    return isinstance(cause, httpx.ConnectError | httpx.ConnectTimeout)


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that the other side asks for: in milliseconds, in seconds, or as a date (RFC 9110, 10.2.3).

    A date is held against the answer's own ``Date``, where it has one, since clocks differ.
    """

    def until(date: str) -> float:
        return _time(date) - (_time(headers["date"]) if "date" in headers else time.time())

    for name, read in (
        ("retry-after-ms", lambda text: float(text) / 1000),
        ("retry-after", float),
        ("retry-after", until),
    ):
        with suppress(KeyError, ValueError, OverflowError):
            seconds = read(headers[name])
            if not math.isnan(seconds):
                return max(0.0, min(_LONGEST_ASKED, seconds))
    return None


def _time(date: str) -> float:
    return parsedate_to_datetime(date).timestamp()


def _message(error: openai.APIStatusError) -> str:
    body = error.body
    inner = body.get("error", body) if isinstance(body, dict) else body
    text = inner.get("message", inner) if isinstance(inner, dict) else inner
    return " ".join(str(text or error.message).split())


def _get(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, dict) else None


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
