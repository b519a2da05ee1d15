"""Runs a scoring job on a Ray cluster with Ray Data: cascades, store and run folder as with the local engine.

Items go out in blocks, outcomes come back in input order. Each worker builds the cascades for itself, so a vLLM
engine is loaded once a worker. The store and the budget are kept by one actor beside the driver: an answer is
sent there the moment it is in, and is durable before anything made of it is handed on, so that ``kill -9`` of
the driver or of a worker costs only the calls then on their way. judgekit and the files that the cascade names
(examples, calibrations, recordings, a local model) must be on every node.

A prompt that two workers hold at the same moment may be asked twice; the first answer is the one kept.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import pickle
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

from judgekit import errors
from judgekit.cascade import Cascade, Outcome
from judgekit.config import CascadeSpec
from judgekit.engine.folder import Progress, RunWriter
from judgekit.engine.local import Job, describe, judge_block, shown
from judgekit.records import Item
from judgekit.store import Budget, Spent, Store

BLOCK = 256
"""Items a worker judges together: small enough that a modest file keeps all workers busy."""

_CLOSING_SECONDS = 30
_IN_FLIGHT = 64
"""Answers that may be on their way to the keeper before a worker waits."""
_ON_ONE_CPU = {"lexical", "recorded", "human"}


@dataclass(frozen=True)
class Pool:
    """How many workers, and what each needs of the cluster."""

    size: int
    cpus: float
    gpus: float


def pool(kinds: Sequence[Mapping[str, Any]], cluster: Mapping[str, float], nodes: int) -> Pool:
    """The workers that fit a cascade: one a CPU, one a set of GPUs, or one a node where others do the work.

    Parameters
    ----------
    kinds : the tiers of the cascade file. cluster : Ray's total resources. nodes : how many nodes are alive.
    """
    if all(tier.get("judge") in _ON_ONE_CPU for tier in kinds):
        return Pool(max(1, int(cluster.get("CPU", 1))), 1, 0)
    engines = [tier.get("engine") or {} for tier in kinds if tier.get("judge") == "vllm"]
    if engines and cluster.get("GPU"):
        each = max(int(engine.get("tensor_parallel_size", 1)) for engine in engines)
        return Pool(max(1, int(cluster["GPU"]) // each), 1, each)
    return Pool(max(1, nodes), 1, 0)


def _received(answer: Any) -> Any:
    """What the keeper answered; an error it sent is raised."""
    import ray

    value = ray.get(answer)
    if isinstance(value, errors.JudgekitError):
        raise value
    return value


class Keeper:
    """The actor that holds a run's store and budget for all workers."""

    def __init__(self, folder: Path, dollars: float | None, calls: int | None) -> None:
        self._store = Store(folder)
        self._budget = Budget(dollars, calls, spent=self._store.spent())

    def do(self, what: str, *args: Any) -> Any:
        """Call one of the store's or the budget's methods; an error a user can mend comes back as a value."""
        owner = self._budget if what in ("hold", "settle") else self._store
        try:
            return getattr(owner, what)(*args)
        except errors.JudgekitError as error:
            return error


class RemoteStore:
    """The store as a worker sees it.

    Answers go to the keeper at once and in order; that they are durable is waited for in :meth:`flush`, which the
    worker calls before it hands on what it made of them.
    """

    def __init__(self, keeper: Any) -> None:
        self._keeper = keeper
        self._sent: list[Any] = []

    def _do(self, what: str, *args: Any) -> Any:
        return _received(self._keeper.do.remote(what, *args))

    def flush(self) -> None:
        """Wait until all answers sent are durable."""
        while self._sent:
            _received(self._sent.pop())

    def get(self, keys: Sequence[str]) -> dict[str, dict[str, Any]]:
        """See ``Store.get``."""
        found: dict[str, dict[str, Any]] = self._do("get", list(keys))
        return found

    def put(self, answers: Iterable[tuple[str, Mapping[str, Any]]], judge: str) -> None:
        """See ``Store.put``."""
        self._sent.append(self._keeper.do.remote("put", list(answers), judge))
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

    def __init__(self, keeper: Any, dollars: float | None, calls: int | None) -> None:
        self._keeper, self.dollars, self.calls = keeper, dollars, calls

    def hold(self, calls: int, estimate: float) -> bool:
        """See ``Budget.hold``."""
        return bool(_received(self._keeper.do.remote("hold", calls, estimate)))

    def settle(self, estimate: float, cost: float | None) -> None:
        """See ``Budget.settle``; nobody waits for it."""
        self._keeper.do.remote("settle", estimate, cost)


