"""From a run to what its several outputs a question say."""

from __future__ import annotations

from judgekit.report.run import Run
from judgekit.report.samples.curve import curve
from judgekit.report.samples.measures import worst
from judgekit.report.samples.outcomes import counted
from judgekit.report.samples.probes import by_probe, together
from judgekit.report.samples.records import Samples


def samples(run: Run) -> Samples | None:
    """What several outputs a question say of a run's forget side; None where its questions have one each."""
    rubric = next((name for name in run.by_rubric if run.role(name).side == "forget"), None)
    if rubric is None:
        return None
    rows = run.by_rubric[rubric]
    labels = {row.verdict.label for row in rows if row.verdict.label} | {
        given.label for row in rows for given in row.human
    }
    role = run.role(rubric)
    cells = counted(rows, {label for label in labels if role.of(label) == "leaked"})
    if not cells:
        return None
    drawn = [curve(probe, cells[probe]) for probe in sorted(cells)]
    curves = tuple(one for one in drawn if one is not None)
    found = Samples(
        rubric,
        curves,
        by_probe(cells),
        together(cells),
        worst(run, rubric, curves[0]) if curves else (),
    )
    return found if found.curves or found.probes else None
