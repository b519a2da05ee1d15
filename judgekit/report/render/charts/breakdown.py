"""What the outputs of each run were judged to be, a chart for each side; every part of a bar leads to its items."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from judgekit.display import some
from judgekit.report.groups import Group, RunSummary
from judgekit.report.render.charts.base import NARROW, WIDTH, Chart, Drawing, chosen, opinion, shown_runs
from judgekit.report.render.drawing.canvas import (
    INK,
    PAPER,
    SERIES,
    UNDECIDED,
    WIDE,
    color,
    label_color,
    lead,
    percent_axis,
    settle,
)
from judgekit.report.render.drawing.palette import HATCHES, OPEN_HATCH
from judgekit.report.render.links import Key, items_link
from judgekit.report.summary import Summary
from judgekit.report.words import percent, with_count
from judgekit.rubrics import Side

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

OPEN = "undecided"
"""The part of a bar that no label can claim."""

ROUNDING = 1e-9

MANY = 20
"""Rows above which each takes less room."""

BESIDE = 36
"""Characters of the longest title that stands beside its bar; longer ones stand above the bars."""

DIGIT = 0.64
"""Width of a digit, in sizes of the text."""


class _Row(NamedTuple):
    """A run's bar."""

    run: RunSummary
    group: Group

    def share(self, part: str) -> float:
        """A rate; what open items or errors that a certificate allows leave undecided is a part of its own."""
        rates = [self.group.rates[label] for label in self.group.counts]
        if part != OPEN:
            return self.group.rates[part].bounds[0] if part in self.group.counts else 0.0
        if all(rate.value is not None for rate in rates):
            return 0.0  # estimated one by one, so they need not add up
        return max(0.0, 1.0 - sum(rate.bounds[0] for rate in rates))

    def start(self, part: str, parts: Sequence[str]) -> float:
        """Where a part begins."""
        return sum(self.share(other) for other in parts[: parts.index(part)])

    def items(self, part: str) -> int:
        """How many verdicts a part leads to."""
        return sum(self.group.left_open.values()) if part == OPEN else self.group.counts.get(part, 0)

    def link(self, part: str) -> str:
        """The address of those items."""
        wanted: dict[Key, str | Iterable[str]] = {"run": self.run.name, "rubric": self.group.rubric}
        if part == OPEN:
            wanted["state"] = tuple(self.group.left_open)
        else:
            wanted["label"] = part
        return items_link(wanted)

    def title(self, part: str) -> str:
        """What stands beside the pointer."""
        share, count, items = percent(self.share(part)), self.items(part), self.group.items
        if part == OPEN:
            return f"{self.run.title}: {part} {share} ({count:,} of {some(items, 'item')} without a verdict)"
        return f"{self.run.title}: {part} {with_count(share, self.group.rates[part], count, items)}"


