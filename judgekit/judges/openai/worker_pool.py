"""Workers that share one stream of jobs, and that stop without throwing away what may be paid for already."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Generic, TypeVar

from judgekit.errors import ConfigError

MOST_AT_ONCE = 10_000
"""Jobs under way at once: each holds a connection, of which a process has some ten thousand."""

Job = TypeVar("Job")
Result = TypeVar("Result")


class WorkerPool(Generic[Result]):
    """Hands jobs to workers and their results, as they come, to whoever reads :meth:`results`.

    When the reader is cancelled (as Ctrl-C does), workers that wait give up and those that are :meth:`busy` are
    waited for; cancelled once more, it stops at once. When a worker fails, the others end the job they are at. Where
    none would fare better (``ConfigError``, such as a key that is refused), those that wait give up too.

    Attributes
    ----------
    stopping : bool
        No further job is begun.
    """

    def __init__(self) -> None:
        self._why: BaseException | None = None
        self._busy: set[asyncio.Task[Any] | None] = set()
        self._done: asyncio.Queue[Result | None] = asyncio.Queue()

    @property
    def stopping(self) -> bool:
        """Whether the reader was cancelled or a worker failed, so that no further job is begun."""
        return self._why is not None

    @contextmanager
    def busy(self) -> Iterator[None]:
        """While a worker does what must not be done twice."""
        worker = asyncio.current_task()
        self._busy.add(worker)
        try:
            yield
        finally:
            self._busy.discard(worker)

    def hand_over(self, result: Result) -> None:
        """Give a result to the reader."""
        self._done.put_nowait(result)

    async def results(
        self, jobs: Iterable[Job], do: Callable[[Job], Awaitable[None]], workers: int
    ) -> AsyncIterator[Result]:
        """What the workers hand over while they do all jobs.

        Raises
        ------
        Exception
            The first that a worker raised, after everything that was handed over.
        """
        stream = iter(jobs)

        def give_up() -> None:
            for worker in set(tasks) - self._busy - {asyncio.current_task()}:
                worker.cancel()

        async def work() -> None:
            try:
                for job in stream:
                    await do(job)
                    if self.stopping:
                        return
            except Exception as error:
                self._why = self._why or error
                if isinstance(error, ConfigError):
                    give_up()
            finally:
                self._done.put_nowait(None)

        tasks = [asyncio.create_task(work()) for _ in range(workers)]
        try:
            at_work = len(tasks)
            while at_work:
                try:
                    result = await self._done.get()
                except asyncio.CancelledError as cancelled:
                    if isinstance(self._why, asyncio.CancelledError):
                        raise
                    self._why = cancelled
                    give_up()
                    continue
                if result is None:
                    at_work -= 1
                else:
                    yield result
            if self._why is not None:
                raise self._why
        finally:
            for worker in tasks:
                worker.cancel()
