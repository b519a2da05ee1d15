"""Disagreement with people against the share of items answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from judgekit.report.diagnostics import People
from judgekit.report.render.canvas import SERIES, percent_axis
from judgekit.report.render.charts.base import WIDTH, Chart, Drawing
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

    def paint(_: Figure, axes: Axes) -> None:
        for number, people in enumerate(found):
            color, name = (
                SERIES[number % len(SERIES)],
                f"{people.rubric or 'all'}, {people.labeled:,} labeled items",
            )
            x, y = [point.coverage for point in people.curve], [point.risk for point in people.curve]
            axes.step(x, y, where="post", color=color, lw=1.8, label=name)
            if people.agreement is not None and people.coverage is not None:
                axes.plot(people.coverage, 1 - people.agreement, "o", color=color, markersize=8)
            made = promised.get(people.rubric)
            if made is not None and made.agreement is not None:
                axes.axhline(1 - made.agreement, color=color, lw=1, ls=(0, (4, 3)))
            if made is not None and made.coverage is not None and made.observed is not None:
                seen = 1 - made.observed
                above = max(1 - made.bound - seen, 0.0) if made.bound is not None else 0.0
                axes.errorbar(made.coverage, seen, yerr=[[0.0], [above]], fmt="D", color=color, capsize=3)
        steady = [p.risk for people in found for p in people.curve if p.coverage >= STEADY]
        limits = [1 - made.agreement for made in promised.values() if made.agreement is not None]
        axes.set(xlim=(0, 1.02), ylim=(0, min(1.0, 1.3 * max([0.05, *steady, *limits]))))
        axes.set_xlabel("Coverage: share of labeled items answered, most confident first")
        axes.set_ylabel("Disagreement with people")
        axes.grid(True)
        percent_axis(axes.xaxis)
        percent_axis(axes.yaxis)
        axes.legend(frameon=False)

    text = "; ".join(_worded(people) for people in found)
    caption = (
        "Over the items that people labeled, all runs together. The dot is where the verdicts stand; a diamond is the "
        "certified point with its upper bound, and the dashed line what was promised."
    )
    return Drawing((WIDTH, 3.6), paint, caption, text)


def _worded(people: People) -> str:
    if people.agreement is None or people.coverage is None:
        return f"{people.rubric}: no verdict on a labeled item"
    return (
        f"{people.rubric}: verdicts on {percent(people.coverage)} of {people.labeled} labeled items, "
        f"agreeing with people on {percent(people.agreement)}"
    )


CHART = Chart("risk-coverage", "trust", "Risk against coverage", _draw)
