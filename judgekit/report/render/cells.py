"""What a cell of the report's tables can be, and how figures are written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from judgekit.report.rates.judged import JudgedRate

ABSENT = "–"

Cell = str | JudgedRate


@dataclass(frozen=True)
class Table:
    """``name`` is a short identifier, ``note`` one line on how to read it; the first column names the row.

    Tables of one ``group`` follow each other under it as their heading.
    """

    name: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    group: str = ""

    def without_empty(self) -> Table:
        """The table without columns that say nothing in any row."""
        kept = [i for i in range(len(self.columns)) if any(row[i] != ABSENT for row in self.rows)]
        columns = tuple(self.columns[i] for i in kept)
        return replace(self, columns=columns, rows=tuple(tuple(row[i] for i in kept) for row in self.rows))


def percent(share: float) -> str:
    """0.1234 -> 12.3 %; never rounds something to nothing or to everything."""
    if 0 < share < 0.001:
        return "<0.1 %"
    if 0.999 < share < 1:
        return ">99.9 %"
    return f"{100 * share:.1f} %"


def estimate(rate: JudgedRate, digits: int = 1) -> str:
    """'12.3 %'; '12.3-14.0 %', what it can be, where open items leave it open."""
    low, high = (f"{100 * bound:z.{digits}f}" for bound in rate.bounds)
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


def in_words(cell: Cell, digits: int = 1) -> str:
    """A cell as plain text; a rate with its interval in brackets, where that says more."""
    if isinstance(cell, str):
        return cell
    inside = limits(cell, digits)
    return estimate(cell, digits) + (f" [{inside}]" if inside else "")


NAMED = 6
"""Names that a sentence holds."""


def listed(names: Sequence[str], most: int = NAMED) -> str:
    """'A, B and C'; of many the first, and how many more."""
    if len(names) > most:
        names = [*names[: most - 1], f"{len(names) - most + 1:,} more"]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def with_limits(found: tuple[float, float, float] | None) -> str:
    """A share with its interval, given as (estimate, low, high): ``87.5 % [81.0–92.3]``."""
    return ABSENT if found is None else f"{percent(found[0])} [{100 * found[1]:.1f}–{100 * found[2]:.1f}]"


def figure(value: float | None) -> str:
    """A number that is not a share: three decimals, or two digits where it is tiny or huge."""
    if value is None:
        return ABSENT
    return f"{value:.3f}" if value == 0 or 1e-3 <= abs(value) < 1e4 else f"{value:.2g}"


def share(value: float | None) -> str:
    """A share in percent, without an interval."""
    return ABSENT if value is None else percent(value)


def money(dollars: float | None) -> str:
    """Dollars to the cent; below a cent to two digits, so that a cheap judge does not look free."""
    if dollars is None:
        return ABSENT
    return f"${dollars:,.2f}" if dollars >= 0.01 or dollars == 0 else f"${dollars:.2g}"
