"""A matplotlib drawing as inline SVG, in the page's colors and typeface, with its words for those who cannot see it."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING, Any

from judgekit.errors import MissingExtra

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Stand-in -> CSS. The stand-ins are never seen; they only have to differ.
INK, MUTED, GRID, PAPER = "#010101", "#020202", "#030303", "#040404"
SERIES = [f"#0600{number:02x}" for number in range(8)]
UNDECIDED = "#070001"
LABELS = {
    (side, label): f"#08{number:02x}{number:02x}"
    for number, (side, label) in enumerate(
        (side, label)
        for side, labels in (
            ("forget", ("leaked", "partial", "withheld", "wrong", "degenerate")),
            ("keep", ("correct", "partial", "wrong", "refused", "degenerate")),
        )
        for label in labels
    )
}
CSS = {
    INK: "var(--ink)",
    MUTED: "var(--muted)",
    GRID: "var(--grid)",
    PAPER: "var(--paper)",
    **{color: f"var(--series-{number})" for number, color in enumerate(SERIES)},
    UNDECIDED: "var(--undecided)",
    **{color: f"var(--{side}-{label})" for (side, label), color in LABELS.items()},
}


def _matplotlib() -> Any:
    try:
        import matplotlib
        from matplotlib.figure import Figure
    except ImportError as error:
        raise MissingExtra("The HTML report", "report", error) from None
    return matplotlib, Figure


def draw(
    name: str, title: str, text: str, size: tuple[float, float], paint: Callable[[Figure, Axes], None]
) -> str:
    """A chart as an ``<svg>`` element that can stand in a page: its own ids, the page's colors, no fixed size.

    Parameters
    ----------
    name : unique in the page. title, text : what a screen reader says.
    size : width and height in inches. paint : draws on the empty figure and axes.

    Raises
    ------
    MissingExtra : matplotlib is not installed.
    """
    matplotlib, figure_class = _matplotlib()
    style = {
        "svg.fonttype": "none",
        "text.parse_math": False,  # a name with dollar signs is a name
        "svg.hashsalt": name,  # the same ids every time
        "font.size": 9.5,
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
        "hatch.linewidth": 0.8,
        "patch.linewidth": 0,
    }
    with matplotlib.rc_context(style):
        figure = figure_class(figsize=size, layout="constrained")
        figure.patch.set_alpha(0)
        axes = figure.add_subplot()
        axes.patch.set_alpha(0)
        paint(figure, axes)
        file = io.StringIO()
        figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None})
    return _inline(file.getvalue(), name, title, text)


def _inline(svg: str, name: str, title: str, text: str) -> str:
    """The ``<svg>`` element alone, named, described, and in the page's colors and typeface."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    used = set(re.findall(r'(?:url\(|href=")#([^")]+)', svg))
    svg = re.sub(r' id="([^"]*)"', lambda found: f' id="{name}-{found[1]}"' if found[1] in used else "", svg)
    svg = re.sub(r'(url\(|href=")#', rf"\1#{name}-", svg)
    for stand_in, css in CSS.items():
        svg = svg.replace(stand_in, css)
    svg = re.sub(r"font: ([\d.]+)px [^;\"]*", r"font-size: \1px", svg)
    head = f'<svg role="img" aria-labelledby="{name}-title {name}-text" class="chart" '
    words = f'<title id="{name}-title">{escape(title)}</title><desc id="{name}-text">{escape(text)}</desc>'
    opening = re.compile(r"<svg [^>]*>")
    tag = opening.search(svg)
    assert tag is not None
    box = re.search(r'viewBox="([^"]*)"', tag[0])
    assert box is not None
    width = float(box[1].split()[2])
    namespaces = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    return f'{head}viewBox="{box[1]}" style="max-width: {width:.0f}pt" {namespaces}>{words}{svg[tag.end() :].strip()}'


def percent_axis(axis: Any) -> None:
    """Print the ticks of a matplotlib axis of shares as whole percents."""
    from matplotlib.ticker import PercentFormatter

    axis.set_major_formatter(PercentFormatter(1, decimals=0))
