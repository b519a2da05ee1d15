"""What the catalog says of a measure, and how it is had from a file's fields."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

Direction = Literal[1, 0, -1]

PROBABILITY, RATIO, PERCENT = "[0, 1]", "[0, inf)", "[-100, inf)"


@dataclass(frozen=True)
class Rule:
    """One way to get a measure of one item.

    Attributes
    ----------
    needs : tuple of str
        Fields (see `judgekit.metrics.recorded`), or measures that stand before this one in the catalog.
    compute : callable
        Their values of one item to a number; None where there is none. An item that lacks one of them is not asked.
    as_recorded : bool
        Only fields that the file holds serve, not measures made from others.
    """

    needs: tuple[str, ...]
    compute: Callable[..., Any]
    as_recorded: bool = False


@dataclass(frozen=True)
class Entry:
    """One measure.

    Attributes
    ----------
    label : str
        How it is printed.
    forget, keep : 1, 0 or -1
        What a higher value says on the forget split and on splits to be kept: 1 better, -1 worse, 0 neither
        (its best value is inside the range, or it is a description).
    range, source, needs : str
        `needs` says in words what it is made from.
    ideal : float or None
        The best value, where that is not an end of the range.
    note : str
        The trap to know before reading the figure.
    rules : tuple of Rule
        How to get it of an item; the first whose fields are there wins. None for a measure of a whole run.
    """

    label: str
    forget: Direction
    keep: Direction
    range: str
    source: str
    needs: str
    ideal: float | None = None
    note: str = ""
    rules: tuple[Rule, ...] = ()
