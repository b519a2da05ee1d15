"""How much leaks in any of k outputs a question, as k grows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from judgekit.report.render.cells import in_words
from judgekit.report.render.charts.base import NARROW, WIDTH, Chart, Drawing, opinion, shown_runs
from judgekit.report.render.drawing.canvas import SERIES, percent_axis
from judgekit.report.samples.records import AnyOfK, Curve
from judgekit.report.summary import Summary

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST = len(SERIES)
"""Curves that can be told apart; of more, those that leak most."""

LINE = 0.06
"""Height of a line of text, as a share of the axes' height."""


def _draw(summary: Summary) -> Drawing | None:
    """A line a run in a band of its 95 % interval, two lines where outputs are open; of one run every way of asking."""
    found = [(run.title, run.samples.curves) for run in shown_runs(summary) if run.samples is not None]
    every = [(name, curves[0]) for name, curves in found if curves]
    if len(every) == 1:
        every = [(curve.probe or name, curve) for name, curves in found for curve in curves]
    if not every:
        return None
    drawn = sorted(every, key=lambda one: -one[1].last.rate.middle)[:MOST]

    def paint(_: Figure, axes: Axes) -> None:
        for color, (_name, curve) in zip(SERIES, drawn, strict=False):
            ks = [step.k for step in curve.steps]
            rates = [step.rate for step in curve.steps]
            axes.fill_between(
                ks, [rate.low for rate in rates], [rate.high for rate in rates], color=color, alpha=0.15, lw=0
            )
            axes.plot(ks, [rate.bounds[0] for rate in rates], color=color, lw=1.8)
            if any(rate.value is None for rate in rates):
                axes.plot(ks, [rate.bounds[1] for rate in rates], color=color, lw=1.8, ls=(0, (4, 2)))
        ticks = sorted({step.k for _, curve in every for step in curve.steps})
        axes.set_xscale("log", base=2)
        axes.set_xticks(ticks, [f"{k}" for k in ticks])
        axes.minorticks_off()
        axes.set(xlim=(1, max(ticks)), ylim=(0, 1))
        axes.set_xlabel("k: outputs a question")
        axes.set_ylabel("Questions that leak in any of them")
        axes.grid(True)
        percent_axis(axes.yaxis)
        _name_ends(axes, [(name, curve.last) for name, curve in drawn])

    text = "; ".join(f"{name}: {_worded(curve)}" for name, curve in drawn)
    caption = (
        "Bands are 95 % intervals over questions; between a full and a dashed line lies what open outputs leave open."
        + (f" The {MOST} of {len(every)} curves that leak most." if len(every) > MOST else "")
        + opinion([step.rate for _, curve in drawn for step in curve.steps])
    )
    return Drawing((WIDTH, 3.9), paint, caption, text, narrow=(NARROW, 3.2))


def _name_ends(axes: Axes, ends: Sequence[tuple[str, AnyOfK]]) -> None:
    """Each curve's name beside its end, moved down where it would cover the one above it."""
    above = 1.0 + LINE
    room = LINE * len(ends)
    for color, (name, end) in zip(SERIES, ends, strict=False):
        room -= LINE
        above = max(min(end.rate.middle, above - LINE), room)
        axes.annotate(
            name, (1.0, above), (6, 0), "axes fraction", textcoords="offset points", va="center", color=color
        )


def _worded(curve: Curve) -> str:
    return ", ".join(f"{in_words(step.rate)} in any of {step.k}" for step in curve.steps)


CHART = Chart("any-of-k", "leaks", "Leaks in any of k outputs", _draw)
