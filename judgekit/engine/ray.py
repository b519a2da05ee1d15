"""Runs a scoring job on a Ray cluster with Ray Data: cascades, store and run folder as with the local engine.

Items go out in blocks, outcomes come back in input order. Each worker builds the cascades for itself, so a vLLM
engine is loaded once a worker. The store and the budget are kept by one actor beside the driver
(:mod:`judgekit.engine.store_actor`): an answer is sent there the moment it is in, and is durable before anything made
of it is handed on, so that ``kill -9`` of the driver or of a worker costs only the calls then on their way. judgekit
and the files that the cascade names (examples, calibrations, recordings, a local model) must be on every node.

A prompt that two workers hold at the same moment may be asked twice; the first answer is the one kept.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import pickle
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from judgekit import errors
from judgekit.cascade.run import Cascade
from judgekit.cascade.spec import CascadeSpec
from judgekit.engine.local import Job, describe, judge_block, shown
from judgekit.engine.store_actor import StoreHandle, store_actor
from judgekit.records import Item, ItemResult
from judgekit.runs.about import CascadeAbout, RunAbout
from judgekit.runs.writer import Progress, RunWriter

BLOCK = 256
"""Items a worker judges together: small enough that a modest file keeps all workers busy."""

_STOPPED = "stopped"
_ON_ONE_CPU = {"lexical", "recorded", "human"}


@dataclass(frozen=True)
class Workers:
    """How many workers, and what each needs of the cluster."""

    size: int
    cpus: float
    gpus: float


def workers_for(kinds: Sequence[Mapping[str, Any]], cluster: Mapping[str, float], nodes: int) -> Workers:
    """The workers that fit a cascade: one a CPU, one a set of GPUs, or one a node where others do the work.

    Parameters
    ----------
    kinds : Sequence[Mapping[str, Any]]
        The tiers of the cascade file.
    cluster : Mapping[str, float]
        Ray's total resources.
    nodes : int
        How many nodes are alive.
    """
    if all(tier.get("judge") in _ON_ONE_CPU for tier in kinds):
        return Workers(max(1, int(cluster.get("CPU", 1))), 1, 0)
    engines = [tier.get("engine") or {} for tier in kinds if tier.get("judge") == "vllm"]
    if engines and cluster.get("GPU"):
        each = max(int(engine.get("tensor_parallel_size", 1)) for engine in engines)
        return Workers(max(1, int(cluster["GPU"]) // each), 1, each)
    return Workers(max(1, nodes), 1, 0)


class Worker:
    """Judges blocks: what Ray Data maps over the items."""

    def __init__(self, spec: CascadeSpec, kept: StoreHandle | None, options: Mapping[str, bool]) -> None:
        self._spec, self._kept = spec, kept
        self._options: dict[str, Any] = dict(options)
        self._cascades: dict[str, Cascade] = {}
        self._runner = asyncio.Runner()  # one loop for all blocks: clients and engines live in it

    def __call__(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """A block's outcomes, or what stops the job, as columns that Arrow can hold."""
        block = pickle.loads(row["items"])
        try:
            outcomes = self._runner.run(self._judge(block) if self._kept is None else self._keep(block))
        except asyncio.CancelledError:
            return {"outcomes": b"", "about": "", "error": _STOPPED, "message": ""}
        except errors.JudgekitError as error:  # raised again where the user is
            return {"outcomes": b"", "about": "", "error": type(error).__name__, "message": str(error)}
        about = RunAbout(cascades=describe(self._cascades), examples=tuple(sorted(shown(self._cascades))))
        return {
            "outcomes": pickle.dumps(outcomes),
            "about": json.dumps(about.to_row()),
            "error": "",
            "message": "",
        }

    async def _keep(self, block: list[Item]) -> list[ItemResult]:
        """Judge a block; when the user stops the job, end what is under way and keep its answers."""
        assert self._kept is not None
        if not await self._kept.actor.begin.remote():
            raise asyncio.CancelledError
        judging = asyncio.create_task(self._judge(block))
        watching = asyncio.create_task(self._kept.stopped())
        try:
            await asyncio.wait((judging, watching), return_when=asyncio.FIRST_COMPLETED)
            if watching.done():
                judging.cancel()
            return await judging
        finally:
            watching.cancel()
            self._kept.store.flush()
            await self._kept.actor.end.remote()

    async def _judge(self, block: list[Item]) -> list[ItemResult]:
        options = self._options
        if self._kept is not None:
            options = options | {"store": self._kept.store, "budget": self._kept.budget}
        for name in sorted({self._spec.rubric_for(item) for item in block} - self._cascades.keys()):
            self._cascades[name] = self._spec.build(name, **options)
        return await judge_block(block, self._spec, self._cascades)


def score(job: Job) -> Progress:
    """Judge all items on the cluster and leave a run folder behind; see :func:`judgekit.engine.local.score`.

    The cluster is the one that ``RAY_ADDRESS`` names or that this machine belongs to, else a new one of this
    machine. The job's store is closed: its file passes to the actor that serves all workers.

    Raises
    ------
    MissingExtra
        Ray is not installed.
    ConfigError
        A judge asks through a batch API.
    BudgetSpent
        The store keeps what was answered; run again with a larger budget to go on.
    """
    if job.spec.batched:
        raise errors.ConfigError("a batch API does all the work itself: use --engine local with --batch")
    ray = _connected()
    cascades, examples = dict[str, CascadeAbout](), set[str]()
    with store_actor(ray, job) as kept, RunWriter(job.folder, job.spec.passing) as writer:
        for row in _mapped(ray, job, kept):
            if row["error"] == _STOPPED:
                assert kept is not None
                kept.wait_until_idle()
                raise KeyboardInterrupt
            if row["error"]:
                kind = getattr(errors, row["error"], errors.JudgekitError)
                raise kind.__new__(kind, row["message"])
            used = RunAbout.model_validate_json(row["about"])
            cascades.update(used.cascades)
            examples.update(used.examples)
            writer.write(pickle.loads(row["outcomes"]))
            if not job.keep_going:
                writer.tallies.check()
            job.report(writer.progress)
        writer.finish(job.described(writer.progress, examples, cascades))
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


def _mapped(ray: Any, job: Job, kept: StoreHandle | None) -> Iterator[Any]:
    """A row for each block, in order. Blocks wait in Ray's object store, which spills to disk."""
    import pyarrow as pa

    stream, blocks = iter(job.items), []
    while block := list(islice(stream, BLOCK)):
        blocks.append(ray.put(pa.table({"items": [pickle.dumps(block)]})))
    if not blocks:
        return
    spec = replace(job.spec, folder=job.spec.folder.resolve())
    nodes = sum(bool(node["Alive"]) for node in ray.nodes())
    workers = workers_for(spec.file.tiers, ray.cluster_resources(), nodes)
    data = ray.data.from_arrow_refs(blocks)
    data.context.execution_options.preserve_order = True
    data.context.enable_progress_bars = False
    yield from data.map(
        Worker,
        fn_constructor_args=(
            spec,
            kept,
            {
                "allow_uncertified": job.allow_uncertified,
                "keep_going": job.keep_going,
                "complete": job.complete,
            },
        ),
        compute=ray.data.ActorPoolStrategy(size=min(workers.size, len(blocks))),
        num_cpus=workers.cpus,
        num_gpus=workers.gpus,
    ).iter_rows()
