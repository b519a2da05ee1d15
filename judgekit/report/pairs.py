"""Which outputs of several runs answer the same question: what is compared item by item is matched here, once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from judgekit.report.load import JudgedItem, Run


def pair_numbers(runs: Sequence[Run]) -> list[list[int]]:
    """A number for every item of every run; items of two runs with the same number are the same question.

    Items are the same question if they have the same rubric, split and question, wherever they stand in their files.
    A question that some run was asked several times in a split (samples, paraphrases under one question id) is told
    apart by the item's id as well; such items of runs with other ids have no partner, rather than a guessed one.

    Parameters
    ----------
    runs : sequence of Run
        All that may be compared: whether a question is repeated is looked up in all of them.

    Returns
    -------
    list of list of int
        For each run the numbers of its rows, in their order; 0, 1, … over all runs.
    """
    repeated = {key for run in runs for key, count in Counter(map(_question, run.rows)).items() if count > 1}
    numbers: dict[tuple[str, str, str, str], int] = {}

    def number(row: JudgedItem) -> int:
        key = _question(row)
        return numbers.setdefault((*key, row.verdict.id if key in repeated else ""), len(numbers))

    return [[number(row) for row in run.rows] for run in runs]


def _question(row: JudgedItem) -> tuple[str, str, str]:
    made = row.verdict
    return made.rubric, made.split, made.question_id or made.id
