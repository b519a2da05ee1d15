"""The report on one screen of a terminal: a row a run, best first, then the headlines.

Beside each other where the figures and the names have room; below each other, part by part, where not. No name and no
figure is ever broken.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from rich.cells import cell_len
from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from judgekit.display import printable
from judgekit.report.groups import RunSummary
from judgekit.report.render.answer import CHANCE, MARKS, Column, best_first, columns, marks, rate
from judgekit.report.render.cells import ABSENT, in_words
from judgekit.report.summary import Summary
from judgekit.report.words import Finding

TONES = {"good": "green", "bad": "red", "warning": "yellow", "plain": "none"}
SIGNS = {"good": "+", "bad": "!", "warning": "?", "plain": "·"}
RUNS = 10
"""Runs that the screen shows."""
LINES = 22
"""Lines of a screen of 24 that are the report's: one is for where the page is, one for what is typed next."""
GAP = 2
SHORTEST = 12
"""Cells left of a long name, at least."""


def print_summary(summary: Summary, console: Console | None = None) -> None:
    """Print to the terminal (or to the console given)."""
    console = console or Console()
    console.print(render(summary, console.width))


def render(summary: Summary, width: int) -> Group:
    """The table of runs and the headlines, for ``rich``; text from files is never read as mark-up."""
    runs = shown(best_first(summary))
    every = columns(summary)
    fitting = (
        found
        for told in dict.fromkeys((every, tuple(column for column in every if column is not CHANCE)))
        if (found := _beside(runs, told, width)) is not None
    )
    table = next(fitting, None)
    signs = "  ".join(f"{mark.sign} {mark.word}" for mark in marks(summary))
    left = len(summary.runs) - len(runs)
    more = f"   and {left:,} more run{'s' if left > 1 else ''}" if left else ""
    room = LINES - len(runs) - 4 if table is not None else None
    said = _said(summary.headlines, width, room)
    return Group(table or _below(runs, every, width), Text(signs + more, style="dim"), Text(), said)


def shown(runs: Sequence[RunSummary]) -> list[RunSummary]:
    """The best runs that a screen holds, and the models to measure them by: the first before and without unlearning."""
    baselines = {run.baseline: run for run in reversed(runs) if run.baseline}.values()
    room = RUNS - len(baselines)
    candidates = [run for run in runs if not run.baseline][:room]
    return [run for run in runs if run in candidates or run in baselines] if len(runs) > RUNS else list(runs)


def _beside(runs: Sequence[RunSummary], told: Sequence[Column], width: int) -> Table | None:
    """One line a run; None where the figures leave no room for the names."""
    figures = [[_figure(run, column) for column in told] for run in runs]
    heads = [column.heading.replace(" ", "\n") for column in told]
    taken = [
        max(map(cell_len, [*head.split("\n"), *cells]))
        for head, cells in zip(heads, zip(*figures, strict=True), strict=True)
    ]
    names = shortened([printable(run.title) for run in runs], width - 2 - sum(taken) - GAP * len(taken))
    if names is None:
        return None
    grid = Table(box=None, pad_edge=False, header_style="bold", padding=(0, GAP, 0, 0))
    grid.add_column("\nRun", no_wrap=True)
    for head in heads:
        grid.add_column(head, justify="right", no_wrap=True, vertical="bottom")
    for run, name, cells in zip(runs, names, figures, strict=True):
        grid.add_row(Text(f"{MARKS[run.rests_on].sign} {name}"), *map(Text, cells))
    return grid


def _below(runs: Sequence[RunSummary], told: Sequence[Column], width: int) -> Text:
    """A name a line, and its figures under it, each with its heading."""
    lines, names = [], [printable(run.title) for run in runs]
    for run, name in zip(runs, shortened(names, width - 2) or names, strict=True):
        lines.append(f"{MARKS[run.rests_on].sign} {name}")
        parts = [f"{column.heading} {_figure(run, column)}" for column in told]
        lines += [f"  {line}" for line in filled(parts, width - 2, GAP)]
    return Text("\n".join(lines))


def filled(parts: Iterable[str], width: int, gap: int) -> list[str]:
    """Parts on as few lines as hold them whole."""
    lines: list[str] = []
    for part in parts:
        if lines and cell_len(lines[-1]) + gap + cell_len(part) <= width:
            lines[-1] += " " * gap + part
        else:
            lines.append(part)
    return lines


def _figure(run: RunSummary, column: Column) -> str:
    found = rate(run, column)
    return ABSENT if found is None else in_words(found, digits=0)


def _said(findings: Sequence[Finding], width: int, room: int | None) -> Text:
    """A sign and a sentence each, as far as there is room; the first is always there, and what the figures rest on."""
    told = [(found, filled(SPACE.split(printable(found.text)), width - 2, 1)) for found in findings]
    needed = [found for found in findings if found is findings[0] or found.about == "trust"]
    free = None if room is None else room - sum(len(lines) for found, lines in told if found in needed)
    kept = []
    for found, lines in told:
        if found not in needed and free is not None and (free := free - len(lines)) < 0:
            continue
        kept.append(Text(f"{SIGNS[found.tone]} " + "\n  ".join(lines), style=TONES[found.tone]))
    return Text("\n").join(kept)


SPACE = re.compile(r"\s+(?!%)")
"""Where a sentence may be broken."""


def shortened(names: Sequence[str], room: int) -> list[str] | None:
    """Names that fit in so many cells, cut in the middle where need be; None where some would be alike or too short."""
    if room < min(SHORTEST, max(map(cell_len, names))):
        return None
    short = [name if cell_len(name) <= room else _cut(name, room) for name in names]
    return short if len(set(short)) == len(set(names)) else None


def _cut(name: str, room: int) -> str:
    tail = (room - 1) * 2 // 3
    head, end = name, name
    while cell_len(head) > room - 1 - tail:
        head = head[:-1]
    while cell_len(end) > tail:
        end = end[1:]
    return f"{head}…{end}"
