"""Disagreement with people against the share of items answered, a panel a rubric."""

from __future__ import annotations

from typing import TYPE_CHECKING

from judgekit.display import some
from judgekit.report.claims.claims import Claim
from judgekit.report.diagnostics import People
from judgekit.report.render.charts.base import Chart, Drawing, beside, several
from judgekit.report.render.drawing.canvas import INK, SERIES, panels, percent_axis
from judgekit.report.summary import Summary
from judgekit.report.words import percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

STEADY = 0.05
"""The chart is scaled to what happens above this coverage; below it a few items decide."""


def _draw(summary: Summary) -> Drawing | None:
    """Disagreement with people against the share of items answered; a dot where the verdicts stand."""
    found = [people for people in summary.people if len(people.curve) > 1]
    if not found:
        return None
    promised = {
        made.rubric: made for run in summary.runs for made in run.claims if made.agreement is not None
    }
    steady = [p.risk for people in found for p in people.curve if p.coverage >= STEADY]
    limits = [1 - made.agreement for made in promised.values() if made.agreement is not None]
    top = min(1.0, 1.3 * max([0.05, *steady, *limits]))

    def paint(figure: Figure, axes: Axes) -> None:
        made = panels(figure, axes, len(found), beside(figure))
        for number, (people, panel) in enumerate(zip(found, made, strict=True)):
            _panel(panel, people, promised.get(people.rubric))
            panel.set(xlim=(0, 1.02), ylim=(0, top))
            panel.set_ylabel("Disagreement with people" if number % beside(figure) == 0 else "")

    text = "; ".join(_worded(people) for people in found)
    caption = (
        "Over the items that people labeled, all runs together, the most confident first. The dot is where the "
        "verdicts stand"
        + (
            "; the diamond is the certified point with its upper bound, and the dashed line what was promised."
            if promised
            else "."
        )
    )
    wide, narrow = several(len(found))
    return Drawing(wide, paint, caption, text, narrow=narrow)


def _panel(axes: Axes, people: People, made: Claim | None) -> None:
    x, y = [point.coverage for point in people.curve], [point.risk for point in people.curve]
    axes.step(x, y, where="post", color=SERIES[0], lw=1.8)
    if people.agreement is not None and people.coverage is not None:
        axes.plot(people.coverage, 1 - people.agreement, "o", color=SERIES[0], markersize=8)
    if made is not None and made.agreement is not None:
        axes.axhline(1 - made.agreement, color=SERIES[1], lw=1.2, ls=(0, (4, 3)))
    if made is not None and made.coverage is not None and made.observed is not None:
        seen = 1 - made.observed
        above = max(1 - made.bound - seen, 0.0) if made.bound is not None else 0.0
        axes.errorbar(made.coverage, seen, yerr=[[0.0], [above]], fmt="D", color=INK, capsize=3)
    axes.set_title(f"{people.rubric or 'all'}, {some(people.labeled, 'labeled item')}", loc="left")
    axes.set_xlabel("Coverage: share of items answered")
    axes.grid(True)
    percent_axis(axes.xaxis)
    percent_axis(axes.yaxis)


def _worded(people: People) -> str:
    if people.agreement is None or people.coverage is None:
        return f"{people.rubric}: no verdict on a labeled item"
    return (
        f"{people.rubric}: verdicts on {percent(people.coverage)} of {people.labeled} labeled items, "
        f"agreeing with people on {percent(people.agreement)}"
    )


CHART = Chart("risk-coverage", "trust", "Risk against coverage", _draw)
