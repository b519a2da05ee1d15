"""Confidence against agreement with people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from judgekit.report.render.canvas import MUTED, SERIES, percent_axis
from judgekit.report.render.charts.base import WIDTH, Chart, Drawing
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

    def paint(_: Figure, axes: Axes) -> None:
        axes.plot([0, 1], [0, 1], color=MUTED, lw=1, ls=(0, (4, 3)))
        for number, people in enumerate(found):
            color = SERIES[number % len(SERIES)]
            most = max(part.items for part in people.bins)
            x, y = [part.confidence for part in people.bins], [part.agreement for part in people.bins]
            axes.plot(x, y, color=color, lw=1.4, label=people.rubric or "all")
            axes.scatter(
                x, y, s=[12 + 110 * part.items / most for part in people.bins], color=color, linewidths=0
            )
        axes.set(xlim=(0, 1.02), ylim=(0, 1.03))
        axes.set_xlabel("Confidence of the judge")
        axes.set_ylabel("Agreement with people")
        axes.grid(True)
        percent_axis(axes.xaxis)
        percent_axis(axes.yaxis)
        axes.legend(frameon=False, loc="upper left")

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
    return Drawing((WIDTH, 3.9), paint, caption, text)


CHART = Chart("reliability", "trust", "Reliability of the judge's confidence", _draw)
