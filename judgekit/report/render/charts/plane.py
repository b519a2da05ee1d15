"""Forgotten well against kept, with 95 % intervals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from judgekit.report.render.canvas import INK, PAPER, SERIES, percent_axis
from judgekit.report.render.cells import in_words
from judgekit.report.render.charts.base import WIDTH, Chart, Drawing, chosen, opinion, shown_runs
from judgekit.report.summary import Summary

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def _draw(summary: Summary) -> Drawing | None:
    """Forgotten well against kept, with 95 % intervals; the good corner is the upper right."""
    points = [
        (run, forget.rates["forgotten well"], keep.rates["correct"])
        for run in shown_runs(summary)
        if (forget := run.side("forget")) and (keep := run.side("keep"))
    ]
    if not points:
        return None

    def paint(figure: Figure, axes: Axes) -> None:
        for number, (run, x, y) in enumerate(points):
            color = SERIES[number % len(SERIES)]
            axes.errorbar(
                x.middle,
                y.middle,
                xerr=[[x.middle - x.low], [x.high - x.middle]],
                yerr=[[y.middle - y.low], [y.high - y.middle]],
                fmt="o" if run.answers else "X",
                color=color,
                markersize=7 if run.answers else 11,
                markeredgecolor=PAPER,
                elinewidth=1.4,
                capsize=0,
            )
        axes.set(xlim=(-0.03, 1.03), ylim=(-0.03, 1.03))
        axes.set_xlabel("Forgotten well: withheld or plausibly wrong, share of forget items →")
        axes.set_ylabel("Kept: correct, share of items →")
        axes.grid(True)
        percent_axis(axes.xaxis)
        percent_axis(axes.yaxis)
        _place_names(figure, axes, [(x.middle, y.middle, run.name) for run, x, y in points])

    text = "; ".join(f"{run.name}: forgotten well {in_words(x)}, kept {in_words(y)}" for run, x, y in points)
    caption = (
        "Upper right is good. Bars are 95 % intervals; a dot without an estimate stands in the middle of what is "
        "possible. × marks a model that no longer answers."
        + chosen(summary)
        + opinion([rate for _, *both in points for rate in both])
    )
    return Drawing((WIDTH, 4.6), paint, caption, text)


def _place_names(figure: Figure, axes: Axes, points: Sequence[tuple[float, float, str]]) -> None:
    """Write each name beside its point where it covers least of the names and points already there."""
    figure.draw_without_rendering()
    inside = axes.get_window_extent()
    marks = [axes.transData.transform((x, y)) for x, y, _ in points]
    taken: list[Any] = []
    places = [
        (8, 6, "left"),
        (-8, 6, "right"),
        (8, -13, "left"),
        (-8, -13, "right"),
        (8, 18, "left"),
        (-8, 18, "right"),
        (8, -26, "left"),
        (-8, -26, "right"),
    ]
    for x, y, name in points:
        tried = []
        for rank, (dx, dy, align) in enumerate(places):
            note = axes.annotate(name, (x, y), (dx, dy), textcoords="offset points", ha=align, color=INK)
            box = note.get_window_extent()
            outside = box.x0 < inside.x0 or box.x1 > inside.x1 or box.y0 < inside.y0 or box.y1 > inside.y1
            hidden = sum(box.overlaps(other) for other in taken) + sum(box.contains(*mark) for mark in marks)
            tried.append((4 * outside + 2 * hidden + rank / 10, rank, note, box))
        best = min(tried, key=lambda place: place[:2])
        for place in tried:
            if place is not best:
                place[2].remove()
        taken.append(best[3])


CHART = Chart("plane", "answer", "Forgetting against utility", _draw)
