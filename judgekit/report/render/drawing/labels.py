"""Names beside the points of a chart: none over another, a point or a line; what finds no place is left out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from judgekit.errors import MissingExtra
from judgekit.report.render.drawing.canvas import INK, MUTED, settle

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Segment = tuple[tuple[float, float], tuple[float, float]]
"""Of a line, in data coordinates: where it begins and ends."""


def place_names(
    axes: Axes,
    points: Sequence[tuple[float, float]],
    names: Sequence[str],
    segments: Sequence[Segment],
    radius: float,
) -> list[str]:
    """Write names beside their points, the first ones first, by the library textalloc.

    Parameters
    ----------
    axes : matplotlib's Axes
        With fixed limits; everything else is drawn.
    points : sequence of (float, float)
        In data coordinates; names keep clear of all of them.
    names : sequence of str
        One for each of the points.
    segments : sequence of Segment
        Lines that names keep clear of.
    radius : float
        Of the points, in points (1/72 inch).

    Returns
    -------
    list of str
        The names that found no place.

    Raises
    ------
    MissingExtra
        textalloc is not installed.
    """
    try:
        from textalloc import allocate
    except ImportError as error:
        raise MissingExtra("The HTML report", "report", error) from None
    if not points:
        return []
    figure = axes.get_figure(root=True)
    assert figure is not None
    settle(figure)
    box = axes.get_window_extent()
    away = radius * figure.dpi / 72 / min(box.width, box.height)  # textalloc counts in shares of the axes
    rings = [(x, y) for point in points for x, y in _ring(axes, point, radius * figure.dpi / 72)]
    lines: dict[str, Any] = {}
    if segments:
        longer = [_longer(axes, segment) for segment in segments]
        lines["x_lines"] = [[one[0], other[0]] for one, other in longer]
        lines["y_lines"] = [[one[1], other[1]] for one, other in longer]
    *_, texts, _ = allocate(
        axes,
        [x for x, _ in points],
        [y for _, y in points],
        list(names),
        x_scatter=[x for x, _ in rings],
        y_scatter=[y for _, y in rings],
        **lines,
        textsize=float(axes.xaxis.label.get_fontsize()),
        textcolor=INK,
        linecolor=MUTED,
        linewidth=0.6,
        margin=0.004,
        min_distance=away + 0.008,
        max_distance=away + 0.16,
        nbr_candidates=160,
        draw_all=False,
        avoid_label_lines_overlap=True,
        avoid_crossing_label_lines=True,
        zorder=4,
    )
    return [name for name, text in zip(names, texts, strict=True) if text is None]


def _ring(axes: Axes, point: tuple[float, float], radius: float) -> list[tuple[float, float]]:
    """A point's middle and its rim, in data coordinates: textalloc takes points to have no size."""
    x, y = axes.transData.transform(point)
    around = ((0, 0), (1, 0), (-1, 0), (0, 1), (0, -1), (0.7, 0.7), (-0.7, 0.7), (0.7, -0.7), (-0.7, -0.7))
    back = axes.transData.inverted()
    return [tuple(back.transform((x + radius * dx, y + radius * dy))) for dx, dy in around]


CLEAR = 2.0
"""Pixels by which names keep clear of the ends of lines: a text's box is known only to a pixel."""


def _longer(axes: Axes, segment: Segment) -> Segment:
    """A line that goes a little further at both ends."""
    (x0, y0), (x1, y1) = axes.transData.transform(segment)
    length = math.hypot(x1 - x0, y1 - y0)
    if not length:
        return segment
    dx, dy = CLEAR * (x1 - x0) / length, CLEAR * (y1 - y0) / length
    one, other = axes.transData.inverted().transform([(x0 - dx, y0 - dy), (x1 + dx, y1 + dy)])
    return (float(one[0]), float(one[1])), (float(other[0]), float(other[1]))
