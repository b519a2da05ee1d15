"""What a judge is: anything that answers a rubric with evidence.

A judge that asks a model is a *panel* of simulated annotators over a *backend*; the backend answers single
prompts (:class:`Ask`), the panel (``judgekit.judges.annotators``) turns items into asks and answers into evidence.
Other packages add a kind of judge by an entry point in the group ``judgekit.judges`` that names a :class:`JudgeKind`.

What only some judges have to say of themselves is asked by :func:`need`, :func:`shown` and :func:`of_people`; of a
judge that does not say it, it is unknown.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from judgekit.errors import BatchPending
from judgekit.judges.price import Price
from judgekit.records import Evidence, Item
from judgekit.rubrics import Prompt, Rubric

if TYPE_CHECKING:
    from judgekit.judges import Context


@runtime_checkable
class Judge(Protocol):
    """Anything that answers a rubric.

    Attributes
    ----------
    name : str
        The tier's name in evidence files; unique in a cascade.
    stages : int
        How many steps its evidence comes in (simulated annotators asked so far); 1 for most judges.
    """

    name: str
    stages: int

    def fingerprint(self, rubric: Rubric) -> str:
        """A hash of all that its evidence depends on (model id, sampling, prompts, examples, weights)."""
        ...

    async def evidence(self, items: Sequence[Item], rubric: Rubric, stage: int) -> list[Evidence]:
        """Evidence for each item, in order; ``Evidence.missing(reason)`` where there is none.

        ``stage`` (1-based, up to ``stages``) is how far to go; what earlier stages asked is not asked again.
        Raises only what stops the whole run (``BudgetSpent``, ``ConfigError``), never for a single item.
        """
        ...

    async def close(self) -> None:
        """Release connections and engines."""
        ...


@runtime_checkable
class JudgeKind(Protocol):
    """A class of judges, by what an entry of a cascade file calls it.

    Attributes
    ----------
    description : str
        One line for ``judgekit judges``.
    """

    description: str

    def from_spec(self, options: Mapping[str, Any], /, context: Context) -> Judge:
        """Make a judge (a classmethod).

        Parameters
        ----------
        options : mapping
            Its entry in the cascade file without ``judge``; a ``ValidationError`` of pydantic is said as one line.
        context : Context
            The rubric, the cascade file's folder, the run's store, budget and keys.
        """
        ...


@dataclass(frozen=True)
class Need:
    """What asking a judge takes: calls, prompt tokens (estimated) and US dollars, each None where unknown.

    ``prompt`` is one of the prompts, to be shown.
    """

    calls: int | None = None
    tokens: int | None = None
    cost: float | None = None
    prompt: Prompt | None = None


NOTHING = Need(0, 0, 0.0)
"""What a judge needs that asks nobody."""


def need(judge: Judge, items: Sequence[Item], rubric: Rubric, stage: int) -> Need:
    """What a stage of a judge adds to its earlier ones, by its method ``need(items, rubric, stage)``."""
    if not hasattr(judge, "need"):
        return Need()
    found: Need = judge.need(items, rubric, stage)
    return found


def shown(judge: Judge, rubric: Rubric) -> frozenset[str]:
    """Question ids that stand as examples in a judge's prompts, by its method ``shown(rubric)``."""
    return frozenset(judge.shown(rubric)) if hasattr(judge, "shown") else frozenset()


def of_people(judge: Judge) -> bool:
    """Whether a judge answers with people's own labels: it has a true ``people``."""
    return bool(getattr(judge, "people", False))


@dataclass(frozen=True)
class Ask:
    """One prompt to one model. ``key`` is the content key of model, parameters and rendered prompt."""

    key: str
    prompt: Prompt


