"""Labeling: a sample is drawn, people answer on a page, and their labels become what they were asked for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from judgekit.errors import InputError
from judgekit.labeling.page.session import OVERLAP
from judgekit.labeling.page.sitting import sit
from judgekit.labeling.samples import Listed, Outcome, Sample
from judgekit.labeling.sheet import is_sheet, read_sheet
from judgekit.runs.folder import Paths, paths


def draw(files: Paths, labels: str | Path) -> Sample:
    """The sample that people are asked about.

    Parameters
    ----------
    files : a sheet of ``judgekit queue``.
    labels : the file that labels will go to.
    """
    given = paths(files)
    if not all(is_sheet(path) for path in given):
        raise InputError("not a sheet of 'judgekit queue'", path=given[0])
    tasks = [task for path in given for task in read_sheet(path)]
    if len(rubrics := sorted({task.rubric for task in tasks})) > 1:
        raise InputError(
            f"the sheet has items of {len(rubrics)} rubrics ({', '.join(rubrics)}), and a page shows one: "
            "draw a sheet of one (judgekit queue --rubric)",
            path=given[0],
        )
    return Listed(tuple(tasks))


def label(
    files: Paths,
    labels: str | Path,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    overlap: float = OVERLAP,
    opened: Callable[[str], None] = print,
) -> Outcome | None:
    """Ask people about a sample on a page, until Ctrl-C (see :func:`draw` and :func:`.page.sitting.sit`).

    Parameters
    ----------
    files, labels : what is drawn from, and where labels go.
    host, port : where the page is; on this machine alone by default.
    overlap : share of the items that two people label, where several do.
    opened : told the link once the page can be opened.
    """
    return sit(draw(files, labels), Path(labels), host=host, port=port, overlap=overlap, opened=opened)
