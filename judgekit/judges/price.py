"""What asking costs: prices as configured, usage as reported; what is unknown is never counted as nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import Field

from judgekit.records import Record

_MOST_TOKENS = 10**12
"""A larger count is no count."""


class Price(Record):
    """US dollars per million tokens.

    Attributes
    ----------
    input, output : float
        Prompt and completion tokens.
    cached_input : float | None
        Prompt tokens served from the provider's cache; None: as ``input``.
    batch : float
        Share of the price that is charged through the Batch API.
    """

    input: float = Field(ge=0)
    output: float = Field(ge=0)
    cached_input: float | None = Field(None, ge=0)
    batch: float = Field(0.5, ge=0, le=1)

    def of(self, prompt: int, cached: int | None, completion: int) -> float:
        """The price in dollars of so many tokens; ``cached`` of the prompt's came from the cache."""
        hit = min(cached or 0, prompt)
        cheap = self.input if self.cached_input is None else self.cached_input
        return ((prompt - hit) * self.input + hit * cheap + completion * self.output) / 1e6


@dataclass(frozen=True)
class Usage:
    """Tokens as a server reported them; None where it did not."""

    prompt_tokens: int | None = None
    cached_tokens: int | None = None
    completion_tokens: int | None = None

    @classmethod
    def read(cls, usage: Any) -> Usage:
        """From the ``usage`` object of a response, whatever it holds."""
        if not isinstance(usage, dict):
            return cls()
        details = usage.get("prompt_tokens_details")
        cached = _count(details.get("cached_tokens") if isinstance(details, dict) else None)
        prompt = _count(usage.get("prompt_tokens"))
        if cached is not None and (prompt is None or cached > prompt):
            cached = None  # more from the cache than there was: no count, and nothing is cheaper for it
        return cls(prompt, cached, _count(usage.get("completion_tokens")))

    @classmethod
    def total(cls, parts: Sequence[Usage]) -> Usage:
        """The sum of usages; unknown where a part is."""
        if len(parts) == 1:
            return parts[0]
        columns = zip(*(vars(part).values() for part in parts), strict=True)
        return cls(*(None if None in column else sum(column) for column in columns))

    def cost(self, price: Price | None) -> float | None:
        """Dollars, or None where price or usage is unknown."""
        if price is None or self.prompt_tokens is None or self.completion_tokens is None:
            return None
        return price.of(self.prompt_tokens, self.cached_tokens, self.completion_tokens)

    def share(self, part: int, parts: int) -> Usage:
        """One part of a usage that was reported for several prompts together; the parts add up to the whole."""
        cut = [None if n is None else n // parts + (part < n % parts) for n in vars(self).values()]
        return Usage(*cut)


def _count(value: Any) -> int | None:
    return value if type(value) is int and 0 <= value <= _MOST_TOKENS else None
