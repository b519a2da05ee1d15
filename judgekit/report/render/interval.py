"""A rate drawn in a line of a table: estimate and 95 % interval on a scale from 0 to 100 %, as inline SVG."""

from __future__ import annotations

from markupsafe import Markup

from judgekit.report.rates.judged import JudgedRate

WIDTH, HEIGHT = 60, 14
MARGIN = 4
"""Pixels left of 0 % and right of 100 %, for half a point."""


def drawn(rate: JudgedRate, look: str, chance: JudgedRate | None = None) -> Markup:
    """A point with whiskers; where the estimate is left open, an open bar over what it can be.

    The text beside it says the same, so a screen reader skips it. Colors are the page's: the element has the class
    ``look``, and its mark that of the page's text.

    Parameters
    ----------
    rate : JudgedRate
    look : str
        CSS classes that give the color.
    chance : JudgedRate or None
        Drawn as a tick: the share that chance alone would give.
    """
    middle = HEIGHT / 2
    low, high = _x(rate.low), _x(rate.high)
    marks = [
        f'<path class="scale" d="M{MARGIN} {middle:g}H{WIDTH - MARGIN}M{_x(0):g} 4v6M{_x(0.5):g} 5v4M{_x(1):g} 4v6"/>',
        f'<path class="whisker" d="M{low:g} {middle:g}H{high:g}M{low:g} 4v6M{high:g} 4v6"/>',
    ]
    if rate.value is None:
        left, right = map(_x, rate.bounds)
        marks.append(f'<rect class="open" x="{left:g}" y="4" width="{max(right - left, 1):g}" height="6"/>')
    else:
        marks.append(f'<circle class="point" cx="{_x(rate.value):g}" cy="{middle:g}" r="3"/>')
    if chance is not None:
        marks.append(f'<path class="chance" d="M{_x(chance.middle):g} 0v{HEIGHT}"/>')
    return Markup(
        f'<svg class="interval {look}" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
        f'aria-hidden="true">{"".join(marks)}</svg>'
    )


def _x(share: float) -> float:
    return round(MARGIN + (WIDTH - 2 * MARGIN) * share, 1)
