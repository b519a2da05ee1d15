"""Scoring a file of outputs: read, joined to labels, checked, and handed to an engine."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import Any, Literal, TypedDict, Unpack, get_args

from judgekit import readers
from judgekit.cascade.spec import AnyCascade, checked_cascade
from judgekit.display import html_table
from judgekit.engine import local
from judgekit.engine.local import Job
from judgekit.engine.progress import money, progress_bar
from judgekit.errors import ConfigError, at_least, known, renamed
from judgekit.frames.stream import Stream
from judgekit.readers import Table, unique
from judgekit.readers.join import Labels
from judgekit.readers.log import ReaderOptions
from judgekit.records import EvidenceRow, Item, Verdict
from judgekit.runs import occupied
from judgekit.runs.about import RunAbout
from judgekit.runs.budget import Budget
from judgekit.runs.folder import Paths, RunFolder, evidence, paths, verdicts
from judgekit.runs.store import Store
from judgekit.runs.writer import Progress, Report

_LOG = logging.getLogger(__name__)

Engine = Literal["local", "ray"]
Source = str | Path | Table | Iterable[Item]

_SOON_READ = 64 << 20
"""Bytes of a file whose items are counted for a bar; a larger one has a bar without an end."""


class ScoreOptions(TypedDict, total=False):
    """The options of :func:`score_async`, all optional; see :func:`score`."""

    cascade: AnyCascade
    rubric: str | None
    calibrations: Paths
    labels: Paths | None
    limit: int | None
    budget: float | None
    max_calls: int | None
    allow_uncertified: bool
    keep_going: bool
    replace: bool
    complete: bool
    report: Report | None
    progress: bool
    format: str | None
    model: str | None
    method: str | None
    split: str | None
    columns: Mapping[str, str] | None
    names: str | Path | None


@dataclass(frozen=True)
class Scored:
    """A finished run: its folder, and how many items ended in which state at what cost."""

    folder: Path
    progress: Progress

    def _repr_html_(self) -> str:
        told = self.progress
        row = {"run": str(self.folder), "items": told.done, **told.states, "cost": money(told.cost)}
        return html_table([row], "; ".join(told.heard))

    @property
    def items(self) -> Stream[Item]:
        """The items that were judged, read from its folder."""
        return Stream(Item, RunFolder.open(self.folder).items())

    @property
    def verdicts(self) -> Stream[Verdict]:
        """The run's verdicts, read from its folder."""
        return Stream(Verdict, verdicts(self.folder))

    @property
    def evidence(self) -> Stream[EvidenceRow]:
        """What every judge asked said of each item, read from its folder."""
        return Stream(EvidenceRow, evidence(self.folder))


@renamed(unbound="allow_uncertified")
def score(
    source: Source,
    out: str | Path,
    *,
    cascade: AnyCascade = None,
    rubric: str | None = None,
    calibrations: Paths = (),
    labels: Paths | None = None,
    limit: int | None = None,
    budget: float | None = None,
    max_calls: int | None = None,
    allow_uncertified: bool = False,
    keep_going: bool = False,
    replace: bool = False,
    complete: bool = False,
    engine: Engine = "local",
    report: Report | None = None,
    progress: bool = False,
    format: str | None = None,
    model: str | None = None,
    method: str | None = None,
    split: str | None = None,
    columns: Mapping[str, str] | None = None,
    names: str | Path | None = None,
) -> Scored:
    """Judge a file of outputs (or items) and leave a run folder behind.

    Parameters
    ----------
    source : str | Path | Table | Iterable[Item]
        A file, data set or table in memory that :func:`read` understands, or items; an id stands once for one model
        and method.
    out : str | Path
        The run folder; the same call again resumes and pays for no call twice.
    cascade : str, Path, mapping or CascadeSpec, optional
        The cascade file, or what one would hold; by default the lexical judge alone.
    rubric : str | None
        Judge everything by this rubric instead of one by split.
    calibrations : path or paths
        Calibration files; each is used for the rubric it names.
    labels : path or paths, optional
        Files of human labels, joined to the items by id.
    limit : int | None
        Only the first items.
    budget, max_calls
        Stop cleanly (``BudgetSpent``) before more US dollars, or calls, are spent.
    allow_uncertified : bool
        Go on without a promise where a calibration does not fit.
    keep_going : bool
        Go on where a judge fails on most of what it is asked.
    replace : bool
        Write over a finished run of another source, cascade or rubric.
    complete : bool
        Ask every tier about labeled items, so that they can be calibrated on again.
    engine : Engine
        Where the work is done.
    report : callable, optional
        Called with the :class:`judgekit.runs.writer.Progress` after every block of items, and twice a second
        in between.
    progress : bool
        Show a bar, in a notebook or terminal.
    format, model, method, split, columns, names
        How a file is read, see :func:`read`.

    Raises
    ------
    ConfigError
        An option that makes no sense, or how to read a file beside items.
    InputError
        A file that cannot be read, or items that cannot be told apart.
    JudgeFailed
        A judge fails on most of what it is asked, and ``keep_going`` is not set.
    """
    options = ScoreOptions(
        cascade=cascade,
        rubric=rubric,
        calibrations=calibrations,
        labels=labels,
        limit=limit,
        budget=budget,
        max_calls=max_calls,
        allow_uncertified=allow_uncertified,
        keep_going=keep_going,
        replace=replace,
        complete=complete,
        report=report,
        progress=progress,
        format=format,
        model=model,
        method=method,
        split=split,
        columns=columns,
        names=names,
    )
    run = _engine(engine)
    with _prepared(source, out, options) as job:
        return Scored(job.folder, run(job))


