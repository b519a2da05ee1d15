"""What a chart of the report is: where it stands, what it shows, its caption, and the same in words."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from judgekit.report.claims.claims import OPINION
from judgekit.report.groups import RunSummary
from judgekit.report.rates.judged import JudgedRate
from judgekit.report.sections import SECTIONS, Section
from judgekit.report.summary import Summary

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST = 40
"""Runs that a chart of runs shows."""

WIDTH = 7.6
"""Inches; the page shows a chart at 72 points an inch, up to its own width."""

_NAME = re.compile(r"[a-z][a-z0-9-]*")


@dataclass(frozen=True)
class Drawing:
    """A chart of one summary.

    Attributes
    ----------
    size : (float, float)
        Width and height in inches.
    paint : callable
        Draws on the empty figure and axes of matplotlib, in the colors of `judgekit.report.render.canvas`.
    caption : str
        Printed under it.
    text : str
        What it shows, in words, for those who cannot see it.
    """

    size: tuple[float, float]
    paint: Callable[[Figure, Axes], None]
    caption: str
    text: str


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
    """All runs; of many those that forgot best, since nobody can read more of them."""
    if len(summary.runs) <= MOST:
        return summary.runs

    def well(run: RunSummary) -> float:
        forget = run.side("forget")
        return -forget.rates["forgotten well"].middle if forget else 0.0

    best = {run.name for run in sorted(summary.runs, key=well)[:MOST]}
    return [run for run in summary.runs if run.name in best]


def chosen(summary: Summary) -> str:
    """What is to be said where a chart leaves out runs."""
    count = len(summary.runs)
    return f" The {MOST} of {count:,} runs that forgot best." if count > MOST else ""


def opinion(rates: Sequence[JudgedRate]) -> str:
    """What is to be said of the shares that a chart shows, where nobody but the judge stands behind them."""
    bare = [rate.kind == "judge" for rate in rates]
    if not any(bare):
        return ""
    return (
        f" {OPINION[0].upper()}{OPINION[1:]}." if all(bare) else f" Some of these shares are the {OPINION}."
    )
