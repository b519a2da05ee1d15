"""The report on one screen of a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console, Group
from rich.padding import Padding
from rich.table import Table as RichTable
from rich.text import Text

from judgekit.report.cells import in_words
from judgekit.report.findings import Finding
from judgekit.report.summary import Summary
from judgekit.report.tables import overview

TONES = {"good": "green", "bad": "red", "warning": "yellow", "plain": "none"}
SIGNS = {"good": "+", "bad": "!", "warning": "?", "plain": "·"}
LINES = 9
COLUMNS = ("Run", "Leaked", "Forgotten well", "Degenerate", "Kept: correct", "Still answers")


def render(summary: Summary) -> Group:
    """The table of runs and what can be said, for ``rich``; text from files is never read as mark-up."""
    table = overview(summary)
    places = [table.columns.index(name) for name in COLUMNS]
    grid = RichTable(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for name in COLUMNS:
        grid.add_column(name, justify="left" if name == "Run" else "right", overflow="fold")
    for row in table.rows:
        grid.add_row(*(Text(in_words(row[place], digits=0)) for place in places))
    said = [
        Text(f"{SIGNS[told.tone]} {told.text}", style=TONES[told.tone]) for told in chosen(summary.findings)
    ]
    if left := len(summary.findings) - len(said):
        said.append(Text(f"· and {left} more in the report", style="dim"))
    return Group(grid, Padding(Group(*said), (1, 0, 0, 0)))


def chosen(findings: Sequence[Finding]) -> list[Finding]:
    """Every warning, and the first of the others that fit on the screen, in their order."""
    room = LINES - sum(told.tone == "warning" for told in findings)
    others = [told for told in findings if told.tone != "warning"][: max(room, 1)]
    return [told for told in findings if told.tone == "warning" or told in others]


def print_summary(summary: Summary, console: Console | None = None) -> None:
    """Print to the terminal (or to the console given)."""
    (console or Console()).print(render(summary))
