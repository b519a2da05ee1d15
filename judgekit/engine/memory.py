"""Judges items in memory under a cascade, for pipelines and evaluation tools: no run folder, no files.

:func:`judge` and :func:`judge_async` judge a list of items at once. A host that asks item by item, many at a time,
keeps a :class:`Session` open: cascades and engines are made once, and callers who wait are judged together.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, TypedDict, Unpack

from judgekit.cascade.run import Cascade
from judgekit.cascade.spec import AnyCascade, checked_cascade
from judgekit.engine.local import BLOCK, judge_block
from judgekit.engine.loop import finished
from judgekit.errors import ConfigError, InputError, at_least
from judgekit.readers import Table, read, unique
from judgekit.records import Item, ItemResult, parse
from judgekit.runs.budget import Budget
from judgekit.runs.folder import Paths
from judgekit.runs.store import Store
from judgekit.runs.tally import Tallies

_LOG = logging.getLogger(__name__)

ENOUGH = 20
"""Items after which a judge that fails on most of them stops a session; before, it may have been bad luck."""

GivenItem = Item | Mapping[str, Any]
"""An item, or a mapping with an item's fields, in which the id may be absent."""


Given = Iterable[GivenItem] | Table
"""What is judged: items, or a table in memory whose columns are called as an item's fields (else ``jk.read``)."""


class SessionOptions(TypedDict, total=False):
    """The options of a :class:`Session`, all optional."""

    cascade: AnyCascade
    rubric: str | None
    calibrations: Paths
    store: str | Path | None
    budget: float | None
    max_calls: int | None
    allow_uncertified: bool
    keep_going: bool


@dataclass
class _Call:
    """One caller's items, and where the results go."""

    items: list[Item]
    results: asyncio.Future[list[ItemResult]]


class Session:
    """A cascade kept open, for one event loop: ``async with Session("cascade.yaml") as session: …``.

    Parameters
    ----------
    cascade : str, Path, mapping or CascadeSpec, optional
        The cascade file, or what one would hold; by default the lexical judge alone.
    rubric : str, optional
        Judge everything by this rubric instead of one by split.
    calibrations : paths
        Calibration files; each is used for the rubric it names.
    store : str or Path, optional
        A folder in which answers are kept, so that none is paid for twice; without it they go with the session.
    budget, max_calls : float, int, optional
        Stop (``BudgetSpent``) before more US dollars, or calls, are spent; what the store has paid counts.
    allow_uncertified : bool
        Go on without a promise where a calibration does not fit.
    keep_going : bool
        Go on where a judge fails on most of what it is asked.

    Raises
    ------
    ConfigError
        An option that makes no sense, or a judge that asks through a batch API, which answers later.
    """

    def __init__(
        self,
        cascade: AnyCascade = None,
        *,
        rubric: str | None = None,
        calibrations: Paths = (),
        store: str | Path | None = None,
        budget: float | None = None,
        max_calls: int | None = None,
        allow_uncertified: bool = False,
        keep_going: bool = False,
    ) -> None:
        at_least(0, budget=budget, max_calls=max_calls)
        self.spec = checked_cascade(cascade, rubric, calibrations)
        if self.spec.batched:
            raise ConfigError(
                "a batch API answers hours later: score a file of items with it (judgekit score)"
            )
        self.tallies = Tallies(self.spec.passing)
        self._allow_uncertified, self._keep_going = allow_uncertified, keep_going
        self._store = None if store is None else Store(store)
        spent = {} if self._store is None else {"spent": self._store.spent()}
        self._budget = Budget(dollars=budget, calls=max_calls, **spent)
        self._cascades: dict[str, Cascade] = {}
        self._waiting: list[_Call] = []
        self._judging: asyncio.Task[None] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._given = 0
        self._closed = False

    async def judge(self, items: Given) -> list[ItemResult]:
        """Judge items; the results in their order, each with the item, what every judge said, and the verdict.

        May be called any number of times at once: callers that wait are judged together, as one block.

        Raises
        ------
        InputError
            A mapping that is no item.
        ConfigError
            The session is closed or in use by another event loop, or no rubric is for an item's split.
        FingerprintMismatch
            A calibration was made for other judges, or another rubric.
        BudgetSpent
            The budget is used up; of the items judged together none has a result, and the store keeps
            what was answered.
        JudgeFailed
            A judge fails on most of what it was asked, and ``keep_going`` is not set.
        """
        if self._closed:
            raise ConfigError("the session is closed: open another")
        loop = asyncio.get_running_loop()
        if self._loop not in (None, loop):
            raise ConfigError("the session belongs to another event loop: open one in each")
        self._loop = loop
        call = _Call(list(_items(items, self._given + 1)), loop.create_future())
        self._given += len(call.items)
        for name in {self.spec.rubric_for(item) for item in call.items} - self._cascades.keys():
            self._cascades[name] = self._built(name)
        self._waiting.append(call)
        if self._judging is None:
            self._judging = asyncio.create_task(self._judge_those_waiting())
        return await call.results

    def check(self) -> None:
        """Stop where a judge fails on most of what it was asked, unless ``keep_going`` is set.

        Raises
        ------
        JudgeFailed
            Naming the judge, how often it failed, and why.
        """
        if not self._keep_going:
            self.tallies.check()

    async def close(self) -> None:
        """End what is under way, and release judges, engines and store; which judges failed is logged."""
        if self._closed:
            return
        self._closed = True
        if self._judging is not None:
            self._judging.cancel()
            with suppress(asyncio.CancelledError):
                await self._judging
        try:
            for cascade in self._cascades.values():
                await cascade.close()
        finally:
            if self._store is not None:
                self._store.close()
        for sentence in self.tallies.heard():
            _LOG.warning("%s", sentence)

    async def __aenter__(self) -> Session:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    def _built(self, name: str) -> Cascade:
        """The cascade for a rubric; all that have a calibration are checked before anything is asked."""
        if not self._cascades:
            self.spec.check(name, budget=self._budget, allow_uncertified=self._allow_uncertified)
        return self.spec.build(
            name,
            store=self._store,
            budget=self._budget,
            allow_uncertified=self._allow_uncertified,
            keep_going=self._keep_going,
        )

    async def _judge_those_waiting(self) -> None:
        """Judge block after block until nobody waits."""
        try:
            while self._waiting:
                await asyncio.sleep(0)  # others that are ready to ask join this block
                calls = self._next()
                try:
                    await self._judge_together(calls)
                except asyncio.CancelledError:
                    self._waiting += calls
                    raise
                except Exception as error:
                    for call in calls:
                        if not call.results.done():
                            call.results.set_exception(error)
        finally:
            self._judging = None
            for call in self._waiting:  # none is left but where the session is closed
                call.results.cancel()

    def _next(self) -> list[_Call]:
        """Callers whose items fill a block: always at least one, and none that has gone away."""
        calls, size = list[_Call](), 0
        while self._waiting and size < BLOCK:
            call = self._waiting.pop(0)
            if not call.results.done():
                calls.append(call)
                size += len(call.items)
        return calls

    async def _judge_together(self, calls: Sequence[_Call]) -> None:
        """Give every caller the results of its items."""
        block = [item for call in calls for item in call.items]
        results = await judge_block(block, self.spec, self._cascades)
        for result in results:
            self.tallies.count(result.evidence)
        if self._given >= ENOUGH:
            self.check()
        of_all = iter(results)
        for call in calls:
            own = [next(of_all) for _ in call.items]
            if not call.results.done():
                call.results.set_result(own)


