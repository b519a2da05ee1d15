"""Empty axes in the report's style for a chart to draw on; the only place where matplotlib is imported.

A chart draws in colors by name (`INK`, `label_color("leaked")`); what they are, a page's variables or real colors, is
settled by whoever wants the drawing.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from judgekit.display import xml_text
from judgekit.errors import MissingExtra
from judgekit.report.render.drawing import palette

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Paint = Callable[["Figure", "Axes"], str | None]
"""Draws on an empty figure and axes; gives what only the drawing can tell and its reader must know, if anything."""

_PREFIX = "judgekit:"
NAMES = (*palette.colors("light"), "hatch")
"""Colors that a chart can draw in."""


def color(name: str) -> str:
    """A color of the palette as matplotlib takes it: ``color("label-leaked")``."""
    return _PREFIX + name


INK, MUTED, GRID, PAPER, UNDECIDED = map(color, ("ink", "muted", "grid", "paper", "undecided"))
SERIES = [color(f"series-{number}") for number in range(palette.SERIES)]


def label_color(label: str) -> str | None:
    """The color of a verdict's label, by what it counts as; None of one that the palette does not know."""
    return color(f"label-{label}") if label in palette.LABELS else None


def _matplotlib() -> tuple[Any, Any]:
    try:
        import matplotlib
        from matplotlib.figure import Figure
    except ImportError as error:
        raise MissingExtra("The HTML report", "report", error) from None
    return matplotlib, Figure


WIDE = 4.5
"""Inches from which on a drawing is not for a phone or one column of a paper."""

SIZES = (10.0, 8.5)
"""Points of text in a wide and in a narrow drawing."""

STYLE: Mapping[str, Any] = {
    "text.parse_math": False,  # a name with dollar signs is a name
    "font.family": "DejaVu Sans",
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": MUTED,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelcolor": MUTED,
    "ytick.labelcolor": MUTED,
    "grid.color": GRID,
    "grid.linewidth": 0.8,
    "hatch.color": color("hatch"),
    "hatch.linewidth": 0.8,
    "patch.linewidth": 0,
    "legend.frameon": False,
}


def _sized(width: float) -> dict[str, float]:
    """One size of text in all of a drawing of this width."""
    return dict.fromkeys(("font.size", "legend.fontsize", "axes.titlesize"), SIZES[width < WIDE])


@contextmanager
def painted(
    size: tuple[float, float], paint: Paint, colors: Mapping[str, str], style: Mapping[str, Any]
) -> Iterator[tuple[Figure, str]]:
    """A painted figure, to be saved inside the ``with``, and what only the drawing can tell.

    Parameters
    ----------
    size : (float, float)
        Width and height in inches.
    paint : callable
        Draws on the empty figure and axes.
    colors : mapping
        A color for each of NAMES.
    style : mapping
        Settings of matplotlib beside STYLE.

    Raises
    ------
    MissingExtra
        matplotlib is not installed.
    """
    matplotlib, figure_class = _matplotlib()
    known = matplotlib.colors.get_named_colors_mapping()
    for name, value in colors.items():
        known[color(name)] = value
    with matplotlib.rc_context({**STYLE, **_sized(size[0]), **style}):
        figure = figure_class(figsize=size, layout="constrained")
        figure.patch.set_alpha(0)
        axes = figure.add_subplot()
        axes.patch.set_alpha(0)
        note = paint(figure, axes)
        for text in figure.findobj(matplotlib.text.Text):
            text.set_text(
                xml_text(text.get_text())
            )  # labels and the like come from files, and may hold any character
        settle(figure)
        yield figure, note or ""


def to_svg(figure: Figure) -> str:
    """A painted figure as a file of SVG that says nothing of when and by what it was made."""
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    file = io.StringIO()  # straight to the canvas: savefig would draw everything twice
    canvas: Any = FigureCanvasSVG(figure)
    canvas.print_svg(file, metadata={"Date": None, "Creator": None})
    return xml_text(file.getvalue())


def settle(figure: Figure) -> None:
    """Lay out now, once for all: what is drawn from here on is placed by measure and must not move anything."""
    engine = figure.get_layout_engine()
    if engine is not None:
        engine.execute(figure)
        figure.set_layout_engine("none")


def panels(figure: Figure, axes: Axes, count: int, columns: int) -> list[Axes]:
    """Small multiples in the place of the one empty axes: all on one scale of y, row by row.

    Parameters
    ----------
    figure, axes
        What a chart is given to draw on
    count : int
        How many.
    columns : int
        How many stand beside each other.
    """
    axes.remove()
    columns = min(columns, count)
    made = figure.subplots(-(-count // columns), columns, sharey=True, squeeze=False).ravel().tolist()
    for spare in made[count:]:
        spare.remove()
    for one in made:
        one.patch.set_alpha(0)
    return list(made[:count])


def lead(artist: Artist, link: str, title: str, count: int | None = None) -> None:
    """Make a mark of a chart lead somewhere in the page.

    Parameters
    ----------
    artist : matplotlib's Artist
        A bar, a line with markers, a text.
    link : str
        A fragment such as `judgekit.report.render.links.items_link` makes.
    title : str
        What stands beside the pointer, and what a screen reader says.
    count : int, optional
        How many items the link leads to.
    """
    artist.set_url(link)
    artist.set_gid(json.dumps({"title": title, "count": count}))


def percent_axis(axis: Any) -> None:
    """Print the ticks of a matplotlib axis of shares in percent, with as many digits as tell them apart."""
    from matplotlib.ticker import PercentFormatter

    axis.set_major_formatter(PercentFormatter(1))
