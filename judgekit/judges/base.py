"""What a judge is: anything that answers a rubric with evidence.

A judge that asks a model is a *panel* of simulated annotators over a *backend*; the backend answers single
prompts (:class:`Ask`), the panel (``judgekit.annotators``) turns items into asks and answers into evidence.
Other packages add a judge by an entry point in the group ``judgekit.judges``: a class with this protocol and a
classmethod ``from_config(spec, context)``.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from judgekit.records import Evidence, Item
from judgekit.rubrics import Prompt, Rubric


@runtime_checkable
class Judge(Protocol):
    """Anything that answers a rubric.

    Attributes
    ----------
    name : the tier's name in evidence files; unique in a cascade.
    stages : how many steps its evidence comes in (simulated annotators asked so far); 1 for most judges.
    """

    name: str
    stages: int

    def fingerprint(self, rubric: Rubric) -> str:
        """A hash of all that its evidence depends on (model id, sampling, prompts, examples, weights)."""
        ...

    async def evidence(self, items: Sequence[Item], rubric: Rubric, stage: int) -> list[Evidence]:
        """Evidence for each item, in order; ``Evidence.missing(reason)`` where there is none.

        ``stage`` (1-based, up to ``stages``) is how far to go; what an earlier stage asked is not asked again.
        Raises only what stops the whole run (``BudgetSpent``, ``ConfigError``), never for a single item.
        """
        ...

    async def close(self) -> None:
        """Release connections and engines."""
        ...


@dataclass(frozen=True)
class Ask:
    """One prompt to one model. ``key`` is the content key of model, endpoint parameters and rendered prompt."""

    key: str
    prompt: Prompt


@dataclass(frozen=True)
class Answer:
    """What a model answered to one ask.

    Attributes
    ----------
    logprobs : option letter -> natural-log probability of its token, before any mask, at the verdict's
        position; a letter missing from the dict was not reported. Empty on failure.
    sampled : option letter -> count, for the declared sampling fallback (no log-probabilities to be had).
    text : the raw text generated. error : why there is no verdict (then ``logprobs`` is empty).
    cost : US dollars, None where unknown.
    """

    logprobs: Mapping[str, float] = field(default_factory=dict)
    sampled: Mapping[str, int] = field(default_factory=dict)
    text: str = ""
    error: str | None = None
    model: str | None = None
    prompt_tokens: int | None = None
    cached_tokens: int | None = None
    completion_tokens: int | None = None
    cost: float | None = None
    seconds: float = 0.0


class Backend(Protocol):
    """Answers single prompts: an OpenAI-compatible endpoint, or a vLLM engine in this process."""

    def key(self, prompt: Prompt) -> str:
        """Content key of a prompt under this backend's model and parameters (hex)."""
        ...

    def identity(self) -> Mapping[str, object]:
        """What answers depend on, JSON-able: model id, sampling parameters, endpoint parameters."""
        ...

    def answer(self, asks: Iterable[Ask]) -> AsyncIterator[tuple[Ask, Answer]]:
        """Answer all asks, yielding each as soon as it is there, in any order. Failures are answers too."""
        ...

    async def close(self) -> None:
        """Release connections or the engine."""
        ...
