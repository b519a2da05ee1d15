"""Any Python function as a judge: it is given an item, and returns a label, probabilities of labels, or nothing."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pydantic import Field

from judgekit.errors import ConfigError
from judgekit.judges.elsewhere.asking import Entry, ItemBackend, ItemJudge
from judgekit.judges.elsewhere.consent import consent, imported
from judgekit.judges.elsewhere.identity import called, digest, named, source_of
from judgekit.judges.elsewhere.opinion import Opinion
from judgekit.records import Item
from judgekit.rubrics import Rubric
from judgekit.runs.budget import Budget

if TYPE_CHECKING:
    from judgekit.judges import Context

Asked = Callable[..., Opinion | Awaitable[Opinion]]

_WORKERS = 16
"""Calls of an async function under way at once; others may not be safe to call from several threads."""


class FunctionEntry(Entry):
    """The judge's entry in a cascade file.

    Attributes
    ----------
    function : str or callable
        ``package.module:name``; in memory also the function itself.
    args : mapping
        Further arguments by keyword.
    """

    function: Any
    args: dict[str, Any] = Field(default_factory=dict)


class FunctionBackend(ItemBackend):
    """Calls a function with an item; one that does not await runs in a thread of its own.

    Parameters
    ----------
    function : callable
        Called as ``function(item, **args)``; returns an :data:`Opinion`, or something to await that gives one.
    entry : FunctionEntry
        What the cascade file says of it.
    budget : Budget, optional
        That of the run.

    Raises
    ------
    ConfigError
        No version is stated, and the source does not tell the function from an earlier version of
        itself.
    """

    entry: FunctionEntry

    def __init__(self, function: Asked, entry: FunctionEntry, budget: Budget | None = None) -> None:
        awaits = any(map(inspect.iscoroutinefunction, (inspect.unwrap(function), type(function).__call__)))
        super().__init__(entry, budget, _WORKERS if awaits else 1)
        self._function, self._awaits = function, awaits
        self._told = entry.version or digest(source_of(function, entry.args))

    def identity(self) -> dict[str, object]:
        """Name, and version or source; and what it is called with."""
        return {
            "function": called(self._function),
            "told by": self._told,
            "args": named(self.entry.args),
            "labels": self.entry.labels,
        }

    async def opinions(self, items: Sequence[Item], rubric: Rubric) -> Sequence[Opinion]:
        """What the function returns for the one item."""
        (item,) = items
        if self._awaits:
            said = self._function(item, **self.entry.args)
        else:
            said = await asyncio.to_thread(self._function, item, **self.entry.args)
        return [await said if inspect.isawaitable(said) else said]


class FunctionJudge(ItemJudge):
    """A Python function (``judge: function``)."""

    kind = "function"
    description = "any Python function that returns a label or probabilities"

    @classmethod
    def make_backend(cls, spec: Mapping[str, Any], context: Context) -> ItemBackend:
        """The function that the entry names or holds."""
        entry = FunctionEntry.model_validate(spec)
        found = entry.function
        if isinstance(found, str):
            consent(found, cls.kind, trusted=context.trusted)
            found = imported(found, cls.kind)
        if not callable(found):
            raise ConfigError(f"judge 'function': {found!r} is no function")
        return FunctionBackend(found, entry, context.budget)
