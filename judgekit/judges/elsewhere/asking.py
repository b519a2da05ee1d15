"""Asks a judge that knows nothing of prompts: one item at a time, every opinion kept in the run's store.

What such a judge lacks of a model judge (letters, orders, annotators) is filled in with the plainest there is: one
ask an item, whose options are the labels themselves. The rest is that of :class:`ModelJudge`: opinions are kept
the moment they are there and never asked for twice, faults are asked again by the next run, and a judge whose
first calls all fail alike stops the run.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import time
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self

from pydantic import Field, field_validator

from judgekit.errors import ConfigError, JudgekitError
from judgekit.judges.annotators.examples import Annotators
from judgekit.judges.annotators.judge import ModelJudge
from judgekit.judges.annotators.panel import Panel
from judgekit.judges.base import NOTHING, Answer, Ask, Need
from judgekit.judges.elsewhere.opinion import Opinion, Unreadable, read, spelled
from judgekit.judges.openai.worker_pool import MOST_AT_ONCE, WorkerPool
from judgekit.judges.price import Price
from judgekit.records import Item, Record
from judgekit.rubrics import Prompt, Rubric
from judgekit.runs.budget import Budget

if TYPE_CHECKING:
    from judgekit.judges import Context


class Entry(Record):
    """What the entries of such judges in a cascade file have in common.

    Attributes
    ----------
    name : str
        The tier's name; empty: the kind of judge.
    version : str
        Tells this judge from an earlier one of the same name; empty: its code does.
    labels : mapping
        What the judge calls something -> the rubric's label for it.
    price : float, optional
        US dollars for one opinion; 0 for a judge that costs nothing, unknown where not given.
    max_concurrency : int, optional
        Most opinions under way at once.
    examples : Path, optional
        A file of the items that stand as examples in the judge's own prompts: their questions must not serve for
        calibration.
    """

    name: str = ""
    version: str = ""
    labels: dict[str, str] = Field(default_factory=dict)
    price: float | None = Field(None, ge=0)
    max_concurrency: int | None = Field(None, ge=1, le=MOST_AT_ONCE)
    examples: Path | None = None

    @field_validator("labels", mode="before")
    @classmethod
    def _spelled(cls, labels: Any) -> Any:
        return (
            {spelled(name): label for name, label in labels.items()} if isinstance(labels, dict) else labels
        )


@dataclass(frozen=True)
class ItemAsk(Ask):
    """One item put to a judge under a rubric."""

    item: Item
    rubric: Rubric


class ItemBackend(ABC):
    """Asks for opinions of items, several at once; see ``Backend``.

    Parameters
    ----------
    entry : Entry
        What the cascade file says of the judge.
    budget : Budget, optional
        That of the run, shared by its judges.
    workers : int
        Calls under way at once where the entry does not say.

    Raises
    ------
    ConfigError
        A budget in dollars, and no price to count it by.
    """

    slow = False
    together: ClassVar[int] = 1
    """Items that one call asks about."""

    def __init__(self, entry: Entry, budget: Budget | None, workers: int) -> None:
        if budget is not None and budget.dollars is not None and entry.price is None:
            raise ConfigError(
                "a budget in dollars needs the judge's price, in US dollars an item (0: it costs nothing)"
            )
        self.entry, self.budget = entry, budget or Budget()
        self._workers = entry.max_concurrency or workers

    @property
    def price(self) -> Price | None:
        """None: what an opinion costs does not go by tokens."""
        return None

    @abstractmethod
    def identity(self) -> Mapping[str, object]:
        """See ``Backend.identity``."""

    @abstractmethod
    async def opinions(self, items: Sequence[Item], rubric: Rubric) -> Sequence[Opinion]:
        """What the judge says of at most ``together`` items, in their order; may raise anything."""

    async def answer(self, asks: Iterable[Ask]) -> AsyncIterator[tuple[Ask, Answer]]:
        """See ``Backend.answer``."""
        pool = WorkerPool[tuple[Ask, Answer]]()
        async for settled in pool.results(
            self._jobs(asks), lambda job: self._settle(job, pool), self._workers
        ):
            yield settled

    async def close(self) -> None:
        """See ``Backend.close``; by default there is nothing to release."""
        return

    def _jobs(self, asks: Iterable[Ask]) -> Iterator[list[ItemAsk]]:
        stream = (ask for ask in asks if isinstance(ask, ItemAsk))
        while job := list(islice(stream, self.together)):
            yield job

    async def _settle(self, job: Sequence[ItemAsk], pool: WorkerPool[tuple[Ask, Answer]]) -> None:
        """Ask about the items of a job, within the budget."""
        most = (self.entry.price or 0.0) * len(job)
        while not self.budget.hold(len(job), most):
            await asyncio.sleep(0.01)
        spent = most  # whatever ends it, it may have been billed
        try:
            started = time.perf_counter()
            with pool.busy():
                answers = await self._ask(job)
            each = round((time.perf_counter() - started) / len(job), 6)
            spent = sum((one.cost or 0.0) + one.reserved for one in answers)
            for ask, answer in zip(job, answers, strict=True):
                pool.hand_over((ask, replace(answer, seconds=each)))
        finally:
            self.budget.settle(most, spent)

    async def _ask(self, job: Sequence[ItemAsk]) -> list[Answer]:
        rubric = job[0].rubric
        try:
            said = await self.opinions([ask.item for ask in job], rubric)
        except JudgekitError:
            raise
        except Exception as error:  # another's code may raise anything
            what = " ".join(str(error).split())
            return [self._fault(f"{type(error).__name__}: {what}" if what else type(error).__name__)] * len(
                job
            )
        return [self._read(one, rubric) for one in said]

    def _read(self, said: Opinion, rubric: Rubric) -> Answer:
        try:
            return read(said, self.entry.labels, rubric.labels, self.entry.price)
        except Unreadable as wrong:
            return self._fault(str(wrong))

    def _fault(self, reason: str) -> Answer:
        """No answer; what it cost is unknown, so that all it may have cost stays set aside."""
        if not self.entry.price:
            return Answer(error=reason, fault=True, cost=self.entry.price)
        return Answer(error=reason, fault=True, reserved=self.entry.price)


def pointwise(kind: str, rubric: Rubric) -> None:
    """Refuse a rubric that is not about one output.

    Raises
    ------
    ConfigError
        It compares outputs, or judges a chain of them.
    """
    if rubric.file.kind != "pointwise":
        raise ConfigError(f"judge '{kind}' is given one output; rubric '{rubric.name}' is {rubric.file.kind}")


class ItemPanel(Panel):
    """The one annotator of a judge that is asked about items, not prompts."""

    def __init__(self, rubric: Rubric, identity: str, examples: frozenset[str]) -> None:
        super().__init__(Annotators(orders=1), rubric, (), identity)
        self._examples = examples
        self._options = {label: label for label in rubric.labels}

    def asks(self, item: Item, annotators: int) -> list[Ask]:
        """One ask: the item, without what people said of it."""
        item = item.model_copy(update={"human": ()})
        text = json.dumps([self.identity, self.rubric.fingerprint, item.to_row()], sort_keys=True)
        key = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
        return [ItemAsk(key, Prompt((), self._options), item, self.rubric)]

    def shown(self) -> frozenset[str]:
        """Question ids of the examples that the judge has in its own prompts."""
        return self._examples


class ItemJudge(ModelJudge, ABC):
    """A judge that is asked about items; a subclass says how its entry is read and its backend made.

    Attributes
    ----------
    kind : str
        What an entry of a cascade file calls it; the tier's name where the entry gives none.
    description : str
        One line for ``judgekit judges``.
    """

    kind: ClassVar[str]
    description: ClassVar[str]
    backend: ItemBackend

    @classmethod
    def from_spec(cls, options: Mapping[str, Any], context: Context) -> Self:
        """Make the judge from its entry in a cascade file."""
        backend = cls.make_backend(options, context)
        entry = backend.entry
        judge = cls(entry.name or cls.kind, backend, store=context.store, folder=context.folder,
                    keep_going=context.keep_going)  # fmt: skip
        judge.panel(context.rubric)
        return judge

    @classmethod
    @abstractmethod
    def make_backend(cls, spec: Mapping[str, Any], context: Context) -> ItemBackend:
        """Make what asks the judge from its entry in a cascade file."""

    def panel(self, rubric: Rubric) -> Panel:
        """One annotator, who is put the items themselves."""
        if rubric.fingerprint not in self._panels:
            self._panels[rubric.fingerprint] = ItemPanel(rubric, self._identity, self._examples())
        return self._panels[rubric.fingerprint]

    def need(self, items: Sequence[Item], rubric: Rubric, stage: int) -> Need:
        """One call an item; how many tokens that takes is unknown."""
        price = self.backend.entry.price
        return Need(len(items), None, None if price is None else price * len(items)) if items else NOTHING

    def _examples(self) -> frozenset[str]:
        path = self.backend.entry.examples
        if path is None:
            return frozenset()
        from judgekit.readers import read as read_items

        return frozenset(item.question_id for item in read_items(self.folder / path))
