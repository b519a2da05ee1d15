"""What a chart of the report is: where it stands, what it shows, its caption, and the same in words."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from judgekit.report.claims.claims import OPINION
from judgekit.report.groups import RunSummary
from judgekit.report.rates.judged import JudgedRate
from judgekit.report.render.drawing.canvas import WIDE, Paint
from judgekit.report.sections import SECTIONS, Section
from judgekit.report.summary import Summary

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST = 50
"""Runs that a chart of runs shows."""

WIDTH, NARROW = 7.6, 3.75
"""Inches; on the page an inch has 96 pixels, and a chart is never drawn larger. The narrow one is for phones."""

_NAME = re.compile(r"[a-z][a-z0-9-]*")


@dataclass(frozen=True)
class Drawing:
    """A chart of one summary.

    Attributes
    ----------
    size : (float, float)
        Width and height in inches.
    paint : callable
        Draws on the empty figure and axes of matplotlib, in the colors of `judgekit.report.render.drawing.canvas`.
        What only the drawing can tell (names that found no place) it may give as a sentence, which stands under it.
    caption : str
        Printed under it.
    text : str
        What it shows, in words, for those who cannot see it.
    narrow : (float, float), optional
        Another size for phones, about NARROW inches wide; ``paint`` then draws both, and knows by the figure's width
        which. Without it the wide drawing is made smaller, its text too.
    """

    size: tuple[float, float]
    paint: Paint
    caption: str
    text: str
    narrow: tuple[float, float] | None = None


@dataclass(frozen=True)
class Chart:
    """One of the report's charts.

    Attributes
    ----------
    name : str
        Small letters, digits and hyphens; unique in the page.
    place : one of SECTIONS
        The section of the page that it stands in.
    title : str
    draw : callable
        A summary to its drawing; None where the summary has no data for it.

    Raises
    ------
    ValueError
        It has no place, title or proper name, so that it would not be seen.
    """

    name: str
    place: Section
    title: str
    draw: Callable[[Summary], Drawing | None]

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ValueError(f"chart '{self.name}': a name is of small letters, digits and hyphens")
        if self.place not in SECTIONS:
            raise ValueError(
                f"chart '{self.name}' has no place: '{self.place}' is none of {', '.join(SECTIONS)}"
            )
        if not self.title:
            raise ValueError(f"chart '{self.name}' has no title")


def shown_runs(summary: Summary) -> Sequence[RunSummary]:
    """All runs, best first; of more than MOST the best, and what they are measured against."""
    runs = {run.name: run for run in summary.runs}
    ranked = [runs[name] for name in summary.order]
    room = MOST - sum(bool(run.baseline) for run in ranked)
    candidates = [run for run in ranked if not run.baseline]
    return [*candidates[: max(room, 0)], *(run for run in ranked if run.baseline)][:MOST]


def chosen(summary: Summary) -> str:
    """What is to be said where a chart leaves out runs."""
    count = len(summary.runs)
    return f" The best {MOST} of {count:,} runs." if count > MOST else ""


PANEL = 3.3
"""Inches of a panel's side where several stand beside each other."""


def beside(figure: Figure) -> int:
    """How many panels stand beside each other in a figure of this width."""
    return max(1, int(figure.get_size_inches()[0] / (0.9 * PANEL)))


def several(
    count: int, columns: int = 2, height: float = PANEL
) -> tuple[tuple[float, float], tuple[float, float]]:
    """The wide and the narrow size of so many panels; in the narrow one they stand below each other.

    Parameters
    ----------
    count : int
        How many panels.
    columns : int
        How many of them may stand beside each other.
    height : float
        Inches of one.
    """
    across = min(count, columns)
    width = max(PANEL * across, WIDE + 0.1)
    return (width, height * -(-count // across)), (NARROW, height * count)


def opinion(rates: Sequence[JudgedRate]) -> str:
    """What is to be said of the shares that a chart shows, where nobody but the judge stands behind them."""
    bare = [rate.kind == "judge" for rate in rates]
    if not any(bare):
        return ""
    return (
        f" {OPINION[0].upper()}{OPINION[1:]}." if all(bare) else f" Some of these shares are the {OPINION}."
    )
