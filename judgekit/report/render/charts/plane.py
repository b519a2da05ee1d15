"""Forgotten well against kept, with 95 % intervals; the runs of one method joined in the order of its setting."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from judgekit.report.groups import RunSummary
from judgekit.report.rates.judged import JudgedRate
from judgekit.report.render.cells import in_words
from judgekit.report.render.charts.base import NARROW, Chart, Drawing, chosen, opinion, shown_runs
from judgekit.report.render.drawing.canvas import GRID, INK, PAPER, SERIES, WIDE, lead, percent_axis
from judgekit.report.render.drawing.labels import Segment, place_names
from judgekit.report.render.links import items_link
from judgekit.report.summary import Summary
from judgekit.report.words import listed

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SIZE = (5.4, 4.8)
"""Inches: it stands beside the first table."""

RADIUS = 4.0
"""Of a point, in points; a baseline's star is larger."""

LOW, HIGH = -0.035, 1.035
"""Limits of both axes."""

MANY = 12
"""Runs above which a legend names the methods."""

LISTED = 12
"""Names without a place in the plane that the note under it lists."""

MARKS = "osD^vPhp"
GONE, BASELINE = "X", "*"


class _Point(NamedTuple):
    """A run in the plane; ``number``: of its method, in order of appearance."""

    run: RunSummary
    forgotten: JudgedRate
    kept: JudgedRate
    number: int

    @property
    def at(self) -> tuple[float, float]:
        return self.forgotten.middle, self.kept.middle

    @property
    def color(self) -> str:
        return INK if self.run.baseline else SERIES[self.number % len(SERIES)]

    @property
    def mark(self) -> str:
        if self.run.baseline:
            return BASELINE
        return GONE if self.run.answers is False else MARKS[self.number % len(MARKS)]

    @property
    def whiskers(self) -> Iterable[Segment]:
        (x, y), (across, up) = self.at, (self.forgotten, self.kept)
        yield (across.low, y), (across.high, y)
        yield (x, up.low), (x, up.high)


def _draw(summary: Summary) -> Drawing | None:
    """Forgotten well against kept; the good corner is the upper right."""
    points = _points(summary)
    if not points:
        return None
    at = {point.run.name: point.at for point in points}
    colors = {point.run.name: point.color for point in points}
    lines = [
        (colors[known[0]], [at[name] for name in known])
        for found in summary.comparisons
        for sweep in found.sweeps
        for line in sweep.lines
        if len(known := [name for name in line if name in at]) > 1
    ]
    front = _front(
        [at[run.run] for c in summary.comparisons for run in c.plane if run.behind == 0 and run.run in at]
    )

    def paint(figure: Figure, axes: Axes) -> str:
        axes.set(xlim=(LOW, HIGH), ylim=(LOW, HIGH))
        wide = figure.get_size_inches()[0] > WIDE
        axes.set_xlabel("Forgotten well: withheld or plausibly wrong →" if wide else "Forgotten well →")
        axes.set_ylabel("Kept: answered correctly →")
        axes.grid(True)
        percent_axis(axes.xaxis)
        percent_axis(axes.yaxis)
        if front:
            axes.plot(*zip(*front, strict=True), color=GRID, lw=4, solid_joinstyle="round", zorder=0.8)
        for color, corners in lines:
            axes.plot(*zip(*corners, strict=True), color=color, lw=1, alpha=0.7, zorder=1.5)
        _whiskers(axes, points)
        for point in points:
            _mark(axes, point)
        if len(points) > MANY:
            _legend(figure, points)
        named = sorted(
            points, key=lambda point: not point.run.baseline
        )  # what all others are measured against first
        whiskers = [one for point in points for one in point.whiskers]
        lost = place_names(
            axes, [point.at for point in named], [point.run.title for point in named], whiskers, RADIUS
        )
        if not lost:
            return ""
        return f"{len(lost)} of {len(points)} names found no place: {listed(lost, LISTED)}."

    text = "; ".join(
        f"{point.run.title}: forgotten well {in_words(point.forgotten)}, kept {in_words(point.kept)}"
        for point in points
    )
    caption = (
        "Upper right is good. Bars are 95 % intervals; a mark without an estimate stands in the middle of what is "
        "possible."
        + (" Thin lines join runs of one method in the order of its setting." if lines else "")
        + (" Gray line: the Pareto front." if front else "")
        + "".join(
            told
            for baseline, told in _BASELINES.items()
            if baseline in {point.run.baseline for point in points}
        )
        + (" ✕ no longer answers." if any(point.mark == GONE for point in points) else "")
        + chosen(summary)
        + opinion([rate for point in points for rate in (point.forgotten, point.kept)])
    )
    return Drawing(SIZE, paint, caption, text, narrow=(NARROW, 3.6))


