"""What a cascade file may say of an ``openai`` judge, and the requests that follow from it."""

from __future__ import annotations

import re
from functools import cached_property
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator

from judgekit.errors import ConfigError
from judgekit.judges.openai.client import LARGEST_ANSWER
from judgekit.judges.openai.endpoint import Endpoint
from judgekit.judges.openai.keys import NO_KEY, OPENAI, Keys, origin
from judgekit.judges.openai.throttle import Throttle
from judgekit.judges.openai.worker_pool import MOST_AT_ONCE
from judgekit.judges.price import Price
from judgekit.judges.reading.thinking import END
from judgekit.records import Record

THINKING_TOKENS = 4096
MOST_SAMPLES = 1000
"""Sampled answers to one prompt: a share of them is then told to three digits."""
_BYTES_A_TOKEN = 512
"""Of an answer, for a token with its log-probability: names, digits, and a long token spelled out as bytes."""
_LARGEST_OF_ALL = 1 << 28
"""Bytes of any answer that is held: 32 answers of 4,096 tokens each with 20 alternatives are a quarter of it."""
LONGEST_TIMEOUT = 86_400.0
"""Seconds of the longest time-out for one request: a day."""

_CREDENTIAL = re.compile(r"(x-)?(api-?key|authorization|(access-|auth-|bearer-)?token|password|secret)")