class Worker:
    """Judges blocks: what Ray Data maps over the items."""

    def __init__(self, spec: CascadeSpec, store: Any, budget: Any, unbound: bool) -> None:
        self._spec, self._options = spec, {"store": store, "budget": budget, "unbound": unbound}
        self._cascades: dict[str, Cascade] = {}
        self._runner = asyncio.Runner()  # one loop for all blocks: clients and engines live in it

    def __call__(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """A block's outcomes, or the error that stops the job, as columns that Arrow can hold."""
        try:
            try:
                outcomes = self._runner.run(self._judge(pickle.loads(row["items"])))
            finally:
                if self._options["store"] is not None:
                    self._options["store"].flush()
        except errors.JudgekitError as error:  # stops the job; raised again where the user is
            return {"outcomes": b"", "about": "", "error": type(error).__name__, "message": str(error)}
        about = json.dumps({"cascades": describe(self._cascades), "examples": sorted(shown(self._cascades))})
        return {"outcomes": pickle.dumps(outcomes), "about": about, "error": "", "message": ""}

    async def _judge(self, block: list[Item]) -> list[Outcome]:
        for name in {self._spec.rubric_for(item) for item in block} - self._cascades.keys():
            self._cascades[name] = self._spec.build(name, **self._options)
        return await judge_block(block, self._spec, self._cascades)


def score(job: Job) -> Progress:
    """Judge all items on the cluster and leave a run folder behind; see :func:`judgekit.engine.local.score`.

    The cluster is the one that ``RAY_ADDRESS`` names or that this machine belongs to, else a new one of this
    machine. The job's store is closed: its file passes to the actor that serves all workers.

    Raises
    ------
    MissingExtra : Ray is not installed.
    ConfigError : a judge asks through a batch API.
    BudgetSpent : the store keeps what was answered; run again with a larger budget to go on.
    """
    if job.spec.batched:
        raise errors.ConfigError("a batch API does all the work itself: use --engine local with --batch")
    ray = _connected()
    cascades, examples, keeper = dict[str, Any](), set[str](), None
    if job.store is not None:
        job.store.close()
        keeper = _keeper(ray, job.folder, job.budget)
    try:
        with RunWriter(job.folder) as writer:
            for row in _mapped(ray, job, keeper):
                if row["error"]:
                    kind = getattr(errors, row["error"], errors.JudgekitError)
                    raise kind.__new__(kind, row["message"])
                used = json.loads(row["about"])
                cascades.update(used["cascades"])
                examples.update(used["examples"])
                writer.write(pickle.loads(row["outcomes"]))
                job.report(writer.progress)
            writer.finish(job.described(writer.progress, examples, cascades))
    finally:
        if keeper is not None:
            with suppress(ray.exceptions.RayError):
                ray.get(keeper.do.remote("close"), timeout=_CLOSING_SECONDS)
            ray.kill(keeper)
    return writer.progress


def _connected() -> Any:
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    try:
        import ray
        import ray.data
    except ImportError as error:
        raise errors.MissingExtra("--engine ray", "ray", error) from None
    if not ray.is_initialized():
        ray.init(log_to_driver=False, logging_level=logging.ERROR)
    logging.getLogger("ray.data").setLevel(logging.ERROR)
    return ray


def _keeper(ray: Any, folder: Path, budget: Any) -> Any:
    """The keeper, on this node: that is where the run's folder is."""
    from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

    here = NodeAffinitySchedulingStrategy(ray.get_runtime_context().get_node_id(), soft=False)
    limits = (None, None) if budget is None else (budget.dollars, budget.calls)
    actor = ray.remote(Keeper).options(num_cpus=0, scheduling_strategy=here)
    return actor.remote(folder.resolve(), *limits)


def _budget(keeper: Any, budget: Any) -> Any:
    limited = budget is not None and (budget.dollars is not None or budget.calls is not None)
    return RemoteBudget(keeper, budget.dollars, budget.calls) if limited else None


def _mapped(ray: Any, job: Job, keeper: Any) -> Iterator[Any]:
    """A row for each block, in order. Blocks wait in Ray's object store, which spills to disk."""
    import pyarrow as pa  # type: ignore[import-untyped]

    stream, blocks = iter(job.items), []
    while block := list(islice(stream, BLOCK)):
        blocks.append(ray.put(pa.table({"items": [pickle.dumps(block)]})))
    if not blocks:
        return
    spec = replace(job.spec, folder=job.spec.folder.resolve())
    remote = (None, None) if keeper is None else (RemoteStore(keeper), _budget(keeper, job.budget))
    nodes = sum(bool(node["Alive"]) for node in ray.nodes())
    workers = pool(spec.file.tiers, ray.cluster_resources(), nodes)
    data = ray.data.from_arrow_refs(blocks)
    data.context.execution_options.preserve_order = True
    data.context.enable_progress_bars = False
    yield from data.map(
        Worker,
        fn_constructor_args=(spec, *remote, job.unbound),
        compute=ray.data.ActorPoolStrategy(size=min(workers.size, len(blocks))),
        num_cpus=workers.cpus,
        num_gpus=workers.gpus,
    ).iter_rows()