async def judge_async(items: Given, **options: Unpack[SessionOptions]) -> list[ItemResult]:
    """:func:`judge`, awaited; cancelling it leaves in the store what was answered."""
    given = list(_items(items))
    if given:
        list(unique(given))
    async with Session(**options) as session:
        blocks = [given[start : start + BLOCK] for start in range(0, len(given), BLOCK)]
        results = [result for block in blocks for result in await session.judge(block)]
        session.check()
    return results


def judge(items: Given, **options: Unpack[SessionOptions]) -> list[ItemResult]:
    """Judge items in memory, also where an event loop is running.

    Parameters
    ----------
    items : iterable of Item or mapping, or table
        Model outputs; a mapping has an item's fields (``question``, ``output``, ``reference``, ``split``, …), and so
        have the columns of a table in memory. With other names: ``jk.read(table, columns={…})``.
    **options
        ``cascade``, ``rubric``, ``calibrations``, ``store``, ``budget``, ``max_calls``, ``allow_uncertified`` and
        ``keep_going``, as of :class:`Session`.

    Returns
    -------
    list of ItemResult
        In the order of the items: each with its ``item``, its ``evidence`` and its ``verdict``.

    Raises
    ------
    InputError
        A mapping that is no item, or items that cannot be told apart.
    ConfigError, FingerprintMismatch, BudgetSpent, JudgeFailed
        See :meth:`Session.judge`.
    """
    return finished(partial(judge_async, items, **options))


def _items(given: Given, first: int = 1) -> Iterator[Item]:
    """The items; one without an id is called by its number."""
    if isinstance(given, Table):
        given = read(given)
    for number, one in enumerate(given, first):
        if isinstance(one, Item):
            yield one
        elif isinstance(one, Mapping):
            yield parse(Item, {"id": str(number), **one}, path=f"item {number}")
        else:
            raise InputError(f"expected an item or a mapping of its fields, found {type(one).__name__}")
