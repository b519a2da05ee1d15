"""Labeling: a sample is drawn, people answer on a page, and their labels become what they were asked for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from judgekit.calibration.pool import Kind
from judgekit.errors import ConfigError, InputError
from judgekit.labeling.draw import Drawn, draw, labels_beside, path_pool
from judgekit.labeling.page.session import OVERLAP
from judgekit.labeling.page.sitting import sit
from judgekit.labeling.path import Along, calibration_file
from judgekit.labeling.samples import Checks, Listed, Outcome, Sample
from judgekit.labeling.sheet import is_sheet, read_sheet
from judgekit.runs.folder import Paths, paths


def sample(files: Paths, labels: str | Path, kind: Kind | None = None, **wanted: Any) -> Sample:
    """What people are asked about; its pool is written beside the label file before anybody answers.

    Parameters
    ----------
    files : run folders, or sheets of ``judgekit queue``.
    labels : the file that labels will go to.
    kind : what to draw; None goes on with the pool beside the labels, or takes sheets as they are.
    wanted : see :func:`judgekit.labeling.draw.draw`.

    Raises
    ------
    InputError : there is nothing to draw from, evidence is incomplete, or another pool stands there.
    """
    labels, runs = Path(labels), tuple(paths(files))
    if any(is_sheet(path) for path in runs):
        if kind is not None:
            raise ConfigError(
                "a sheet is drawn already: give run folders for a promise, --open, --audit or --rates"
            )
        return _sheets(runs)
    if kind == "items" and path_pool(labels, wanted.get("rubric"), wanted.get("given", ())) is not None:
        kind = "rest"
    return _sample(draw(runs, labels, kind, **wanted), runs, labels)


def _sheets(files: tuple[Path, ...]) -> Sample:
    if others := [path for path in files if not is_sheet(path)]:
        raise InputError("not a sheet of 'judgekit queue', as the others are", path=others[0])
    tasks = [task for path in files for task in read_sheet(path)]
    if len(rubrics := sorted({task.rubric for task in tasks})) > 1:
        raise InputError(
            f"the sheet has items of {len(rubrics)} rubrics ({', '.join(rubrics)}), and a page shows one: "
            "draw a sheet of one (judgekit queue --rubric)",
            path=files[0],
        )
    return Listed(tuple(tasks))


def _sample(drawn: Drawn, runs: tuple[Path, ...], labels: Path) -> Sample:
    """A drawn pool as a sample of its kind."""
    pool, given = drawn.pool, [str(run) for run in runs]
    known = (drawn.tasks, pool.kind, pool.fingerprint)
    report = ["judgekit", "report", *given, "-o", "report.html"]
    if pool.kind == "rest" and (along := path_pool(labels, pool.rubric)) is not None:
        theirs = labels_beside(along)
        report += ["--labels", str(theirs)]
        if (made := calibration_file(theirs)).is_file():
            report += ["--calibration", str(made)]
    if pool.kind == "path":
        return Along.of(drawn.tasks, pool, runs)
    if pool.kind == "verdicts":
        return Checks(*known, command=("judgekit", "audit", *given), runs=runs)
    if pool.kind == "open":
        return Listed(*known, command=tuple(report), stop="Every label settles an item that no judge could.")
    return Listed(*known, command=tuple(report))


def label(
    files: Paths,
    labels: str | Path,
    kind: Kind | None = None,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    overlap: float = OVERLAP,
    opened: Callable[[str], None] = print,
    **wanted: Any,
) -> Outcome | None:
    """Ask people about a sample on a page, until Ctrl-C (see :func:`sample`).

    Parameters
    ----------
    files, labels, kind, wanted : what is drawn, from what, and where labels go.
    host, port : where the page is; on this machine alone by default.
    overlap : share of the items that two people label, where several do.
    opened : told the link once the page can be opened.
    """
    made = sample(files, labels, kind, **wanted)
    return sit(made, Path(labels), host=host, port=port, overlap=overlap, opened=opened)
