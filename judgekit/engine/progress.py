"""How far a job is, shown to a person: a bar in a terminal or notebook, a line every ten seconds elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import escape
from importlib import import_module
from typing import Any

from judgekit.display import printable, some
from judgekit.runs.writer import Progress, Report

_EVERY = 10.0
"""Seconds between two lines, where there is no place for a bar."""


def money(cost: float | None) -> str:
    """A cost in US dollars; an unknown one says so."""
    return "cost unknown" if cost is None else f"${cost:,.4f}" if 0 < cost < 1 else f"${cost:,.2f}"


def states_line(progress: Progress) -> str:
    """``1,000 items: 940 verdicts, 50 abstained, 10 unscored, $0.00``."""
    states = progress.states
    return (
        f"{progress.done:,} items: {states.get('verdict', 0):,} verdicts, {states.get('abstained', 0):,} abstained, "
        f"{states.get('unscored', 0):,} unscored, {money(progress.cost)}"
    )


@contextmanager
def progress_bar(what: str, count: Callable[[], int | None]) -> Iterator[Report]:
    """A report to hand to a job, which shows each progress that it is told.

    Parameters
    ----------
    what : str
        What is being judged.
    count : callable
        Says how many items there are, None where unknown; asked where there is a bar.

    Yields
    ------
    Report
        May be called any number of times, from any thread.
    """
    from rich.console import Console

    console = Console(stderr=True)
    if console.is_jupyter:
        yield _in_a_notebook(what, count())
    elif console.is_terminal:
        with _on_a_terminal(console, what, count()) as report:
            yield report
    else:
        yield _in_lines(what)


@contextmanager
def _on_a_terminal(console: Any, what: str, total: int | None) -> Iterator[Report]:
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    spent = TextColumn("{task.fields[spent]}", markup=False)
    with Bar(*columns, spent, console=console, transient=True) as bar:
        task, rate = bar.add_task(printable(what), total=total, spent=""), _rate()
        yield lambda progress: bar.update(task, completed=progress.done, spent=_spent(progress, rate, total))


def _in_a_notebook(what: str, total: int | None) -> Report:
    """A bar of plain HTML, which needs no widgets and stays in the notebook as it was last."""
    show: Any = import_module("IPython.display")
    rate = _rate()
    handle = show.display(show.HTML(""), display_id=True)

    def tell(progress: Progress) -> None:
        of = "" if total is None else f" of {total:,}"
        bar = "" if total is None else f'<progress max="{total}" value="{progress.done}"></progress> '
        handle.update(
            show.HTML(f"{bar}{escape(what)}: {progress.done:,}{of} items, {_spent(progress, rate, total)}")
        )

    return tell


def _in_lines(what: str) -> Report:
    rate, last = _rate(), time.monotonic()

    def tell(progress: Progress) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= _EVERY:
            last = now
            line = f"{what}: {states_line(progress)}, {rate(progress):,.0f}/s{_calls(progress)}"
            print(printable(line), file=sys.stderr, flush=True)

    return tell


def _rate() -> Callable[[Progress], float]:
    """Items a second since now."""
    start = time.monotonic()
    return lambda progress: progress.done / max(time.monotonic() - start, 1e-9)


def _spent(progress: Progress, rate: Callable[[Progress], float], total: int | None) -> str:
    """Rate, calls and cost so far, and the cost to be expected."""
    said = f"{rate(progress):,.0f}/s{_calls(progress)}, {money(progress.cost)}"
    if total and progress.cost and progress.done:
        said += f" of about {money(progress.cost * total / progress.done)}"
    return said


def _calls(progress: Progress) -> str:
    return f", {some(progress.calls, 'call')}" if progress.calls else ""
