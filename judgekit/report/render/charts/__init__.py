"""The charts of the report, one module each: what it shows, its caption, and the same in words.

Here: a chart's place, title and drawing. Not here: colors (:mod:`judgekit.report.render.drawing.palette`), SVG.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from html import escape

from judgekit.display import xml_text
from judgekit.extensions import extensions
from judgekit.report.render.charts import any_of_k, breakdown, plane, reliability, risk_coverage, sweep
from judgekit.report.render.charts.base import Chart, Drawing
from judgekit.report.render.drawing.svg import draw
from judgekit.report.sections import Section
from judgekit.report.summary import Summary

SHIPPED = (
    plane.CHART,
    breakdown.FORGET,
    breakdown.KEEP,
    any_of_k.CHART,
    risk_coverage.CHART,
    reliability.CHART,
    sweep.CHART,
)
"""In the order in which they stand in their sections."""


@dataclass(frozen=True)
class Drawn:
    """A chart of one summary, ready for the page: ``svg`` to be put inline, ``text`` the same in words."""

    name: str
    place: Section
    title: str
    svg: str
    caption: str
    text: str


def every_chart() -> Iterator[Chart]:
    """The charts that ship with judgekit, then those of other packages.

    Raises
    ------
    ConfigError
        A package that adds a chart is broken.
    """
    yield from SHIPPED
    names = {chart.name for chart in SHIPPED}
    for name, added in extensions("judgekit.charts").items():
        if name not in names:
            yield replace(added.load(Chart), name=name)


def charts(summary: Summary) -> list[Drawn]:
    """The charts that this summary has data for.

    Raises
    ------
    MissingExtra
        Matplotlib is not installed.
    ConfigError
        A package that adds a chart is broken.
    """
    return [drawn(chart, drawing) for chart, drawing in drawings(summary)]


def drawings(summary: Summary) -> Iterator[tuple[Chart, Drawing]]:
    """The charts that this summary has data for, each with what it draws.

    Raises
    ------
    ConfigError
        A package that adds a chart is broken.
    """
    told = _printable(summary)
    for chart in every_chart():
        drawing = chart.draw(told)
        if drawing is not None:
            yield chart, drawing


def _printable(summary: Summary) -> Summary:
    """The summary with names of runs and methods that can be drawn; a folder's name may hold any bytes."""
    return replace(
        summary,
        runs=tuple(
            replace(run, title=xml_text(run.title), method=xml_text(run.method)) for run in summary.runs
        ),
        comparisons=tuple(
            replace(
                found,
                sweeps=tuple(replace(sweep, method=xml_text(sweep.method)) for sweep in found.sweeps),
            )
            for found in summary.comparisons
        ),
    )


def drawn(chart: Chart, drawing: Drawing) -> Drawn:
    """One chart as SVG; where it has a form of its own for a phone, the page's style shows one of the two."""
    if drawing.narrow is None:
        html = _html(chart, drawing, drawing.size, "drawn")
    else:
        html = _html(chart, drawing, drawing.size, "drawn wide")
        html += _html(chart, drawing, drawing.narrow, "drawn narrow", f"{chart.name}-narrow")
    return Drawn(chart.name, chart.place, chart.title, html, drawing.caption, drawing.text)


def _html(chart: Chart, drawing: Drawing, size: tuple[float, float], look: str, name: str = "") -> str:
    made = draw(name or chart.name, chart.title, drawing.text, size, drawing.paint)
    note = f'<p class="note">{escape(made.note)}</p>' if made.note else ""
    return f'<div class="{look}">{made.svg}{note}</div>'
