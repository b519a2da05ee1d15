"""The report on one screen of a terminal."""

from __future__ import annotations

from rich.console import Console, Group
from rich.padding import Padding
from rich.table import Table as RichTable
from rich.text import Text

from judgekit.report.cells import in_words
from judgekit.report.summary import Summary
from judgekit.report.tables import overview

TONES = {"good": "green", "bad": "red", "warning": "yellow", "plain": "none"}
SIGNS = {"good": "+", "bad": "!", "warning": "?", "plain": "·"}
LINES = 8


def render(summary: Summary) -> Group:
    """What can be said and the table of runs, for ``rich``; text from files is never read as mark-up."""
    table = overview(summary)
    grid = RichTable(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for number, column in enumerate(table.columns):
        grid.add_column(
            column, justify="left" if number in (0, len(table.columns) - 1) else "right", overflow="fold"
        )
    for row in table.rows:
        grid.add_row(*(Text(in_words(cell, digits=0)) for cell in row))
    said = [
        Text(f"{SIGNS[finding.tone]} {finding.text}", style=TONES[finding.tone])
        for finding in summary.findings[:LINES]
    ]
    left = len(summary.findings) - LINES
    if left > 0:
        said.append(Text(f"· and {left} more in the report", style="dim"))
    return Group(grid, Padding(Group(*said), (1, 0, 0, 0)))


def print_summary(summary: Summary, console: Console | None = None) -> None:
    """Print to the terminal (or to the console given)."""
    (console or Console()).print(render(summary))
