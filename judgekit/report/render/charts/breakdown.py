"""What the outputs of each run were judged to be, a chart for each side."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from judgekit.report.groups import Group
from judgekit.report.render.canvas import INK, PAPER, SERIES, UNDECIDED, label_color, percent_axis
from judgekit.report.render.charts.base import WIDTH, Chart, Drawing, chosen, opinion, shown_runs
from judgekit.report.summary import Summary
from judgekit.report.words import percent
from judgekit.rubrics import Side

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

OPEN = "undecided"
"""The part of a bar that no label can claim."""

ROUNDING = 1e-9


def _draw(side: Side, summary: Summary) -> Drawing | None:
    """What the outputs of each run were judged to be, as shares of all its items on one side."""
    groups = [(run.name, group) for run in shown_runs(summary) if (group := run.side(side)) is not None]
    if not groups:
        return None
    labels = list(dict.fromkeys(label for _, group in groups for label in group.counts))

    def share(group: Group, part: str) -> float:
        """A rate; what open items or errors that a certificate allows leave undecided is a part of its own."""
        rates = [group.rates[label] for label in group.counts]
        if part != OPEN:
            return group.rates[part].bounds[0] if part in group.counts else 0.0
        if all(rate.value is not None for rate in rates):
            return 0.0  # estimated one by one, so they need not add up
        return max(0.0, 1.0 - sum(rate.bounds[0] for rate in rates))

    left_open = any(share(group, OPEN) > ROUNDING for _, group in groups)
    parts = [*labels, *([OPEN] if left_open else [])]

    def paint(_: Figure, axes: Axes) -> None:
        rows = range(len(groups))
        left = [0.0] * len(groups)
        for part in parts:
            width = [share(group, part) for _, group in groups]
            counted = next((group.counts_as[part] for _, group in groups if part in group.counts_as), part)
            color = label_color(counted) or (
                UNDECIDED if part == OPEN else SERIES[labels.index(part) % len(SERIES)]
            )
            hatch = (
                {"hatch": "////", "edgecolor": PAPER}
                if part == OPEN
                else {"edgecolor": PAPER, "linewidth": 1}
            )
            axes.barh(rows, width, left=left, height=0.66, color=color, label=part, **hatch)
            for row, (start, wide) in enumerate(zip(left, width, strict=True)):
                if wide >= 0.06 and part != OPEN:
                    axes.text(
                        start + wide / 2,
                        row,
                        f"{100 * wide:.0f}",
                        ha="center",
                        va="center",
                        color=PAPER,
                        fontsize=9,
                    )
            left = [start + wide for start, wide in zip(left, width, strict=True)]
        axes.set_yticks(list(rows), [name for name, _ in groups], color=INK)
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
        axes.invert_yaxis()
        axes.set_xlim(0, 1)
        percent_axis(axes.xaxis)
        axes.legend(
            loc="lower center",
            bbox_to_anchor=(0.5, 1.0),
            ncols=len(parts),
            frameon=False,
            handlelength=1,
            handleheight=1,
            columnspacing=1.4,
        )

    text = "; ".join(
        f"{name}: "
        + ", ".join(
            f"{part} {percent(share(group, part))}" for part in parts if share(group, part) > ROUNDING
        )
        for name, group in groups
    )
    caption = (
        "The rates of the tables, in percent of all items; hatched is what open items, or errors that a certificate "
        "allows, leave undecided. Rates that rest on people's labels are estimated one by one and may not add up "
        "to 100." + chosen(summary) + opinion([rate for _, group in groups for rate in group.rates.values()])
    )
    return Drawing((WIDTH, 1.0 + 0.42 * len(groups)), paint, caption, text)


FORGET = Chart(
    "breakdown-forget", "leaks", "What became of what should be forgotten", partial(_draw, "forget")
)
KEEP = Chart("breakdown-keep", "kept", "What became of what should be kept", partial(_draw, "keep"))
