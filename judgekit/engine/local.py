"""Runs a scoring job on this machine: blocks of items through their cascades, in order, in bounded memory."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice
from pathlib import Path

from judgekit.cascade.run import Cascade
from judgekit.cascade.spec import CascadeSpec
from judgekit.engine.loop import finished
from judgekit.judges.base import Pending
from judgekit.records import Item, ItemResult
from judgekit.runs.about import CascadeAbout, RunAbout
from judgekit.runs.budget import Budget
from judgekit.runs.store import Store
from judgekit.runs.writer import Progress, Report, RunWriter

BLOCK = 2048
"""Items judged together: large enough for one engine batch, small enough to hold in memory."""

_TOLD_EVERY = 0.5
"""Seconds between two reports of progress while a block is judged."""

BATCH = 10_000
"""Items judged together where a judge asks through a batch API, so that its batches are few and large."""


@dataclass(frozen=True)
class Job:
    """What is scored by what, and where the run goes: all that an engine needs to know.

    Attributes
    ----------
    items : Iterable[Item]
        Read lazily, once.
    spec : CascadeSpec
        The cascade file.
    folder : Path
        Where the run is written.
    store, budget
        See :mod:`judgekit.runs.store`.
    allow_uncertified : bool
        Go on where a calibration does not fit.
    keep_going : bool
        Go on where a judge fails on most of what it is asked.
    complete : bool
        Ask every tier about labeled items (:class:`judgekit.cascade.run.Cascade`).
    about : RunAbout
        What else ``run.json`` should say (source, model, …).
    report : Report
        Called after every block.
    """

    items: Iterable[Item]
    spec: CascadeSpec
    folder: Path
    store: Store | None = None
    budget: Budget | None = None
    allow_uncertified: bool = False
    keep_going: bool = False
    complete: bool = False
    about: RunAbout = field(default_factory=RunAbout)
    report: Report = lambda progress: None

    def so_far(self, writer: RunWriter) -> Progress:
        """How far the job is, calls under way included."""
        return replace(writer.progress, calls=self.budget.spent_calls if self.budget else 0)

    def described(
        self, progress: Progress, examples: Iterable[str], cascades: Mapping[str, CascadeAbout]
    ) -> RunAbout:
        """What ``run.json`` says of the finished run."""
        seen = {
            "items": progress.done,
            "tiers": self.spec.tiers,
            "examples": tuple(sorted(examples)),
            "cascades": dict(cascades),
        }
        return self.about.model_copy(update=seen)


def score(job: Job) -> Progress:
    """Judge all items and leave a complete run folder behind; the same job again resumes from the store.

    Raises
    ------
    BudgetSpent
        The store keeps what was answered; run again with a larger budget to go on.
    BatchPending
        Prompts are with a provider; run again to collect the answers.
    """
    return finished(partial(score_async, job))


async def score_async(job: Job) -> Progress:
    """:func:`score`, awaited; cancelled, it keeps what was answered."""
    cascades: dict[str, Cascade] = {}
    stream, pending = iter(job.items), Pending()
    size = BATCH if job.spec.batched else BLOCK
    with RunWriter(job.folder, job.spec.passing) as writer:
        telling = asyncio.create_task(_tell(job, writer))
        try:
            while block := list(islice(stream, size)):
                for name in sorted({job.spec.rubric_for(item) for item in block} - cascades.keys()):
                    cascades[name] = job.spec.build(
                        name,
                        store=job.store,
                        budget=job.budget,
                        allow_uncertified=job.allow_uncertified,
                        keep_going=job.keep_going,
                        complete=job.complete,
                    )
                with pending:
                    writer.write(await judge_block(block, job.spec, cascades))
                    if not job.keep_going:
                        writer.tallies.check()
                    job.report(job.so_far(writer))
                await asyncio.sleep(0)  # judges that wait for nothing would leave no moment to stop in
            pending.raise_if_any()
        finally:
            telling.cancel()
            for cascade in cascades.values():
                await cascade.close()
        if job.store is not None:
            job.store.check_owner()
        writer.finish(job.described(writer.progress, shown(cascades), describe(cascades)))
    return job.so_far(writer)


async def _tell(job: Job, writer: RunWriter) -> None:
    """Report again and again while a block is judged, which may take long."""
    while True:
        await asyncio.sleep(_TOLD_EVERY)
        job.report(job.so_far(writer))


async def judge_block(
    block: list[Item], spec: CascadeSpec, cascades: Mapping[str, Cascade]
) -> list[ItemResult]:
    """Outcomes of a block in its own order, each item judged by its rubric's cascade."""
    places: dict[str, list[int]] = {}
    for i, item in enumerate(block):
        places.setdefault(spec.rubric_for(item), []).append(i)
    outcomes: dict[int, ItemResult] = {}
    pending = Pending()
    for name, which in sorted(places.items()):
        with pending:
            found = await cascades[name].run([block[i] for i in which])
            outcomes.update(zip(which, found, strict=True))
    pending.raise_if_any()
    return [outcomes[i] for i in range(len(block))]


def shown(cascades: Mapping[str, Cascade]) -> set[str]:
    """Question ids of the examples that the judges were shown."""
    return set[str]().union(*(cascade.examples for cascade in cascades.values()))


def describe(cascades: Mapping[str, Cascade]) -> dict[str, CascadeAbout]:
    """What ``run.json`` says of the cascades, by rubric."""
    return {
        cascade.rubric.name: CascadeAbout(
            labels=cascade.rubric.labels,
            role=cascade.rubric.role.to_row(),
            rubric_fingerprint=cascade.rubric.fingerprint,
            tiers=tuple(tier.name for tier in cascade.tiers),
            fingerprints=dict(cascade.fingerprints),
            calibration=cascade.calibration.to_row() if cascade.calibration else None,
        )
        for cascade in cascades.values()
    }
