"""Scoring a file of outputs: read, joined to labels, checked, and handed to an engine."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Literal, get_args

from judgekit import readers
from judgekit.cascade.spec import AnyCascade, checked_cascade
from judgekit.engine.local import Job
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


@dataclass(frozen=True)
class Scored:
    """A finished run: its folder, and how many items ended in which state at what cost."""

    folder: Path
    progress: Progress

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
    source: str | Path | Table | Iterable[Item],
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
    report: Report = lambda progress: None,
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
        Cascade file; by default the lexical judge alone.
    rubric : str | None
        Judge everything by this rubric instead of one by split.
    calibrations : Paths
        Calibration files; each is used for the rubric it names.
    labels : Paths | None
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
    run = _engine(engine)
    at_least(1, limit=limit)
    at_least(0, budget=budget, max_calls=max_calls)
    spec = checked_cascade(cascade, rubric, calibrations)
    folder = Path(out)
    about = RunAbout()
    reader: ReaderOptions = {
        "format": format,
        "model": model,
        "method": method,
        "split": split,
        "columns": columns,
        "names": names,
    }
    items: Iterable[Item]
    if isinstance(source, str | Path):
        log = readers.log(source, **reader, digest=True)
        about = RunAbout(
            source=str(source), source_digest=log.digest, overrides=log.overrides, recorded=log.recorded
        )
        items = log.items()
    elif isinstance(source, Table):
        items = readers.read(source, **reader)
    elif said := [name for name, value in reader.items() if value is not None]:
        raise ConfigError(f"'{said[0]}' says how a file is read; items have it in them")
    else:
        items = unique(source)
        if isinstance(source, Sequence):  # seen whole before anything is spent
            items = list(items)
    given = Labels.read(paths(labels)) if labels else None
    if given is not None:
        items = given.joined(items, spec.rubric_for)
    stream = iter(islice(items, limit) if limit is not None else items)
    first = next(stream, None)  # a file that cannot be read, or not be judged so, leaves no folder behind
    if first is not None:
        checked = spec.check(
            spec.rubric_for(first),
            budget=Budget(dollars=budget, calls=max_calls),
            allow_uncertified=allow_uncertified,
        )
        if not replace:
            occupied.check(folder, about, checked.rubric.name, checked.fingerprints)
    with occupied.cleared_if_nothing_came_of_it(folder), closing(Store(folder)) as store:
        job = Job(
            stream if first is None else chain([first], stream),
            spec,
            folder,
            store=store,
            budget=Budget(dollars=budget, calls=max_calls, spent=store.spent()),
            allow_uncertified=allow_uncertified,
            keep_going=keep_going,
            complete=complete,
            about=about,
            report=report,
        )
        scored = Scored(folder, run(job))
    if given is not None and (unused := given.unused()):
        _LOG.warning("%s: %s", folder, unused)
    return scored


def _engine(name: Engine) -> Callable[[Job], Progress]:
    if known("engine", name, get_args(Engine)) == "ray":
        from judgekit.engine import ray

        return ray.score
    from judgekit.engine import local

    return local.score