@dataclass(frozen=True)
class Answer:
    """What a model answered to one ask.

    Attributes
    ----------
    logprobs : Mapping[str, float]
        Option letter -> natural-log probability of its tokens, before any mask, at the verdict's
        position; a letter missing from the dict was not reported. Empty on failure.
    floor : float | None
        natural-log upper bound of a letter that was not reported; None where all letters are exact.
    sampled : Mapping[str, int]
        Option letter -> count, for the declared sampling fallback (no log-probabilities to be had).
    text : str
        The raw text generated.
    top : Sequence[tuple[str, float]]
        The (token, log-probability) pairs at the verdict's position.
    error : str | None
        Why there is no verdict (then ``logprobs`` and ``sampled`` are empty).
    fault : bool
        The error is a fault of the way there (time-out, refused, cut short), not something the model
        said: it is not final, and the next run asks again.
    cost : float | None
        US dollars, None where unknown.
    attempts : int
        Requests sent for this ask.
    reserved : float
        US dollars that a budget keeps set aside for requests whose cost is unknown (no usage reported,
        or no answer to one that may have been billed).
    """

    logprobs: Mapping[str, float] = field(default_factory=dict)
    floor: float | None = None
    sampled: Mapping[str, int] = field(default_factory=dict)
    text: str = ""
    top: Sequence[tuple[str, float]] = ()
    error: str | None = None
    fault: bool = False
    model: str | None = None
    prompt_tokens: int | None = None
    cached_tokens: int | None = None
    completion_tokens: int | None = None
    cost: float | None = None
    reserved: float = 0.0
    seconds: float = 0.0
    attempts: int = 1

    def to_row(self) -> dict[str, Any]:
        """The answer as a JSON object, fields at their default left out."""
        return {name: value for name, value in vars(self).items() if value != _DEFAULTS[name]}

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Answer:
        """The inverse of :meth:`to_row`."""
        answer = cls.__new__(
            cls
        )  # a frozen class sets its fields one by one, and a resumed run reads millions
        answer.__dict__.update(_DEFAULTS, **row)
        return answer


_DEFAULTS = vars(Answer())
_EMPTY: Mapping[str, Any] = {"logprobs": {}, "sampled": {}}


class Backend(Protocol):
    """Answers single prompts: an OpenAI-compatible endpoint, or a vLLM engine in this process.

    A module of ``judgekit.judges`` that has one gives it by ``backend(spec, budget) -> Backend``, where
    ``spec`` is the judge's part of the cascade file without ``judge``, ``name`` and ``annotators``.

    Attributes
    ----------
    slow : bool
        An answer takes hours, so that all that may be wanted is asked together.
    """

    slow: bool

    @property
    def price(self) -> Price | None:
        """Dollars per token as configured; None where unknown."""
        ...

    def identity(self) -> Mapping[str, object]:
        """What answers depend on, JSON-able: model id, sampling parameters, endpoint parameters."""
        ...

    def answer(self, asks: Iterable[Ask]) -> AsyncIterator[tuple[Ask, Answer]]:
        """Answer all asks, yielding each as soon as it is there, in any order. Failures are answers too.

        ``asks`` is read lazily, and comes ordered so that neighbors share their leading messages.
        Raises only what stops the run (``BudgetSpent``, ``ConfigError``), after yielding what was answered.
        """
        ...

    async def close(self) -> None:
        """Release connections or the engine."""
        ...


class Pending:
    """Lets a job go on past what is with a provider, so that the rest of it is submitted in the same run.

    Used around each part of the job (``with pending: …``), and raised when all parts have had their turn.
    """

    def __init__(self) -> None:
        self.prompts = 0

    def __enter__(self) -> None:
        return

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        if isinstance(error, BatchPending):
            self.prompts += error.prompts
            return True
        return False

    def raise_if_any(self) -> None:
        """Say what is being waited for.

        Raises
        ------
        BatchPending
            Something is.
        """
        if self.prompts:
            raise BatchPending(self.prompts)


class KeyMaker:
    """Makes the keys under which answers are stored: of model, parameters and rendered prompt (32 hex digits).

    Parameters
    ----------
    identity : str
        The JSON text of ``Backend.identity()``.
    first : Prompt
        Any of the prompts; the others share all its messages but the last, which are hashed only once.
    """

    def __init__(self, identity: str, first: Prompt) -> None:
        shared = [[message["role"], message["content"]] for message in first.messages[:-1]]
        self._shared = hashlib.sha256(json.dumps([identity, shared, list(first.options)]).encode())

    def __call__(self, prompt: Prompt) -> str:
        """The key of a prompt."""
        digest = self._shared.copy()
        last = prompt.messages[-1]
        digest.update(f"{last['role']}\n{last['content']}".encode("utf-8", "surrogatepass"))
        return digest.hexdigest()[:32]
