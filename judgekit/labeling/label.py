"""Labeling: a sample is drawn, people answer on a page, and their labels become what they were asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
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
from judgekit.rubrics import Rubric, guidance_of, load_rubric
from judgekit.runs.folder import Paths, paths


def sample(files: Paths, labels: str | Path, kind: Kind | None = None, **wanted: Any) -> Sample:
    """What people are asked about; its pool is written beside the label file before anybody answers.

    Parameters
    ----------
    files : path or paths
        Run folders, or sheets of ``judgekit queue``.
    labels : str | Path
        The file that labels will go to.
    kind : Kind | None
        What to draw; by default what an agreement (or ``at_most``) takes. Without either the pool
        beside the labels goes on, or sheets are taken as they are.
    wanted : Any
        See :func:`judgekit.labeling.draw.draw`; a rubric may be a folder, whose words people are then
        shown.

    Raises
    ------
    InputError
        There is nothing to draw from, evidence is incomplete, or another pool stands there.
    """
    labels, runs = Path(labels), tuple(paths(files))
    if kind is None and (wanted.get("agreement") is not None or wanted.get("at_most")):
        kind = "path"
    if any(is_sheet(path) for path in runs):
        if kind is not None:
            raise ConfigError(
                "a sheet is drawn already: give run folders for a promise, --open, --audit or --rates"
            )
        return _sheets(runs)
    own = _own(wanted.get("rubric"))
    if own is not None:
        wanted["rubric"] = own.name
    if kind == "items" and path_pool(labels, wanted.get("rubric"), wanted.get("given", ())) is not None:
        kind = "rest"
    drawn = _worded(draw(runs, labels, kind, **wanted), own)
    return _sample(drawn, own, runs, labels, tuple(paths(wanted.get("calibrations", ()))))


def _own(rubric: str | None) -> Rubric | None:
    """The rubric in a folder; None where it is given by name."""
    return load_rubric(rubric) if rubric and (Path(rubric) / "rubric.yaml").is_file() else None


def _worded(drawn: Drawn, own: Rubric | None) -> Drawn:
    """What was drawn, with the labels and meanings of a rubric of one's own.

    Raises
    ------
    InputError
        The runs were judged by other labels.
    """
    if own is None:
        return drawn
    choices = drawn.tasks[0].choices
    if choices and set(choices) != set(own.labels):
        raise InputError(
            f"the runs were judged by rubric '{own.name}' with the labels {', '.join(choices)}; this one has "
            f"{', '.join(own.labels)}"
        )
    meanings = {label.name: label.meaning for label in own.file.labels}
    tasks = (replace(task, choices=own.labels, definitions=meanings) for task in drawn.tasks)
    return replace(drawn, tasks=tuple(tasks))


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
    return Listed(tuple(tasks), guidance_of(rubrics[0]))


def _sample(
    drawn: Drawn, own: Rubric | None, runs: tuple[Path, ...], labels: Path, calibrations: tuple[Path, ...]
) -> Sample:
    """A drawn pool as a sample of its kind."""
    pool = drawn.pool
    guidance = guidance_of(pool.rubric) if own is None else own.guidance
    if pool.kind == "path":
        return Along.of(drawn.tasks, guidance, pool, runs)
    known = (drawn.tasks, guidance, pool.kind, pool.fingerprint)
    given = [str(run) for run in runs] + [
        word for path in calibrations for word in ("--calibration", str(path))
    ]
    if pool.kind == "verdicts":
        return Checks(*known, command=("judgekit", "audit", *given), runs=runs, calibrations=calibrations)
    report = ["judgekit", "report", *given, "-o", "report.html"]
    if pool.kind == "open":
        return Listed(*known, command=tuple(report), stop="Every label settles an item that no judge could.")
    if pool.kind == "rest" and (along := path_pool(labels, pool.rubric)) is not None:
        theirs = labels_beside(along)
        report += ["--labels", str(theirs)]
        if not calibrations and (made := calibration_file(theirs)).is_file():
            report += ["--calibration", str(made)]
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
    files, labels, kind, wanted
        What is drawn, from what, and where labels go.
    host, port
        Where the page is; on this machine alone by default.
    overlap : float
        Share of the items that two people label, where several do.
    opened : Callable[[str], None]
        Told the link once the page can be opened.
    """
    made = sample(files, labels, kind, **wanted)
    return sit(made, Path(labels), host=host, port=port, overlap=overlap, opened=opened)
