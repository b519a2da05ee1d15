"""The picture of a path: agreement with people against coverage, what was tested, and where the test stopped."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from judgekit.report.render.charts import Drawn, drawn
from judgekit.report.render.charts.base import Chart, Drawing
from judgekit.report.render.drawing.canvas import GRID, INK, MUTED, PAPER, SERIES, percent_axis
from judgekit.trust.risk import percent
from judgekit.trust.selective.certificate import Part
from judgekit.trust.selective.trail import Tested, Trail

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SIZE, SMALL = (5.6, 3.2), (4.0, 2.7)
"""Inches; of one picture, and of one among several."""

STEADY = 0.05
"""The picture is scaled to what happens above this coverage; below it a few items decide."""

HOW = (
    "From left to right more verdicts are accepted, the surest first. A test passes while its exact lower bound is no "
    "less than what is promised; the first that fails ends them, and nothing beyond it is certified."
)
"""How to read a picture."""

LEGEND = (
    "Dashed: what is promised. Dark: agreement seen, as far as certified. Gray: seen beyond that. Blue: exact lower "
    "bound of each test. Cross: the first test that fails."
)
"""What its lines are, where no legend says so."""

ROOM = 0.82
"""Coverage below which the words fit into what lies beyond."""

TESTS, PATH, TARGET = SERIES[0], INK, SERIES[1]


def picture(trail: Trail, part: Part, name: str, title: str, alone: bool) -> Drawn | None:
    """The path of one part of a promise; None where no item has a verdict anywhere on it.

    Parameters
    ----------
    trail, part
        Of the same part of the promise.
    name, title : str
        Of the picture; the name is unique in the page.
    alone : bool
        Whether it is the only one.

    Raises
    ------
    MissingExtra
        Matplotlib is not installed.
    """
    if not trail.accepted:
        return None
    drawing = _drawing(trail, part, alone)
    return drawn(Chart(name, "trust", title, lambda _: drawing), drawing)


def _drawing(trail: Trail, part: Part, alone: bool) -> Drawing:
    passed = trail.tested[:-1] if trail.stopped else trail.tested
    failed = trail.tested[-1] if trail.stopped else None

    def paint(_: Figure, axes: Axes) -> None:
        points = _seen(trail)
        end = part.accepted / trail.items if part.certified else 0.0
        axes.axhline(part.agreement, color=TARGET, lw=1.3, ls=(0, (5, 3)), label="promised")
        axes.plot(*zip(*points, strict=True), color=MUTED, lw=1.1, label="seen, not certified")
        if certified := [point for point in points if point[0] <= end]:
            axes.plot(*zip(*certified, strict=True), color=PATH, lw=2.2, label="seen, certified")
        _bounds(axes, trail)
        if trail.answered:
            asked = _asked(trail)
            axes.axvspan(asked, 1.015, color=GRID, alpha=0.6, lw=0, zorder=0)
            if asked < ROOM:
                inside = axes.get_xaxis_transform()
                axes.text((asked + 1) / 2, 0.04, "not asked", color=MUTED, ha="center", transform=inside)
        if failed is not None and failed.bound is not None:
            axes.vlines(
                failed.accepted / trail.items,
                failed.bound,
                1 - failed.errors / failed.accepted,
                color=TARGET,
                lw=1,
            )
            axes.plot(
                failed.accepted / trail.items,
                failed.bound,
                "X",
                color=TARGET,
                ms=9,
                mec=PAPER,
                label="first test that fails",
            )
        if part.certified and part.observed is not None:
            axes.plot(end, part.observed, "D", color=PATH, ms=7, mec=PAPER)
            axes.axvline(end, color=PATH, lw=0.8, ls=(0, (1, 2)))
        low = _lowest(trail, part)
        axes.set(xlim=(0, 1.015), ylim=(low, 1 + 0.03 * (1 - low)))
        axes.set_xlabel(
            f"Coverage: share of the {_whole(trail)} with a verdict, surest first" if alone else "Coverage"
        )
        axes.set_ylabel("Agreement with people")
        axes.grid(True, color=GRID)
        percent_axis(axes.xaxis)
        percent_axis(axes.yaxis)
        if alone:
            axes.legend(frameon=False, loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2, fontsize=8.5)

    caption = f"{_outcome(trail, part)} {HOW}" if alone else _outcome(trail, part)
    return Drawing(SIZE if alone else SMALL, paint, caption, _worded(trail, part, passed, failed))


def _bounds(axes: Axes, trail: Trail) -> None:
    """The exact lower bounds of the tests, with what they fall short of what was seen."""
    tested = [(test.accepted, test.errors, test.bound) for test in trail.tested if test.bound is not None]
    if not tested:
        return
    x = [count / trail.items for count, _, _ in tested]
    seen, bound = [1 - errors / count for count, errors, _ in tested], [low for *_, low in tested]
    axes.fill_between(x, bound, seen, color=TESTS, alpha=0.14, lw=0)
    axes.plot(x, bound, color=TESTS, lw=1.4, marker=".", ms=6, label="exact lower bound, tested")


def _seen(trail: Trail) -> list[tuple[float, float]]:
    """Coverage and agreement at the points of a path; of a pool as far as people were asked."""
    asked = _asked(trail)
    found = ((n / trail.items, 1 - e / n) for n, e in zip(trail.accepted, trail.errors, strict=True))
    return [point for point in found if point[0] <= asked]


def _asked(trail: Trail) -> float:
    """The coverage up to which people were asked."""
    if not trail.answered:
        return 1.0
    last = trail.answered.index(max(trail.answered)) if max(trail.answered) else -1
    return trail.accepted[last] / trail.items if last >= 0 else 0.0


def _whole(trail: Trail) -> str:
    return "pool" if trail.answered else "labeled items"


def _lowest(trail: Trail, part: Part) -> float:
    """Where the axis of agreement begins."""
    steady = [agreement for coverage, agreement in _seen(trail) if coverage >= STEADY]
    bounds = [test.bound for test in trail.tested if test.bound is not None]
    low = min([part.agreement, *steady, *bounds])
    return max(0.0, low - 0.15 * (1 - low))


def _outcome(trail: Trail, part: Part) -> str:
    """Where the tests began and ended."""
    if not trail.tested:
        return "No test was made: there are too few labels."
    if len(trail.tested) == 1 and trail.stopped:
        at = percent(trail.tested[0].accepted / trail.items)
        return f"The first test, at a coverage of {at}, failed.{_answered(trail)}"
    first, last = (percent(test.accepted / trail.items) for test in (trail.tested[0], trail.tested[-1]))
    end = (
        f"stopped at {last}, where the first failed" if trail.stopped else f"ended at {last}, and all passed"
    )
    won = (
        f" The diamond is what is certified: {percent(part.accepted / trail.items)}."
        if part.certified
        else ""
    )
    return f"The tests began at a coverage of {first} and {end}.{won}{_answered(trail)}"


def _answered(trail: Trail) -> str:
    """How far people were asked, where they were asked along the path."""
    if not trail.answered:
        return ""
    return (
        f" People labeled {max(trail.answered):,} of {trail.items:,} items of the pool, the surest first; an item "
        "without a label counts as an error."
    )


def _worded(trail: Trail, part: Part, passed: Sequence[Tested], failed: Tested | None) -> str:
    made = f"{len(trail.tested)} tests were made, {len(passed)} passed. {_outcome(trail, part)}"
    if part.certified and part.observed is not None:
        seen = f"{percent(part.observed)} of {part.accepted:,} verdicts agree"
        made += f" There {seen}; promised are {percent(part.agreement)}."
    else:
        made += f" Nothing is certified at {percent(part.agreement)}."
    if failed is not None and failed.bound is not None:
        made += f" The lower bound of the test that failed is {percent(failed.bound)}."
    return made
