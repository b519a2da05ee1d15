"""Charts as they are drawn, for tests that look at marks and boxes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from judgekit.report import load, summarize
from judgekit.report.order import best_first
from judgekit.report.render.drawing.canvas import painted
from judgekit.report.render.drawing.palette import colors
from tests.report.make_runs import METHODS, make_run


def made_up(folder):
    """A summary of runs of six methods."""
    return summarize(load([make_run(folder / method, method) for method in METHODS]))


def of_many(summary, count, *, jitter=0.0):
    """A summary of so many runs: those of the given one again and again, in their places or moved a little."""
    runs = []
    for number in range(count):
        run = summary.runs[number % len(summary.runs)]
        name, by = f"run {number} of a method", jitter * (number // len(summary.runs))
        groups = tuple(
            replace(group, run=name, rates={key: moved(rate, by) for key, rate in group.rates.items()})
            for group in run.groups
        )
        runs.append(replace(run, name=name, title=name, groups=groups))
    return replace(summary, runs=tuple(runs), order=best_first(runs))


def moved(rate, by):
    def one(value):
        return None if value is None else min(1.0, max(0.0, value + by))

    bounds = (one(rate.bounds[0]), one(rate.bounds[1]))
    return replace(rate, value=one(rate.value), low=one(rate.low), high=one(rate.high), bounds=bounds)


@contextmanager
def painting(drawing, size=None) -> Iterator:
    """A drawing's figure, and what only drawing tells; in real colors."""
    with painted(size or drawing.size, drawing.paint, {**colors("light"), "hatch": "#00000000"}, {}) as made:
        yield made
