"""What a cell of the report's tables can be, and how figures are written."""

from __future__ import annotations

from dataclasses import dataclass, replace

from judgekit.report.rates.judged import JudgedRate
from judgekit.report.sections import Section
from judgekit.report.words import estimate, limits, percent

ABSENT = "–"

Cell = str | JudgedRate

Row = dict[str, object]
"""A row of the CSV, by its columns."""


@dataclass(frozen=True)
class Table:
    """``name`` is a short identifier, ``note`` one line on how to read it; the first column names the row.

    Tables of one ``group`` follow each other under it as their heading. ``place`` is the section it stands in,
    ``folded`` whether the page shows it only when it is asked for.
    """

    name: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    group: str = ""
    place: Section = "leaks"
    folded: bool = False

    def without_empty(self) -> Table:
        """The table without columns that say nothing in any row."""
        kept = [i for i in range(len(self.columns)) if any(row[i] != ABSENT for row in self.rows)]
        columns = tuple(self.columns[i] for i in kept)
        return replace(self, columns=columns, rows=tuple(tuple(row[i] for i in kept) for row in self.rows))

    def turned(self, corner: str) -> Table:
        """The table with a row for each column and a column for each row; ``corner`` heads the first column."""
        first, *others = zip(*self.rows, strict=True)
        rows = tuple((name, *cells) for name, cells in zip(self.columns[1:], others, strict=True))
        return replace(self, columns=(corner, *map(in_words, first)), rows=rows)


def rate_row(name: str, rate: JudgedRate) -> Row:
    """A judged rate as a row of the CSV, all its limits and what it rests on."""
    low, high = rate.bounds
    return {
        "name": name,
        "value": rate.value,
        "low": rate.low,
        "high": rate.high,
        "bound_low": low,
        "bound_high": high,
        "level": rate.level,
        "note": rate.basis,
    }


def in_words(cell: Cell, digits: int = 1) -> str:
    """A cell as plain text; a rate with its interval in brackets, where that says more."""
    if isinstance(cell, str):
        return cell
    inside = limits(cell, digits)
    return estimate(cell, digits) + (f" [{inside}]" if inside else "")


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
