"""What a method's setting changes: a small panel a method, forgotten well and kept over the setting."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from judgekit.readers.settings import Value, shown
from judgekit.report.comparison.records import Sweep
from judgekit.report.groups import RunSummary
from judgekit.report.rates.judged import JudgedRate
from judgekit.report.render.cells import in_words
from judgekit.report.render.charts.base import NARROW, WIDTH, Chart, Drawing, opinion
from judgekit.report.render.drawing.canvas import INK, PAPER, WIDE, lead, panels, percent_axis
from judgekit.report.render.drawing.canvas import color as named
from judgekit.report.render.links import items_link
from judgekit.report.summary import Summary
from judgekit.report.words import with_count
from judgekit.rubrics import Side

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

DECADES = 10.0
"""Ratio of the largest to the smallest value from which on the axis is logarithmic."""

ACROSS, HEIGHT = 3, 2.1
"""Panels beside each other, and inches of one."""

LINES: tuple[tuple[Side, str, str, str, str], ...] = (
    ("forget", "forgotten well", "forgotten well", named("label-withheld"), "o"),
    ("keep", "correct", "kept", named("label-correct"), "s"),
)
"""Side, rate, its name, its color and its mark."""


def _draw(summary: Summary) -> Drawing | None:
    """Forgotten well and kept over the setting that a method's runs differ in, with 95 % intervals."""
    runs = {run.name: run for run in summary.runs}
    found = [sweep for made in summary.comparisons for sweep in made.sweeps if max(map(len, sweep.lines)) > 1]
    if not found:
        return None

    def paint(figure: Figure, axes: Axes) -> None:
        columns = ACROSS if figure.get_size_inches()[0] > WIDE else 1
        made = panels(figure, axes, len(found), columns)
        for sweep, panel in zip(found, made, strict=True):
            _panel(panel, sweep, runs)
            percent_axis(panel.yaxis)
        figure.legend(
            *made[0].get_legend_handles_labels(),
            loc="outside upper left",
            ncols=2,
            handletextpad=0.4,
            borderpad=0,
        )

    rates = [
        rate
        for sweep in found
        for line in sweep.lines
        for name in line
        for side, wanted, *_ in LINES
        if (rate := _rate(runs[name], side, wanted))
    ]
    is_picked = any(sweep.controlled for sweep in found)
    caption = (
        "Bars are 95 % intervals; a line joins runs that differ in this setting alone."
        + (" Ringed is the controlled pick: it reveals least of those that keep enough." if is_picked else "")
        + opinion(rates)
    )
    text = "; ".join(_worded(sweep, runs) for sweep in found)
    down = -(-len(found) // ACROSS)
    wide = WIDTH * min(len(found), ACROSS) / ACROSS
    return Drawing(
        (max(wide, 1.1 * WIDE), 0.5 + HEIGHT * down),
        paint,
        caption,
        text,
        narrow=(NARROW, 0.4 + HEIGHT * len(found)),
    )


def _panel(axes: Axes, sweep: Sweep, runs: Mapping[str, RunSummary]) -> None:
    values = _values(sweep, runs)
    place = _scale(axes, values)
    for side, wanted, called, color, mark in LINES:
        for number, line in enumerate(sweep.lines):
            points = [
                (place(runs[name].settings.get(sweep.setting)), rate, runs[name])
                for name in line
                if (rate := _rate(runs[name], side, wanted))
            ]
            x = [at for at, *_ in points]
            label = called if not number else f"_{called}"
            axes.plot(
                x, [rate.middle for _, rate, _ in points], color=color, marker=mark, ms=5, lw=1.4, label=label
            )
            axes.vlines(
                x,
                [rate.low for _, rate, _ in points],
                [rate.high for _, rate, _ in points],
                color=color,
                lw=1,
            )
            for at, rate, run in points:
                (dot,) = axes.plot(at, rate.middle, mark, color=color, ms=6, mec=PAPER, mew=0.8, zorder=3)
                _lead(dot, run, side, wanted, called, rate)
                if run.name == sweep.controlled:
                    axes.plot(at, rate.middle, "o", ms=12, mfc="none", mec=INK, mew=1, zorder=2.5)
    axes.set(ylim=(-0.03, 1.03), xlabel=sweep.setting)
    axes.set_title(sweep.method, loc="left")
    axes.grid(True, axis="y")


def _lead(mark: Artist, run: RunSummary, side: Side, wanted: str, called: str, rate: JudgedRate) -> None:
    group = run.side(side)
    assert group is not None
    counts = group.counted(wanted)
    link = items_link({"run": run.name, "rubric": group.rubric, "label": sorted(counts)})
    count = sum(counts.values())
    title = f"{run.title}: {called} {with_count(in_words(rate), rate, count, group.items)}"
    if count:
        lead(mark, link, title, count)


def _rate(run: RunSummary, side: Side, wanted: str) -> JudgedRate | None:
    group = run.side(side)
    return group.rates.get(wanted) if group is not None else None


def _values(sweep: Sweep, runs: Mapping[str, RunSummary]) -> list[Value | None]:
    """The setting's values in order, each once."""
    found: list[Value | None] = []
    for line in sweep.lines:
        found += [runs[name].settings.get(sweep.setting) for name in line]
    return list(dict.fromkeys(found))


def _scale(axes: Axes, values: Sequence[Value | None]) -> Callable[[Value | None], float]:
    """Set the axis of a setting: by size if all values are numbers, over decades by their logarithm; else one a step.

    Returns
    -------
    callable
        A value to where it stands.
    """
    numbers = [value for value in values if isinstance(value, float)]
    by_log = min(numbers, default=0.0) > 0 and max(numbers) / min(numbers) >= DECADES
    at: dict[Value | None, float]
    if len(numbers) == len(values):
        at = {value: math.log10(value) if by_log else value for value in numbers}
    else:
        at = {value: float(number) for number, value in enumerate(values)}
    room = 0.12 * ((max(at.values()) - min(at.values())) or 1.0)
    axes.set_xlim(min(at.values()) - room, max(at.values()) + room)
    axes.set_xticks(
        list(at.values()), _apart({at[value]: "none" if value is None else shown(value) for value in at})
    )
    return at.__getitem__


ROOM = 0.19
"""Share of a panel's width that the text of a tick takes."""


def _apart(ticks: Mapping[float, str]) -> list[str]:
    """The texts of ticks that do not run into each other, from both ends inwards; the others are empty."""
    places = sorted(ticks)
    room = ROOM * 1.24 * (places[-1] - places[0])
    kept: list[float] = []
    for place in (places[-1], *places[:-1]):
        if all(abs(place - other) >= room for other in kept):
            kept.append(place)
    return [ticks[place] if place in kept else "" for place in ticks]


def _worded(sweep: Sweep, runs: Mapping[str, RunSummary]) -> str:
    said = (
        f"{runs[name].title} "
        + ", ".join(
            f"{called} {in_words(rate)}"
            for side, wanted, called, *_ in LINES
            if (rate := _rate(runs[name], side, wanted))
        )
        for line in sweep.lines
        for name in line
    )
    return f"{sweep.method} over {sweep.setting}: {', '.join(said)}"


CHART = Chart("sweep", "sweep", "Forgotten well and kept, over a method's setting", _draw)
