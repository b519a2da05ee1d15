"""The report on one screen of a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console, Group
from rich.padding import Padding
from rich.table import Table as RichTable
from rich.text import Text

from judgekit.display import printable
from judgekit.report.render.cells import in_words
from judgekit.report.render.tables import CHANCE, overview
from judgekit.report.summary import Summary
from judgekit.report.words import Finding

TONES = {"good": "green", "bad": "red", "warning": "yellow", "plain": "none"}
SIGNS = {"good": "+", "bad": "!", "warning": "?", "plain": "·"}
LINES = 9
GAP = 2
SHORTEST = 12
"""Letters left of a long name, at least."""
COLUMNS = ("Forgotten well", "Degenerate", "Kept: correct", "Still answers")


def render(summary: Summary, width: int) -> Group:
    """The table of runs and what can be said, for ``rich``; text from files is never read as mark-up."""
    table = overview(summary)
    for beside in (CHANCE, CHANCE[:1], ()):  # as much of what is chance as leaves room for the names
        columns = ["Run", "Leaked", *beside, *COLUMNS]
        places = [table.columns.index(name) for name in columns if name in table.columns]
        heads = [table.columns[place].replace(" ", "\n") for place in places]
        rows = [[in_words(row[place], digits=0) for place in places] for row in table.rows]
        taken = [
            max(map(len, [*head.split("\n"), *column]))
            for head, column in zip(heads, zip(*rows, strict=True), strict=True)
        ]
        room = width - sum(taken[1:]) - GAP * (len(taken) - 1)
        if room >= SHORTEST:
            break
    names = shortened([row[0] for row in rows], room)
    grid = RichTable(box=None, pad_edge=False, header_style="bold", padding=(0, GAP, 0, 0))
    for head in heads:
        grid.add_column(head, justify="left" if head == "Run" else "right", overflow="fold")
    for name, row in zip(names, rows, strict=True):
        grid.add_row(Text(printable(name)), *map(Text, row[1:]))
    said = [
        Text(f"{SIGNS[told.tone]} {printable(told.text)}", style=TONES[told.tone])
        for told in chosen(summary.findings)
    ]
    if left := len(summary.findings) - len(said):
        said.append(Text(f"· and {left} more in the report", style="dim"))
    return Group(grid, Padding(Group(*said), (1, 0, 0, 0)))


def shortened(names: Sequence[str], room: int) -> list[str]:
    """Names cut in the middle to fit in so many letters; whole where that would make two of them alike."""
    room = max(room, SHORTEST)
    tail = (room - 1) * 2 // 3
    head = room - 1 - tail
    short = [name if len(name) <= room else f"{name[:head]}…{name[-tail:]}" for name in names]
    return short if len(set(short)) == len(set(names)) else list(names)


def chosen(findings: Sequence[Finding]) -> list[Finding]:
    """Every warning, and the first of the others that fit on the screen, in their order."""
    room = LINES - sum(told.tone == "warning" for told in findings)
    others = [told for told in findings if told.tone != "warning"][: max(room, 1)]
    return [told for told in findings if told.tone == "warning" or told in others]


def print_summary(summary: Summary, console: Console | None = None) -> None:
    """Print to the terminal (or to the console given)."""
    console = console or Console()
    console.print(render(summary, console.width))
