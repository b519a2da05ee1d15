"""In-context edit reversal (arXiv 2410.12586): does the original answer come back after the reversal?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from judgekit.metrics.overlap import exact_match
from judgekit.report.paired import mean
from judgekit.report.recipes.base import Row, Table

COLUMNS = ("edit took hold", "reversed", "still edited")


@dataclass(frozen=True)
class Edit:
    """Three answers to one question: of the model as it is, under the in-context edit, and after the
    reversal.
    """

    original: str
    edited: str
    after: str


def edit_reversal(runs: Mapping[str, Mapping[str, Edit]]) -> Table:
    """Share of questions on which the edit changed the answer, and of those, on which it came back or stayed.

    Answers are compared by exact match after normalization. A reversal that gives a third answer is in
    neither column.

    Parameters
    ----------
    runs : Mapping[str, Mapping[str, Edit]]
        Method name to question to Edit
    """
    rows = []
    for name, edits in runs.items():
        held = {q: edit for q, edit in edits.items() if not exact_match(edit.original, edit.edited)}
        rows.append(
            Row(
                name,
                {
                    "edit took hold": mean({q: float(q in held) for q in edits}),
                    "reversed": mean({q: exact_match(e.original, e.after) for q, e in held.items()}),
                    "still edited": mean({q: exact_match(e.edited, e.after) for q, e in held.items()}),
                },
                (
                    f"reversal is counted on the {len(held)} of {len(edits)} questions where the edit took hold",
                ),
            )
        )
    return Table("edit-reversal", COLUMNS, tuple(rows))