_BASELINES = {"original": " ★ is the original.", "retrained": " ☆ is the retrained model."}
"""What is to be said of a baseline that is in the plane."""


def _points(summary: Summary) -> list[_Point]:
    runs = [
        (run, forget.rates["forgotten well"], keep.rates["correct"])
        for run in shown_runs(summary)
        if (forget := run.side("forget")) and (keep := run.side("keep"))
    ]
    methods = list(dict.fromkeys(run.method.casefold() or run.name for run, *_ in runs if not run.baseline))
    numbers = {method: number for number, method in enumerate(methods)}
    return [
        _Point(run, forgotten, kept, numbers.get(run.method.casefold() or run.name, 0))
        for run, forgotten, kept in runs
    ]


def _mark(axes: Axes, point: _Point) -> None:
    """A run's point, which leads to its items."""
    (made,) = axes.plot(
        *point.at,
        point.mark,
        color=point.color,
        ms=2 * RADIUS * (1.4 if point.run.baseline else 1.0),
        mfc=PAPER if point.run.baseline == "retrained" else point.color,
        mec=INK if point.run.baseline == "retrained" else PAPER,
        mew=0.8,
        zorder=3,
    )
    title = f"{point.run.title}: forgotten well {in_words(point.forgotten)}, kept {in_words(point.kept)}"
    lead(made, items_link({"run": point.run.name}), title, point.run.items)


def _whiskers(axes: Axes, points: Sequence[_Point]) -> None:
    """The intervals of both figures."""
    look: dict[str, Any] = {
        "colors": [point.color for point in points],
        "lw": 1,
        "alpha": 0.55,
        "zorder": 1.8,
    }
    x, y = [point.at[0] for point in points], [point.at[1] for point in points]
    across, up = [point.forgotten for point in points], [point.kept for point in points]
    axes.hlines(y, [rate.low for rate in across], [rate.high for rate in across], **look)
    axes.vlines(x, [rate.low for rate in up], [rate.high for rate in up], **look)


def _legend(figure: Figure, points: Sequence[_Point]) -> None:
    """Which method a color and mark is: among many runs some names find no place."""
    from matplotlib.lines import Line2D

    known = {point.number: point for point in points if point.mark in MARKS and point.run.method}
    handles = [
        Line2D([], [], color=point.color, marker=point.mark, lw=1, ms=5, label=point.run.method)
        for point in known.values()
    ]
    columns = 4 if figure.get_size_inches()[0] > WIDE else 3
    if len(handles) > 1:
        figure.legend(
            handles=handles, loc="outside lower center", ncols=columns, handletextpad=0.4, columnspacing=1.2
        )


def _front(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """The corners of the steps through the best of these points, from axis to axis; no point has better figures."""
    best: list[tuple[float, float]] = []
    for x, y in sorted(points, reverse=True):
        if not best or y > best[-1][1]:
            best.append((x, y))
    if not best:
        return []
    steps = [corner for one, other in pairwise(best) for corner in (one, (other[0], one[1]))]
    return [(best[0][0], LOW), *steps, best[-1], (LOW, best[-1][1])]


CHART = Chart("plane", "answer", "Forgetting against utility", _draw)
