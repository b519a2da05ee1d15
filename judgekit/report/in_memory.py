"""What was judged in memory as a run that a report can be on."""

from __future__ import annotations

from collections.abc import Iterable

from judgekit.calibration.record import Calibration
from judgekit.cascade.spec import CascadeSpec
from judgekit.records import ItemResult
from judgekit.report.run import JudgedItem, Run
from judgekit.rubrics import ANY, load_rubric
from judgekit.runs.about import CascadeAbout, RunAbout
from judgekit.runs.tally import Tallies


def in_memory(results: Iterable[ItemResult], cascade: CascadeSpec, name: str = "outputs") -> Run:
    """A run of results, which says what a run folder's ``run.json`` would.

    Parameters
    ----------
    results : iterable of ItemResult
        Of one model, from :func:`judgekit.engine.memory.judge`.
    cascade : CascadeSpec
        That judged them.
    name : str
        How a report calls the run.

    Raises
    ------
    ValueError
        There are none.
    """
    rows, tallies = list[JudgedItem](), Tallies(cascade.passing)
    for result in results:
        rows.append(JudgedItem(result.verdict, result.item, result.evidence))
        tallies.count(result.evidence)
    if not rows:
        raise ValueError("no results to report on")
    met = {row.verdict.rubric for row in rows}
    rubrics = {made.name: made for made in map(load_rubric, cascade.file.rubrics.values())}
    roles = {
        rubric: CascadeAbout(labels=made.labels, role=made.role.to_row())
        for rubric, made in rubrics.items()
        if rubric in met
    }
    files = cascade.file.calibrations
    calibrations = {
        rubric: Calibration.load(cascade.folder / path)
        for rubric in met
        if (path := files.get(rubric, files.get(ANY))) is not None
    }
    about = RunAbout(items=len(rows), cascades=roles, answers=tallies.answers)
    return Run(name, rows, about, calibrations)
