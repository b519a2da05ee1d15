"""The verbs as functions: what the command line calls and what notebooks and pipelines import.

Those that concern people's labels (which to ask for, how many, what spot checks show) are in ``watching``.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

from judgekit import budgets, sources, tries, trust
from judgekit import calibration as _calibration
from judgekit import decisions as _decisions
from judgekit.arrays import Table
from judgekit.budgets import Frontier
from judgekit.calibration import Calibration
from judgekit.config import CascadeSpec
from judgekit.engine import occupied
from judgekit.engine.folder import Progress, Report
from judgekit.engine.local import Job
from judgekit.errors import ConfigError, InputError, known
from judgekit.frames import Stream
from judgekit.readers import read, unique
from judgekit.records import EvidenceRow, Item, Verdict, several
from judgekit.rubrics import labels_of, load_rubric
from judgekit.sources import Paths

if TYPE_CHECKING:
    from judgekit.estimate import Plan
    from judgekit.validation import Examined

__all__ = [
    "Engine",
    "Scored",
    "calibrate",
    "decide",
    "frontier",
    "load_cascade",
    "plan",
    "read",
    "report",
    "score",
    "summarize",
    "validate",
]

_LOG = logging.getLogger(__name__)

Engine = Literal["local", "ray"]


@dataclass(frozen=True)
class Scored:
    """A finished run: its folder, and how many items ended in which state at what cost."""

    folder: Path
    progress: Progress

    @property
    def verdicts(self) -> Stream[Verdict]:
        """The run's verdicts, read from its folder."""
        return Stream(sources.verdicts(self.folder))

    @property
    def evidence(self) -> Stream[EvidenceRow]:
        """What every judge asked said of each item, read from its folder."""
        return Stream(sources.evidence(self.folder))