async def score_async(source: Source, out: str | Path, **options: Unpack[ScoreOptions]) -> Scored:
    """:func:`score`, awaited, on this machine.

    Cancelled, it waits for the requests under way and keeps their answers; the same call again goes on from there.

    Parameters
    ----------
    source, out
        As of :func:`score`.
    **options
        Those of :func:`score`, but for ``engine``.
    """
    with _prepared(source, out, options) as job:
        return Scored(job.folder, await local.score_async(job))


@contextmanager
def _prepared(source: Source, out: str | Path, options: ScoreOptions) -> Iterator[Job]:
    """The job, everything checked before anything is asked, with its store open and its progress shown."""
    limit, report = options.get("limit"), options.get("report")
    at_least(1, limit=limit)
    limits: dict[str, Any] = {"dollars": options.get("budget"), "calls": options.get("max_calls")}
    at_least(0, budget=limits["dollars"], max_calls=limits["calls"])
    allow_uncertified = options.get("allow_uncertified", False)
    spec = checked_cascade(options.get("cascade"), options.get("rubric"), options.get("calibrations", ()))
    folder = Path(out)
    items, about = _items(source, options)
    labels = options.get("labels")
    given = Labels.read(paths(labels)) if labels else None
    read = items if about.source or options.get("replace") else occupied.as_before(folder, items)
    joined = read if given is None else given.joined(read, spec.rubric_for)
    stream = iter(islice(joined, limit) if limit is not None else joined)
    first = next(stream, None)  # a file that cannot be read, or not be judged so, leaves no folder behind
    if first is not None:
        name = spec.rubric_for(first)
        checked = spec.check(name, budget=Budget(**limits), allow_uncertified=allow_uncertified)
        if not options.get("replace"):
            occupied.check(folder, about, checked.rubric.name, checked.fingerprints)
    with (
        occupied.cleared_if_nothing_came_of_it(folder),
        closing(Store(folder)) as store,
        _shown(folder.name, options, partial(_count, source, items, options)) as bar,
    ):
        if not options.get("replace"):
            occupied.check_answers(folder, store, spec.recorded)
        yield Job(
            stream if first is None else chain([first], stream),
            spec,
            folder,
            store=store,
            budget=Budget(**limits, spent=store.spent()),
            allow_uncertified=allow_uncertified,
            keep_going=options.get("keep_going", False),
            complete=options.get("complete", False),
            about=about,
            report=_both(bar, report),
        )
    if given is not None and (unused := given.unused()):
        _LOG.warning("%s: %s", folder, unused)


def _items(source: Source, options: ScoreOptions) -> tuple[Iterable[Item], RunAbout]:
    """The items, and what a run's folder will say of where they are from."""
    reader = _reader(options)
    if isinstance(source, str | Path):
        log = readers.log(source, **reader, digest=True)
        about = RunAbout(
            source=str(source), source_digest=log.digest, overrides=log.overrides, recorded=log.recorded
        )
        return log.items(), about
    if isinstance(source, Table):
        return readers.read(source, **reader), RunAbout()
    if said := [name for name, value in reader.items() if value is not None]:
        raise ConfigError(f"'{said[0]}' says how a file is read; items have it in them")
    items = unique(source)
    return (
        list(items) if isinstance(source, Sequence) else items
    ), RunAbout()  # seen whole before anything is spent


def _reader(options: ScoreOptions) -> ReaderOptions:
    return ReaderOptions(
        format=options.get("format"),
        model=options.get("model"),
        method=options.get("method"),
        split=options.get("split"),
        columns=options.get("columns"),
        names=options.get("names"),
    )


def _count(source: Source, items: Iterable[Item], options: ScoreOptions) -> int | None:
    """Items that will be judged, where that is known or soon counted."""
    count = options.get("limit")
    if isinstance(items, list):
        return len(items) if count is None else min(count, len(items))
    path = Path(source) if isinstance(source, str | Path) else None
    if path is not None and path.is_file() and path.stat().st_size <= _SOON_READ:
        return sum(1 for _ in islice(readers.log(path, **_reader(options)).items(), count))
    return count


def _shown(
    what: str, options: ScoreOptions, count: Callable[[], int | None]
) -> AbstractContextManager[Report | None]:
    """A bar, where one is wanted."""
    if not options.get("progress"):
        return nullcontext()
    return progress_bar(what, count)


def _both(one: Report | None, other: Report | None) -> Report:
    reports = [report for report in (one, other) if report is not None]

    def report(progress: Progress) -> None:
        for tell in reports:
            tell(progress)

    return report


def _engine(name: Engine) -> Callable[[Job], Progress]:
    if known("engine", name, get_args(Engine)) == "ray":
        from judgekit.engine import ray

        return ray.score
    return local.score
