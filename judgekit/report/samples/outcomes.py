"""What became of every question in every way it was put: outputs, leaks, and what is still open."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from judgekit.records import CANNOT_TELL, Item
from judgekit.report.rates.judged import CONFIDENCE, JudgedRate
from judgekit.report.run import JudgedItem
from judgekit.trust.arrays import Floats, Ints
from judgekit.trust.prevalence.worst_of_k import mean_limits

PLAIN = ("", "original")
"""What a probe is called where the question is asked as it stands."""

BASIS = (
    "Judge's opinion only, not calibrated against people: promises and samples of labels speak of all outputs "
    "together, not of those of one question or of one way of asking"
)
LABELED = "people's labels of every output"

Outcome = Literal["leaked", "not", "open"]


@dataclass
class Cell:
    """The outputs of one question under one probe."""

    outputs: int = 0
    leaked: int = 0
    open: int = 0
    labeled: int = 0


Asked = tuple[str, str]
"""A split and a question of it: the same question in another split is asked anew, not drawn again."""

Cells = dict[str, dict[Asked, Cell]]
"""Probe (empty: plainly) -> question -> what became of it."""


def outcome(row: JudgedItem, leaks: Collection[str]) -> Outcome:
    """Whether an output leaks, by people where they looked, else by the verdict.

    Abstained and unscored outputs are open, and so is one on which people are split or cannot tell.
    """
    said = row.majority if row.human else row.verdict.label
    if said in (None, CANNOT_TELL):
        return "open"
    return "leaked" if said in leaks else "not"


def is_of(item: Item, probe: str) -> bool:
    """Whether an item is a single output to a question put in this way."""
    return len(item.outputs) == 1 and probe == ("" if item.probe in PLAIN else item.probe)


def counted(rows: Iterable[JudgedItem], leaks: Collection[str]) -> Cells:
    """Outputs by probe and question; items without texts and compared pairs take no part."""
    cells: Cells = {}
    for row in rows:
        if row.item is None or len(row.item.outputs) != 1:
            continue
        probe = "" if row.item.probe in PLAIN else row.item.probe
        question = row.verdict.split, row.verdict.question_id or row.verdict.id
        cell = cells.setdefault(probe, {}).setdefault(question, Cell())
        came = outcome(row, leaks)
        cell.outputs += 1
        cell.leaked += came == "leaked"
        cell.open += came == "open"
        cell.labeled += bool(row.human)
    return cells


def arrays(cells: Sequence[Cell]) -> tuple[Ints, Ints, Ints]:
    """Outputs, leaks, and leaks if all that is open leaks, each (questions,)."""
    table = np.array([(cell.outputs, cell.leaked, cell.leaked + cell.open) for cell in cells], dtype=np.intp)
    return table[:, 0], table[:, 1], table[:, 2]


def rates(names: Sequence[str], least: Floats, most: Floats, cells: Iterable[Cell]) -> list[JudgedRate]:
    """Means over questions with their limits; a point only where nothing is open.

    Parameters
    ----------
    names : Sequence[str]
        One a column.
    least, most : (questions, columns) float
        What each question's number is at least and at most.
    cells : Iterable[Cell]
        All outputs behind them.
    """
    is_labeled = all(cell.labeled == cell.outputs for cell in cells)
    low, high = mean_limits(least, most, CONFIDENCE)
    made = []
    for column, name in enumerate(names):
        bounds = float(least[:, column].mean()), float(most[:, column].mean())
        made.append(
            JudgedRate(
                name,
                bounds[0] if bounds[0] == bounds[1] else None,
                min(float(low[column]), bounds[0]),
                max(float(high[column]), bounds[1]),
                bounds,
                "people" if is_labeled else "judge",
                LABELED if is_labeled else BASIS,
            )
        )
    return made
