"""What a request will take: tokens for the throttle, dollars for the budget, learned from what requests took before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from judgekit.judges.base import Ask
from judgekit.judges.openai.settings import Settings
from judgekit.judges.price import Usage

_USUAL_TOKENS_PER_BYTE = 0.5
"""Assumed until usage is reported, for what a minute may hold."""

_MOST_TOKENS_PER_BYTE = 1.0
"""Assumed until usage is reported, for what a call may cost: a tokenizer of bytes has no more."""

_MARGIN = 1.25
"""How much more than the most that was seen the next call may take."""


class Forecast:
    """The forecast of one judge, sharper with every answer.

    Parameters
    ----------
    settings : Settings
        Price, limit of tokens and number of samples of its requests.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._tokens_per_byte, self._completion, self._requests = 0.0, 0, settings.requests

    def tokens(self, ask: Ask) -> int:
        """Tokens that an ask will take, as far as can be told before."""
        rate = self._tokens_per_byte or _USUAL_TOKENS_PER_BYTE
        return 16 + int(_bytes(ask) * rate) + self._settings.token_limit * (self._settings.samples or 1)

    def most(self, asks: Iterable[Ask]) -> float:
        """Dollars that asks will cost at most: no call has cost more, by a margin; nothing where there is no price."""
        price = self._settings.price
        if price is None:
            return 0.0
        rate = self._tokens_per_byte * _MARGIN or _MOST_TOKENS_PER_BYTE
        completion = max(self._settings.token_limit * (self._settings.samples or 1), self._completion)
        dearest = price.model_copy(update={"cached_input": None})
        return sum(dearest.of(self._requests * (64 + int(_bytes(ask) * rate)), 0, completion) for ask in asks)

    def learn(self, job: Sequence[Ask], usage: Usage, requests: int) -> None:
        """Let what came back for a job say how much a call takes, at most."""
        self._requests = max(self._requests, requests)
        if usage.prompt_tokens:
            size = sum(map(_bytes, job)) * requests
            self._tokens_per_byte = max(self._tokens_per_byte, usage.prompt_tokens / max(1, size))
        if usage.completion_tokens:
            self._completion = max(self._completion, -(-usage.completion_tokens // len(job)))


def _bytes(ask: Ask) -> int:
    return sum(len(message["content"].encode("utf-8", "replace")) for message in ask.prompt.messages)
