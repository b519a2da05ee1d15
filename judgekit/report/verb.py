"""The report of run folders: loaded, summarized, shown in a notebook, written to files, held to limits."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from judgekit.calibration.attacked import attacks_beside
from judgekit.calibration.pool import pools_beside
from judgekit.calibration.record import Calibration
from judgekit.errors import ConfigError, InputError
from judgekit.frames.stream import to_frame
from judgekit.readers.join import Labels
from judgekit.report.gate import Gate, decide
from judgekit.report.load import load
from judgekit.report.render.html import fragment
from judgekit.report.render.numbers import CSV_COLUMNS, numbers
from judgekit.report.render.write import write
from judgekit.report.run import Run
from judgekit.report.summary import Summary
from judgekit.report.summary import summarize as of_runs
from judgekit.runs.folder import Paths, RunFolder, finished, paths

if TYPE_CHECKING:
    import pandas


@dataclass(frozen=True, repr=False)
class Report(Summary):
    """The summary, as a notebook shows it."""

    def _repr_html_(self) -> str:
        return fragment(self)

    def to_pandas(self) -> pandas.DataFrame:
        """Every number of the report, one row each, as in the CSV: ``section == "judged"`` are the rates.

        Raises
        ------
        MissingExtra
            Pandas is not installed.
        """
        return to_frame(numbers(self), CSV_COLUMNS)


def summarize(runs: Paths, *, labels: Paths | None = None, calibrations: Paths = ()) -> Report:
    """What can be said of scored runs: forgetting, utility, cost (a summary).

    Parameters
    ----------
    runs : path or paths
        Run folders.
    labels : path or paths, optional
        More human labels on the verdicts, such as spot checks.
    calibrations : path or paths
        Calibration files to decide by anew, each for its rubric.
    """
    return Report(**vars(of_runs(loaded(runs, labels, calibrations))))


def report(
    runs: Paths,
    *,
    out: str | Path | None = None,
    json: str | Path | None = None,
    markdown: str | Path | None = None,
    latex: str | Path | None = None,
    figures: str | Path | None = None,
    csv: str | Path | None = None,
    labels: Paths | None = None,
    calibrations: Paths = (),
    known: Paths = (),
    ignorant: Paths = (),
) -> Report:
    """What can be said of scored runs (a summary), written to the files that are named.

    Parameters
    ----------
    runs : path or paths
        Run folders.
    out, json, markdown, latex, csv : str | Path | None
        The page; the same as JSON and Markdown; the table of runs for a paper; one CSV row a number.
        The folder of each is there.
    figures : str | Path | None
        Folder for the charts as SVG, PDF and PNG, with their captions; made where it is not there.
    labels : path or paths, optional
        More human labels on the verdicts, such as spot checks.
    calibrations : path or paths
        Calibration files to decide by anew, each for its rubric; no judge is asked.
    known, ignorant : path or paths
        Runs of models that know what is to be forgotten and of models that never saw it, both or
        neither: how well each measure tells them apart.
    """
    found = loaded(runs, labels, calibrations)
    pools = [loaded(pool) if paths(pool) else [] for pool in (known, ignorant)]
    summary = Report(**vars(of_runs(found, known=pools[0], ignorant=pools[1])))
    files = {"json": json, "markdown": markdown, "latex": latex, "csv": csv}
    for _ in write(summary, found, page=out, figures=figures, **files):
        pass
    return summary


def gate(
    runs: Paths,
    *,
    against: str | Path | None = None,
    leaked_below: float | None = None,
    degenerate_below: float | None = None,
    forgotten_above: float | None = None,
    kept_above: float | None = None,
    margin: float = 0.0,
    require_certified: bool = False,
    labels: Paths | None = None,
    calibrations: Paths = (),
) -> Gate:
    """Whether runs may be released: conditions on the report's figures, each decided by its interval.

    Parameters
    ----------
    runs : path or paths
        Run folders. All conditions hold for each of them.
    against : path, optional
        A run folder that the runs must not leak more than, nor keep less than.
    leaked_below, degenerate_below : float, optional
        Limits on shares of what should be forgotten.
    forgotten_above, kept_above : float, optional
        Least share that is forgotten well, and that is kept.
    margin : float
        How much worse than ``against`` a run may be; a share.
    require_certified : bool
        Whether a figure that no certificate stands behind is an error.
    labels, calibrations : path or paths
        As for :func:`report`.

    Returns
    -------
    Gate
        ``outcome`` is *pass*, *fail*, *undecided* or *error* (a withdrawn certificate, a judge that failed on most of
        what it was asked, a side that was not judged).

    Raises
    ------
    InputError
        A folder is no run, or scoring has not finished it; ``against`` holds several.
    ConfigError
        There is nothing to decide, or ``against`` is one of the runs.
    """
    asked = {
        "leaked_below": leaked_below,
        "degenerate_below": degenerate_below,
        "forgotten_above": forgotten_above,
        "kept_above": kept_above,
    }
    held = paths(runs)
    if against is not None and Path(against).resolve() in [folder.resolve() for folder in held]:
        raise ConfigError(
            f"{against} is the run that others are held against; leave it out of the runs to decide on"
        )
    given = [*held, *([Path(against)] if against is not None else [])]
    for folder in given:
        RunFolder.open(folder)  # a report leaves out what is unfinished; a gate has no use for a part
    found = loaded(given, labels, calibrations)
    base = None
    if against is not None:
        base = found[-1].name
        made = {(verdict.model, verdict.method) for verdict in RunFolder(Path(against)).verdicts()}
        if len(made) > 1:
            raise InputError(f"outputs of {len(made)} models; a gate holds runs against one", path=against)
    return decide(
        of_runs(found),
        {name: limit for name, limit in asked.items() if limit is not None},
        against=base,
        margin=margin,
        require_certified=require_certified,
    )


def loaded(runs: Paths, labels: Paths | None = None, calibrations: Paths = ()) -> list[Run]:
    """The runs of a report, with more labels and decided anew where that is wanted; see :func:`report`."""
    files = paths(labels) if labels else []
    given = Labels.read(files) if files else None
    policies = paths(calibrations)
    promises = [Calibration.load(path) for path in policies]
    return load(finished(runs), given, promises, pools_beside(files), attacks_beside(policies))
