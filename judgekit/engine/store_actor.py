"""One store and one budget for all workers of a Ray job: an actor beside the driver, and how workers see it."""

from __future__ import annotations

import asyncio
import signal
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from judgekit import errors
from judgekit.engine.local import Job
from judgekit.runs.budget import Budget, Spent
from judgekit.runs.store import Store

_CLOSING_SECONDS = 30
_STOPPING_SECONDS = 600
_IN_FLIGHT = 64
"""Answers that may be on their way to the actor before a worker waits."""


class StoreActor:
    """The actor that holds a run's store and budget, and knows whether the user wants the job to end."""

    def __init__(self, folder: Path, dollars: float | None, calls: int | None) -> None:
        self._store = Store(folder)
        self._budget = Budget(dollars, calls, spent=self._store.spent())
        self._stopping, self._at_work = False, 0

    def do(self, what: str, *args: Any) -> Any:
        """Call one of the store's or the budget's methods; an error a user can mend comes back as a value."""
        owner = self._budget if what in ("hold", "settle") else self._store
        try:
            return getattr(owner, what)(*args)
        except errors.JudgekitError as error:
            return error

    def begin(self) -> bool:
        """A worker begins a block; False where it should not."""
        self._at_work += not self._stopping
        return not self._stopping

    def end(self) -> None:
        """A worker has ended its block."""
        self._at_work -= 1

    def stop(self) -> None:
        """Let no further block begin."""
        self._stopping = True

    def stopping(self) -> bool:
        """Whether :meth:`stop` was called."""
        return self._stopping

    def at_work(self) -> int:
        """Workers in the middle of a block."""
        return self._at_work


class RemoteStore:
    """The store as a worker sees it.

    Answers go to the actor at once and in order; that they are durable is waited for in :meth:`flush`, which the
    worker calls before it hands on what it made of them.
    """

    def __init__(self, actor: Any) -> None:
        self._actor = actor
        self._sent: list[Any] = []

    def _do(self, what: str, *args: Any) -> Any:
        return _received(self._actor.do.remote(what, *args))

    def flush(self) -> None:
        """Wait until all answers sent are durable."""
        while self._sent:
            _received(self._sent.pop())

    def get(self, keys: Sequence[str]) -> dict[str, dict[str, Any]]:
        """See ``Store.get``."""
        found: dict[str, dict[str, Any]] = self._do("get", list(keys))
        return found

    def make_room(self) -> None:
        """See ``Store.make_room``."""
        self._do("make_room")

    def put(self, answers: Iterable[tuple[str, Mapping[str, Any]]], judge: str) -> None:
        """See ``Store.put``."""
        self._sent.append(self._actor.do.remote("put", list(answers), judge))
        if len(self._sent) == _IN_FLIGHT:
            self.flush()

    def spent(self, judge: str | None = None) -> Spent:
        """See ``Store.spent``."""
        spent: Spent = self._do("spent", judge)
        return spent

    def state(self, name: str) -> Any:
        """See ``Store.state``."""
        return self._do("state", name)

    def set_state(self, name: str, value: Any) -> None:
        """See ``Store.set_state``."""
        self._do("set_state", name, value)


class RemoteBudget:
    """The budget as a worker sees it."""

    def __init__(self, actor: Any, dollars: float | None, calls: int | None) -> None:
        self._actor, self.dollars, self.calls = actor, dollars, calls

    def hold(self, calls: int, estimate: float) -> bool:
        """See ``Budget.hold``."""
        return bool(_received(self._actor.do.remote("hold", calls, estimate)))

    def settle(self, estimate: float, cost: float) -> None:
        """See ``Budget.settle``; nobody waits for it."""
        self._actor.do.remote("settle", estimate, cost)


@dataclass(frozen=True)
class StoreHandle:
    """All that a worker sees of the actor; ``budget`` is None where there is no limit."""

    actor: Any
    store: RemoteStore
    budget: RemoteBudget | None

    async def stopped(self) -> None:
        """Return when the user wants the job to end."""
        while not await self.actor.stopping.remote():
            await asyncio.sleep(0.5)

    def wait_until_idle(self) -> None:
        """Wait until no worker is in the middle of a block."""
        until = time.monotonic() + _STOPPING_SECONDS
        while _received(self.actor.at_work.remote()) and time.monotonic() < until:
            time.sleep(0.1)


@contextmanager
def store_actor(ray: Any, job: Job) -> Iterator[StoreHandle | None]:
    """An actor on this node, where the run's folder is, for as long as the job runs; None without a store.

    Ctrl-C tells it to stop; once more ends the job at once.
    """
    from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

    if job.store is None:
        yield None
        return
    job.store.close()
    here = NodeAffinitySchedulingStrategy(ray.get_runtime_context().get_node_id(), soft=False)
    limits = (None, None) if job.budget is None else (job.budget.dollars, job.budget.calls)
    remote = ray.remote(StoreActor).options(num_cpus=0, scheduling_strategy=here)
    actor = remote.remote(job.folder.resolve(), *limits)
    budget = None if limits == (None, None) else RemoteBudget(actor, *limits)
    try:
        with _stopped_by_ctrl_c(actor):
            yield StoreHandle(actor, RemoteStore(actor), budget)
    finally:
        with suppress(ray.exceptions.RayError):
            ray.get(actor.do.remote("close"), timeout=_CLOSING_SECONDS)
        ray.kill(actor)


@contextmanager
def _stopped_by_ctrl_c(actor: Any) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.getsignal(signal.SIGINT)

    def stop(*_: object) -> None:
        signal.signal(signal.SIGINT, before)
        threading.Thread(target=actor.stop.remote).start()  # this thread may be inside of Ray

    signal.signal(signal.SIGINT, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _received(answer: Any) -> Any:
    """What the actor answered; an error it sent is raised."""
    import ray

    value = ray.get(answer)
    if isinstance(value, errors.JudgekitError):
        raise value
    return value
