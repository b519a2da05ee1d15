"""The report's charts as files for a paper: SVG, PDF and PNG in one style, at the widths of a paper's columns.

Always on white, with patterns beside the colors, so that they can be read in black and white; without links. What the
page prints around a chart stands in a file of captions. The same summary gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from judgekit.report.render.charts import drawings
from judgekit.report.render.charts.base import Drawing
from judgekit.report.render.drawing import palette
from judgekit.report.render.drawing.canvas import painted, to_svg
from judgekit.report.summary import Summary
from judgekit.runs.atomic import replacing, replacing_bytes

CAPTIONS = "captions.txt"
"""Title, caption and note of every chart: what a figure without them would not say, such as what it rests on."""

COLUMN, PAGE = 3.3, 6.9
"""Inches: one column of a paper, and both."""

FILLS = 6.0
"""Inches from which on a drawing takes both columns."""

DPI = 300
"""Of PNG files."""

_TEXT = {COLUMN: 7.0, PAGE: 8.0}
"""Width -> points of all text."""

_FORMATS: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {  # nothing in a file may say when or by what it was made: that would change its bytes
        "pdf": {"metadata": {"CreationDate": None, "Creator": None, "Producer": None}},
        "png": {"metadata": {"Software": None}, "dpi": DPI},
    }
)


def write_figures(summary: Summary, folder: str | Path) -> Iterator[Path]:
    """Write every chart that the summary has data for, named by the chart: ``plane.svg``, ``plane.pdf``, ``plane.png``.

    And ``captions.txt``, what the page prints around them: title, caption, and which names found no place.

    Parameters
    ----------
    summary : Summary
    folder : str or Path
        Made where it is not there.

    Yields
    ------
    Path
        Each file once it is there.

    Raises
    ------
    MissingExtra
        matplotlib is not installed.
    ConfigError
        A package that adds a chart is broken.
    OSError
        A file cannot be written; the error names it.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    told = []
    for chart, drawing in drawings(summary):
        note = yield from _write(chart.name, drawing, folder)
        told.append("\n".join(filter(None, (f"{chart.name}: {chart.title}", drawing.caption.strip(), note))))
    path = folder / CAPTIONS
    with replacing(path) as text:
        text.write("\n\n".join(told) + "\n")
    yield path


def _write(name: str, drawing: Drawing, folder: Path) -> Generator[Path, None, str]:
    """One chart in all forms, drawn once; what only the drawing can tell."""
    size = _size(drawing)
    colors = {**palette.colors("light"), "hatch": palette.colors("light")["paper"]}
    style = {
        **dict.fromkeys(("font.size", "legend.fontsize", "axes.titlesize"), _TEXT[size[0]]),
        "pdf.fonttype": 42,  # TrueType, as journals ask for, and not Type 3
        "svg.fonttype": "none",
        "svg.hashsalt": name,
    }
    with painted(size, drawing.paint, colors, style) as (figure, note):
        figure.patch.set(alpha=1, facecolor="white")
        for artist in figure.findobj():
            artist.set_url(None)
            artist.set_gid(None)
        path = folder / f"{name}.svg"
        with replacing(path) as text:
            text.write(to_svg(figure))
        yield path
        for kind, options in _FORMATS.items():
            path = folder / f"{name}.{kind}"
            with replacing_bytes(path) as file:
                figure.savefig(file, format=kind, **options)
            yield path
    return note


def _size(drawing: Drawing) -> tuple[float, float]:
    """Inches: both columns for what is wide, else one, by the drawing's narrow form where it has one."""
    if drawing.size[0] >= FILLS:
        width, (across, high) = PAGE, drawing.size
    else:
        width, (across, high) = COLUMN, drawing.narrow or drawing.size
    return width, high * width / across
