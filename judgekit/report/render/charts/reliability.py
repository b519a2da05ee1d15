"""Confidence against agreement with people, a panel a rubric."""

from __future__ import annotations

from typing import TYPE_CHECKING

from judgekit.report.diagnostics import People
from judgekit.report.render.charts.base import Chart, Drawing, beside, several
from judgekit.report.render.drawing.canvas import MUTED, SERIES, panels, percent_axis
from judgekit.report.summary import Summary
from judgekit.report.words import percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def _draw(summary: Summary) -> Drawing | None:
    """Confidence against agreement with people; the area of a dot is the number of items."""
    found = [people for people in summary.people if people.bins]
    if not found:
        return None

    def paint(figure: Figure, axes: Axes) -> None:
        made = panels(figure, axes, len(found), beside(figure))
        for number, (people, panel) in enumerate(zip(found, made, strict=True)):
            _panel(panel, people)
            panel.set_ylabel("Agreement with people" if number % beside(figure) == 0 else "")

    text = "; ".join(
        f"{people.rubric}: "
        + ", ".join(
            f"at {percent(b.confidence)} agrees on {percent(b.agreement)} of {b.items}" for b in people.bins
        )
        for people in found
    )
    caption = (
        "On the dashed line confidence means what it says; below it the judge is too sure. "
        "Larger dots hold more items."
    )
    wide, narrow = several(len(found))
    return Drawing(wide, paint, caption, text, narrow=narrow)


def _panel(axes: Axes, people: People) -> None:
    most = max(part.items for part in people.bins)
    x, y = [part.confidence for part in people.bins], [part.agreement for part in people.bins]
    axes.plot([0, 1], [0, 1], color=MUTED, lw=1, ls=(0, (4, 3)))
    axes.plot(x, y, color=SERIES[0], lw=1.4)
    area = [12 + 110 * part.items / most for part in people.bins]
    axes.scatter(x, y, s=area, color=SERIES[0], linewidths=0, clip_on=False, zorder=3)
    axes.set(xlim=(0, 1), ylim=(0, 1), aspect="equal")
    axes.set_title(people.rubric or "all", loc="left")
    axes.set_xlabel("Confidence of the judge")
    axes.grid(True)
    percent_axis(axes.xaxis)
    percent_axis(axes.yaxis)


CHART = Chart("reliability", "trust", "Reliability of the judge's confidence", _draw)
