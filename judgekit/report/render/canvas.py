"""Empty axes in the report's style for a chart to draw on; the only place where matplotlib is imported.

A chart draws in colors by name (`INK`, `label_color("leaked")`); what they are, a page's variables or real colors, is
settled by whoever wants the drawing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from judgekit.errors import MissingExtra
from judgekit.report.render import palette

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Paint = Callable[["Figure", "Axes"], None]

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


STYLE: Mapping[str, Any] = {
    "text.parse_math": False,  # a name with dollar signs is a name
    "font.family": "DejaVu Sans",
    "font.size": 9.5,
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


@contextmanager
def painted(
    size: tuple[float, float], paint: Paint, colors: Mapping[str, str], style: Mapping[str, Any]
) -> Iterator[Figure]:
    """A painted figure, to be saved inside the ``with``.

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
    with matplotlib.rc_context({**STYLE, **style}):
        figure = figure_class(figsize=size, layout="constrained")
        figure.patch.set_alpha(0)
        axes = figure.add_subplot()
        axes.patch.set_alpha(0)
        paint(figure, axes)
        yield figure


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
    """Print the ticks of a matplotlib axis of shares as whole percents."""
    from matplotlib.ticker import PercentFormatter

    axis.set_major_formatter(PercentFormatter(1, decimals=0))
