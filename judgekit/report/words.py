"""Sentences of a report, and figures and names as a sentence or a cell writes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from judgekit.display import some
from judgekit.report.rates.judged import JudgedRate
from judgekit.report.sections import Section

Tone = Literal["good", "bad", "warning", "plain"]


@dataclass(frozen=True)
class Finding:
    """One sentence. ``tone``: what it means for trust or for the run; ``about``: the section that it stands in."""

    tone: Tone
    text: str
    runs: tuple[str, ...] = ()
    about: Section = "leaks"


EXACT = 1e-9
"""Shares this near to nothing or to everything are that; the rest is error of the arithmetic."""


def percent(share: float) -> str:
    """0.1234 -> 12.3 %; never rounds something to nothing or to everything."""
    return f"{_rounded(share, 1)} %"


def _rounded(share: float, digits: int) -> str:
    """A share in percent without the sign: 12.3; what is neither nothing nor everything is not rounded to it."""
    least = 10.0 ** -(digits + 2)  # not 0.1 ** 3, which is a little more than 0.001
    if EXACT < share < least:
        return f"<{100 * least:.{digits}f}"
    if 1 - least < share < 1 - EXACT:
        return f">{100 * (1 - least):.{digits}f}"
    return f"{100 * share:z.{digits}f}"


def estimate(rate: JudgedRate, digits: int = 1) -> str:
    """'12.3 %'; '12.3-14.0 %', what it can be, where open items leave it open; rounded as `percent` does."""
    low, high = (_rounded(bound, digits) for bound in rate.bounds)
    return f"{low} %" if low == high else f"{low}–{high} %"


def limits(rate: JudgedRate, digits: int = 1) -> str:
    """The confidence limits in percent: '10.1-14.8'; empty where the estimate is nothing else.

    Limits that look alike get another digit, so that no interval looks like a point.
    """
    if rate.value is None and rate.bounds == (rate.low, rate.high):
        return ""
    low, high = (f"{100 * limit:z.{digits}f}" for limit in (rate.low, rate.high))
    to = " to " if rate.low < 0 else "–"
    return limits(rate, digits + 1) if low == high and digits < 3 else f"{low}{to}{high}"


def spoken(rate: JudgedRate) -> str:
    """A rate with its interval, in words: '12.3 % [10.1–14.8]', as in every table; bounds where it is left open."""
    inside = limits(rate)
    where = f" [{inside}]" if inside else ""
    if rate.value is None:
        return f"between {percent(rate.bounds[0])} and {percent(rate.bounds[1])}{where}"
    return f"{percent(rate.value)}{where}"


def with_count(share: str, rate: JudgedRate, count: int, items: int) -> str:
    """A share and the verdicts behind its link: '10.4 % (25 of 240 verdicts)' where it is a count of them.

    One that people's labels or a certificate correct is no count: it says so, and that the link shows the verdicts.
    """
    if rate.kind == "judge":
        return f"{share} ({count:,} of {some(items, 'verdict')})"
    what = (
        "an estimate that people's labels correct"
        if rate.kind == "people"
        else "as the certificate bounds it"
    )
    return f"{share}, {what}; the link shows the verdicts, {count:,} of {items:,}"


NAMED = 6
"""Names that a sentence holds."""


def listed(names: Sequence[str], most: int = NAMED) -> str:
    """'A, B and C'; of many the first, and how many more."""
    if len(names) > most:
        names = [*names[: most - 1], f"{len(names) - most + 1:,} more"]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