def score(
    source: str | Path | Iterable[Item],
    out: str | Path,
    *,
    cascade: str | Path | CascadeSpec | None = None,
    rubric: str | None = None,
    calibrations: Paths = (),
    labels: Paths | None = None,
    limit: int | None = None,
    budget: float | None = None,
    max_calls: int | None = None,
    unbound: bool = False,
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
    source : a file or data set that :func:`read` understands, or items; an id stands once for one model and method.
    out : the run folder; the same call again resumes and pays for no call twice.
    cascade : cascade file; by default the lexical judge alone.
    rubric : judge everything by this rubric instead of one by split.
    calibrations : calibration files; each is used for the rubric it names.
    labels : files of human labels, joined to the items by id.
    limit : only the first items.
    budget, max_calls : stop cleanly (``BudgetSpent``) before more US dollars, or calls, are spent.
    unbound : go on without a promise where a calibration does not fit.
    keep_going : go on where a judge fails on most of what it is asked.
    replace : write over a finished run of another source, cascade or rubric.
    complete : ask every tier about labeled items, so that they can be calibrated on again.
    engine : where the work is done.
    format, model, method, split, columns, names : how a file is read, see :func:`read`.

    Raises
    ------
    ConfigError : an option that makes no sense, or how to read a file beside items.
    InputError : a file that cannot be read, or items that cannot be told apart.
    JudgeFailed : a judge fails on most of what it is asked, and ``keep_going`` is not set.
    """
    from judgekit.store import Budget, Store

    run = _engine(engine)
    _least(1, limit=limit)
    _least(0, budget=budget, max_calls=max_calls)
    spec = _cascade(cascade, rubric, calibrations)
    folder = Path(out)
    about: dict[str, Any] = {}
    reader: dict[str, Any] = {
        "format": format,
        "model": model,
        "method": method,
        "split": split,
        "columns": columns,
        "names": names,
    }
    if isinstance(source, str | Path):
        about = {
            "source": str(source),
            "source_digest": occupied.digest(Path(source)),
            "recorded": sources.recorded(source, format, columns),
        }
        items: Iterable[Item] = read(source, **reader)
    elif said := [name for name, value in reader.items() if value is not None]:
        raise ConfigError(f"'{said[0]}' says how a file is read; items have it in them")
    else:
        items = unique(source)
        if isinstance(source, Sequence):  # seen whole before anything is spent
            items = list(items)
    given = sources.labels(labels) if labels else None
    if given is not None:
        items = given.joined(items, spec.rubric_for)
    stream = iter(islice(items, limit) if limit is not None else items)
    first = next(stream, None)  # a file that cannot be read, or not be judged so, leaves no folder behind
    if first is not None:
        checked = spec.check(
            spec.rubric_for(first), budget=Budget(dollars=budget, calls=max_calls), unbound=unbound
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
            unbound=unbound,
            keep_going=keep_going,
            complete=complete,
            about=about,
            report=report,
        )
        scored = Scored(folder, run(job))
    if given is not None and (unused := given.unused()):
        _LOG.warning("%s: %s", folder, unused)
    return scored


def calibrate(
    evidence: str | Path | Sequence[str | Path] | Sequence[EvidenceRow],
    *,
    agreement: float,
    delta: float = 0.1,
    rubric: str | None = None,
    labels: Paths | None = None,
    exclude: str | Collection[str] = (),
    earlier: Sequence[str | Path | Calibration] = (),
    **options: Any,
) -> Calibration:
    """Certify a policy from evidence and human labels (see :func:`judgekit.calibration.calibrate`).

    Parameters
    ----------
    evidence : evidence files and run folders (their examples are left out), or rows.
    rubric : which rubric's rows to use where the evidence has several.
    labels : files of human labels, joined by id.
    earlier : calibrations on these labels that neither the evidence's nor the labels' folder remembers.
    """
    rows, options = _evidence(evidence, rubric, labels, exclude, options)
    name = rows[0].rubric if rows else ""
    if options.get("tolerance") and labels_of(name) and not load_rubric(name).file.ordinal:
        raise ConfigError(
            f"tolerance is for ordinal rubrics, whose labels stand in an order; '{name}' is none"
        )
    if options.pop("seed", None) is not None:
        warnings.warn(trust.NO_SEED, DeprecationWarning, stacklevel=2)
    folders = _folders(evidence, labels)
    made = [one if isinstance(one, Calibration) else Calibration.load(Path(one)) for one in earlier]
    known: list[Any] = [*tries.remembered(folders), *made]
    calibration = _calibration.calibrate(rows, agreement=agreement, delta=delta, earlier=known, **options)
    tries.remember(calibration.tries[-1], folders)
    return calibration


def frontier(
    evidence: str | Path | Sequence[str | Path] | Sequence[EvidenceRow],
    *,
    agreement: float,
    rubric: str | None = None,
    exclude: str | Collection[str] = (),
    **options: Any,
) -> Frontier:
    """What budgets buy, before anybody labels anything (see :func:`judgekit.budgets.frontier`).

    Parameters
    ----------
    evidence, rubric : as for :func:`calibrate`; runs without a calibration, which ask every tier about every item.
    options : ``tiers``, ``labels``, ``costs`` (see :meth:`judgekit.arrays.Table.of`).
    """
    rows, options = _evidence(evidence, rubric, None, exclude, options)
    return budgets.frontier(Table.of(rows, **options), agreement)


def decide(
    evidence: str | Path | Iterable[EvidenceRow],
    calibration: str | Path | Calibration,
    *,
    unbound: bool = False,
) -> Stream[Verdict]:
    """Verdicts for evidence under a calibration, in order, streaming; no judge is asked."""
    rows = sources.evidence(Path(evidence)) if isinstance(evidence, str | Path) else evidence
    if not isinstance(calibration, Calibration):
        calibration = Calibration.load(Path(calibration))
    if isinstance(evidence, str | Path) and calibration.rubric:
        rows = (row for row in rows if row.rubric in ("", calibration.rubric))
    return Stream(_decisions.decide(rows, calibration, unbound=unbound))


def load_cascade(
    path: str | Path | None = None,
    rubric: str | None = None,
    calibrations: Paths = (),
    keys: str | Sequence[str] = (),
) -> CascadeSpec:
    """A cascade file, checked; the lexical judge alone where there is none.

    Parameters
    ----------
    keys : ``VARIABLE=URL``: the key in this environment variable may be sent to this address, if the cascade file
        asks for it. ``JUDGEKIT_KEYS`` says the same for every run.
    """
    where = None if path is None else Path(path)
    paths = tuple(sources.paths(calibrations))
    return CascadeSpec.load(where, rubric=rubric, calibrations=paths, keys=several(keys))


def summarize(runs: Paths, *, labels: Paths | None = None) -> Any:
    """What can be said of scored runs: forgetting, utility, cost (a ``judgekit.report.Summary``).

    ``labels``: more human labels on the verdicts, such as spot checks.
    """
    from judgekit import report as reports

    finished = sources.finished(sources.paths(runs))
    return reports.summarize(reports.load(finished, sources.labels(labels) if labels else None))


def report(
    runs: Paths,
    *,
    out: str | Path | None = None,
    json: str | Path | None = None,
    markdown: str | Path | None = None,
    csv: str | Path | None = None,
    labels: Paths | None = None,
) -> Any:
    """What can be said of scored runs (a ``judgekit.report.Summary``), written to the files that are named.

    Parameters
    ----------
    runs : run folders.
    out, json, markdown, csv : the page, and the same as JSON, Markdown and one CSV row a number.
    labels : more human labels on the verdicts, such as spot checks.
    """
    from judgekit import report as reports

    finished = sources.finished(sources.paths(runs))
    loaded = reports.load(finished, sources.labels(labels) if labels else None)
    summary = reports.summarize(loaded)
    for _ in reports.write(summary, loaded, page=out, json=json, markdown=markdown, csv=csv):
        pass
    return summary


def plan(
    files: Paths | Iterable[Item],
    *,
    cascade: str | Path | CascadeSpec | None = None,
    rubric: str | None = None,
    calibrations: Paths = (),
    limit: int | None = None,
    **reader: Any,
) -> Plan:
    """What scoring would ask and cost at most, before anything is spent (how many labels: :func:`plan_labels`).

    Parameters
    ----------
    files : files of outputs, or items.
    cascade, rubric, calibrations : as for :func:`score`.
    limit : only the first items of each file.
    reader : how files are read, see :func:`read`.
    """
    from judgekit.estimate import plan as estimate

    _least(1, limit=limit)
    spec = _cascade(cascade, rubric, calibrations)
    if isinstance(files, str | Path):
        files = [files]
    given = list(files)
    items = [one for one in given if isinstance(one, Item)]
    read_from = [one for one in given if not isinstance(one, Item)]
    return estimate(
        chain(islice(items, limit), *(islice(read(file, **reader), limit) for file in read_from)), spec
    )


def validate(files: Paths, **reader: Any) -> list[Examined]:
    """What each file holds, and everything that is wrong with it: any file or folder that a verb reads or writes.

    ``reader``: how files of outputs are read, see :func:`read`.
    """
    from judgekit.validation import examined

    return [examined(path, reader) for path in sources.paths(files)]


def _evidence(
    evidence: str | Path | Sequence[str | Path] | Sequence[EvidenceRow],
    rubric: str | None,
    labels: Paths | None,
    exclude: str | Collection[str],
    options: dict[str, Any],
) -> tuple[list[EvidenceRow], dict[str, Any]]:
    """Rows of one rubric with their labels; and options with that rubric's labels and what stood as an example."""
    rows, shown = [], set(several(exclude))
    given_rows = several(evidence)
    rows += [source for source in given_rows if isinstance(source, EvidenceRow)]
    for path in sources.finished(Path(one) for one in given_rows if not isinstance(one, EvidenceRow)):
        rows += sources.evidence(path)
        shown |= sources.examples(path)
    if labels:
        given = sources.labels(labels)
        rows = list(given.joined(rows))
        given.check_used("evidence")
    if rubric is not None:
        met = {row.rubric for row in rows if row.rubric}
        rows = [row for row in rows if row.rubric == rubric]
        if not rows:
            raise InputError(f"no evidence of rubric '{rubric}'; there is {', '.join(sorted(met)) or 'none'}")
    name = rubric or (rows[0].rubric if rows else "")
    return rows, ({"labels": labels_of(name)} if name else {}) | options | {"exclude": shown}


def _folders(evidence: Any, labels: Paths | None) -> list[Path]:
    """Where calibrations on this evidence and these labels are remembered."""
    given = [Path(one) for one in several(evidence) if not isinstance(one, EvidenceRow)]
    given += sources.paths(labels) if labels else []
    return [path if path.is_dir() else path.parent for path in given]


def _cascade(
    cascade: str | Path | CascadeSpec | None, rubric: str | None, calibrations: Paths
) -> CascadeSpec:
    if not isinstance(cascade, CascadeSpec):
        return load_cascade(cascade, rubric, calibrations)
    if rubric is not None or sources.paths(calibrations):
        raise ConfigError(
            "rubric and calibrations belong to load_cascade, where the cascade is loaded already"
        )
    return cascade


def _least(least: float, **numbers: float | None) -> None:
    for name, number in numbers.items():
        if number is not None and not number >= least:
            raise ConfigError(f"{name} must be {least} or more, got {number}")


def _engine(name: Engine) -> Callable[[Job], Progress]:
    if known("engine", name, get_args(Engine)) == "ray":
        from judgekit.engine import ray

        return ray.score
    from judgekit.engine import local

    return local.score