class Settings(Record):
    """An ``openai`` judge in a cascade file.

    Attributes
    ----------
    model : str
        The model's name at the endpoint.
    base_url, api_key_env
        One or several endpoints, and the environment variables that hold their keys; a single one of
        either serves all of the other. A key goes only where the user has said that it belongs
        (:mod:`judgekit.judges.openai.keys`).
    top_logprobs : int
        How many log-probabilities to ask for.
    samples : int | None
        Ask for so many sampled answers instead of log-probabilities. A different judge: calibrate it
        so.
    max_tokens : int | None
        Tokens generated; by default one, or enough to think where thinking is skipped past.
    thinking : {'off', 'skip'}
        ``off`` switches it off where the server can (vLLM); ``skip`` lets the model think and reads the
        verdict after ``thinking_end``.
    reasoning_effort : str | None
        Passed on where set.
    extra_body : dict[str, Any]
        Further fields of the request, for servers that need them; null takes a field out. ``n`` is how
        many samples one request may ask for.
    timeout : float
        Seconds for one request, all of it.
    retries : int
        How often a failed request is sent again.
    patience : float
        Seconds to wait for endpoints that do not answer at all.
    max_concurrency : int
        Most prompts under way at one endpoint.
    batch_size : int
        Most prompts in one request, where the server takes several.
    rpm, tpm : float | None
        Requests and tokens a minute at each endpoint.
    batch : bool
        Ask through the Batch API: submit, and collect with the same command later.
    price : Price | None
        Dollars per million tokens; unknown where not given.
    """

    model: str
    base_url: str | tuple[str, ...] = OPENAI
    api_key_env: str | tuple[str, ...] | None = None
    top_logprobs: int = Field(20, ge=1)
    samples: int | None = Field(None, ge=2, le=MOST_SAMPLES)
    max_tokens: int | None = Field(None, ge=1)
    thinking: Literal["off", "skip"] = "off"
    thinking_end: str = END
    reasoning_effort: str | None = None
    extra_body: dict[str, Any] = Field(default_factory=dict)
    timeout: float = Field(60.0, gt=0, le=LONGEST_TIMEOUT)
    retries: int = Field(6, ge=0)
    patience: float = Field(120.0, ge=0)
    max_concurrency: int = Field(64, ge=1, le=MOST_AT_ONCE)
    batch_size: int = Field(32, ge=1)
    rpm: float | None = Field(None, gt=0)
    tpm: float | None = Field(None, gt=0)
    batch: bool = False
    price: Price | None = None

    @field_validator("extra_body")
    @classmethod
    def _no_key(cls, body: dict[str, Any]) -> dict[str, Any]:
        if name := _credential(body):
            raise ValueError(
                f"'{name}' may be a key, and a cascade is written to run folders: name its variable in api_key_env"
            )
        return body

    @model_validator(mode="after")
    def _addressed(self) -> Settings:
        for url in self.urls:
            origin(url)
        return self

    @model_validator(mode="after")
    def _sampled_at_once(self) -> Settings:
        if self.together < 1:
            raise ValueError("'n' in extra_body: expected 1 or more samples a request")
        if self.batch and self.samples and self.together < self.samples:
            raise ValueError(f"a batch asks once a prompt, for {self.together} of {self.samples} samples")
        return self

    @property
    def urls(self) -> tuple[str, ...]:
        """The base URLs, always as a tuple."""
        return (self.base_url,) if isinstance(self.base_url, str) else self.base_url

    @cached_property
    def token_limit(self) -> int:
        """Tokens that one answer may have."""
        return self.max_tokens or (THINKING_TOKENS if self.thinking == "skip" else 1)

    @property
    def verdict_after(self) -> str | None:
        """The text behind which the verdict stands, None where thinking is not expected."""
        return self.thinking_end if self.thinking == "skip" else None

    @cached_property
    def template(self) -> dict[str, Any]:
        """Arguments to the chat template of a vLLM server."""
        return {"enable_thinking": False} if self.thinking == "off" else {}

    @cached_property
    def request(self) -> dict[str, Any]:
        """The request to any server, but for its messages."""
        limit = "max_completion_tokens" if self._is_openai else "max_tokens"
        request: dict[str, Any] = {"model": self.model, limit: self.token_limit}
        if self.samples:
            request |= {"n": self.samples, "temperature": 1}
        else:
            request |= {"temperature": 0, "logprobs": True, "top_logprobs": self.top_logprobs}
        if self.reasoning_effort is not None:
            request["reasoning_effort"] = self.reasoning_effort
        request |= self.extra_body
        if self.samples and request.get("n") is not None:
            request["n"] = min(int(request["n"]), self.samples)  # more would be another judge
        return {name: value for name, value in request.items() if value is not None}

    @property
    def together(self) -> int:
        """Samples that one request asks for; a server that is not told how many gives one."""
        return int(self.request.get("n", 1)) if self.samples else 1

    @property
    def largest_answer(self) -> int | None:
        """Bytes of the largest answer to one request, by what it asks for; None for files of a batch, kept on disk."""
        if self.batch:
            return None
        answers = self.batch_size * (self.samples or 1) * self.token_limit
        listed = answers * (1 if self.samples else self.top_logprobs + 1)
        return min(LARGEST_ANSWER + listed * _BYTES_A_TOKEN, _LARGEST_OF_ALL)

    @property
    def requests(self) -> int:
        """Requests that one prompt takes."""
        return -(-(self.samples or 1) // self.together)

    @property
    def _is_openai(self) -> bool:
        hosts = [urlsplit(url).hostname or "" for url in self.urls]
        return self.reasoning_effort is not None or any(host.endswith("openai.com") for host in hosts)

    def endpoints(self, keys: Keys | None) -> list[Endpoint]:
        """The endpoints named, each with its key; ``keys`` None: nothing will be asked, and no key is looked for.

        Raises
        ------
        ConfigError
            Numbers of URLs and keys do not match, or a key may not be sent (:meth:`Keys.key`).
        """
        urls, named = list(self.urls), self.api_key_env
        names: list[str | None] = [named] if named is None or isinstance(named, str) else list(named)
        urls *= len(names) if len(urls) == 1 else 1
        names *= len(urls) if len(names) == 1 else 1
        if len(urls) != len(names):
            raise ConfigError(
                f"judge 'openai': {len(urls)} base_url but {len(names)} api_key_env; give one of either, or as many"
            )
        return [
            Endpoint(
                url,
                NO_KEY if keys is None else keys.key(url, name),
                timeout=self.timeout,
                throttle=Throttle(self.max_concurrency, self.rpm, self.tpm),
                is_openai=keys is not None and keys.is_openai(url),
                largest=self.largest_answer,
            )
            for url, name in zip(urls, names, strict=True)
        ]


def _credential(value: Any) -> str:
    """The first name of a field, however deep, that says that it holds a key; empty where none does."""
    if isinstance(value, dict):
        for name, one in value.items():
            said = str(name).lower().replace("_", "-")
            if isinstance(one, str) and _CREDENTIAL.fullmatch(said):
                return str(name)
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return next(filter(None, map(_credential, inside)), "")