def _draw(side: Side, summary: Summary) -> Drawing | None:
    """What the outputs of each run were judged to be, as shares of all its items on one side."""
    rows = [_Row(run, group) for run in shown_runs(summary) if (group := run.side(side)) is not None]
    if not rows:
        return None
    labels = list(dict.fromkeys(label for row in rows for label in row.group.counts))
    left_open = any(row.share(OPEN) > ROUNDING for row in rows)
    parts = [*labels, *([OPEN] if left_open else [])]
    is_long = max(len(row.run.title) for row in rows) > BESIDE

    def paint(figure: Figure, axes: Axes) -> None:
        above = is_long or figure.get_size_inches()[0] < WIDE
        _axes(axes, rows, above)
        for part in parts:
            _bars(axes, rows, part, parts, above)
        _gaps(axes, rows, parts, above)
        axes.legend(
            loc="lower left" if above else "lower right",  # beside long titles it needs the room above them
            bbox_to_anchor=(0.0 if above else 1.0, 1.0),
            ncols=3 if figure.get_size_inches()[0] < WIDE else len(parts),
            handlelength=1,
            handleheight=1,
            handletextpad=0.5,
            columnspacing=1.4,
            borderaxespad=0.3,
            borderpad=0,
        )
        settle(figure)
        _numbers(axes, rows, parts, above)

    text = "; ".join(
        f"{row.run.title}: "
        + ", ".join(f"{part} {percent(row.share(part))}" for part in parts if row.share(part) > ROUNDING)
        for row in rows
    )
    caption = (
        "In percent of all items of a side, best run first."
        + (
            " Striped in gray is what open items, or errors that a certificate allows, leave undecided."
            if left_open
            else ""
        )
        + (
            " Rates that rest on people's labels are estimated one by one and may not add up to 100."
            if any(rate.kind == "people" for row in rows for rate in row.group.rates.values())
            else ""
        )
        + chosen(summary)
        + opinion([rate for row in rows for rate in row.group.rates.values()])
    )
    return Drawing(
        (WIDTH, _height(len(rows), is_long, 1)),
        paint,
        caption,
        text,
        narrow=(NARROW, _height(len(rows), True, -(-len(parts) // 3))),
    )


def _height(rows: int, above: bool, legend: int) -> float:
    """Inches of a chart with so many bars and lines of legend."""
    each = (0.42 if above else 0.3) if rows <= MANY else (0.34 if above else 0.2)
    return 0.45 + 0.2 * legend + each * max(rows, 2)


THICK, THIN = 0.72, 0.5
"""Height of a bar in rows; under its title it is thinner and stands lower."""


def _middle(row: int, above: bool) -> float:
    """Where a bar's middle is."""
    return row + 0.22 if above else row


def _axes(axes: Axes, rows: Sequence[_Row], above: bool) -> None:
    titles = [row.run.title for row in rows]
    if above:
        axes.set_yticks([])
        for number, title in enumerate(titles):
            axes.text(0, number - 0.08, title, color=INK, va="bottom")
    else:
        axes.set_yticks(range(len(rows)), titles, color=INK)
        axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.set(xlim=(0, 1), ylim=(max(len(rows), 2) - 0.45, -0.55))
    percent_axis(axes.xaxis)


def _counts_as(rows: Sequence[_Row], part: str) -> str:
    return next((row.group.counts_as[part] for row in rows if part in row.group.counts_as), part)


def _shade(part: str, counted: str, parts: Sequence[str]) -> str:
    """The color of a label, by what it counts as."""
    return label_color(counted) or SERIES[parts.index(part) % len(SERIES)]


def _bars(axes: Axes, rows: Sequence[_Row], part: str, parts: Sequence[str], above: bool) -> None:
    """One part of all bars; each leads to its items."""
    counted = _counts_as(rows, part)
    shade = UNDECIDED if part == OPEN else _shade(part, counted, parts)
    starts = [row.start(part, parts) for row in rows]
    made = axes.barh(
        [_middle(number, above) for number in range(len(rows))],
        [row.share(part) for row in rows],
        THIN if above else THICK,
        left=starts,
        color=shade,
        label=part,
        hatch=OPEN_HATCH if part == OPEN else HATCHES.get(counted, ""),
        edgecolor=PAPER if part == OPEN else None,
    )
    for row, bar in zip(rows, made, strict=True):
        if part == OPEN and hasattr(
            bar, "set_hatchcolor"
        ):  # before matplotlib 3.11 a pattern is in the edge's color
            bar.set_hatchcolor(PAPER)
        if row.items(part):
            lead(bar, row.link(part), row.title(part), row.items(part))


def _gaps(axes: Axes, rows: Sequence[_Row], parts: Sequence[str], above: bool) -> None:
    """A thin line of paper between the parts of a bar."""
    half = (THIN if above else THICK) / 2
    found = [
        (start, _middle(number, above))
        for number, row in enumerate(rows)
        for part in parts
        if (start := row.start(part, parts)) > ROUNDING and row.share(part) > ROUNDING
    ]
    x, y = [start for start, _ in found], [middle for _, middle in found]
    axes.vlines(x, [middle - half for middle in y], [middle + half for middle in y], color=PAPER, lw=1)


def _numbers(axes: Axes, rows: Sequence[_Row], parts: Sequence[str], above: bool) -> None:
    """Whole percents inside the bars where they fit."""
    size = float(axes.xaxis.label.get_fontsize())
    across = axes.get_window_extent().width * 72 / axes.figure.dpi
    for part in parts:
        counted = _counts_as(rows, part)
        upon = color(f"on-label-{counted}") if label_color(counted) else PAPER
        for number, row in enumerate(rows):
            share, said = row.share(part), f"{100 * row.share(part):.0f}"
            if part != OPEN and share * across >= (DIGIT * len(said) + 0.5) * size:
                at = (row.start(part, parts) + share / 2, _middle(number, above))
                made = axes.text(*at, said, ha="center", va="center_baseline", color=upon)
                if HATCHES.get(counted):  # a number stands on the plain color, not on its pattern
                    made.set_bbox(
                        {"boxstyle": "square,pad=0.12", "facecolor": _shade(part, counted, parts), "lw": 0}
                    )


FORGET = Chart(
    "breakdown-forget", "leaks", "What became of what should be forgotten", partial(_draw, "forget")
)
KEEP = Chart("breakdown-keep", "kept", "What became of what should be kept", partial(_draw, "keep"))
