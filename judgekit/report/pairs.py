"""Which outputs of several runs answer the same question: what is compared item by item is matched here, once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from judgekit.report.run import JudgedItem, Run

Place = tuple[str, str, str]
"""Rubric, split and question; the split is empty where the question does not need it."""


def pair_numbers(runs: Sequence[Run]) -> list[list[int]]:
    """A number for every item of every run; items of two runs with the same number are the same question.

    Items are the same question if they have the same rubric, split and question, wherever they stand in their files.
    The split may have another name in another run (``forget10`` here, ``forget`` there), as long as no run has the
    question in two splits: then their names tell it apart. A question that some run was asked several times in a split
    (samples, paraphrases under one question id) is told apart by the item's id as well; such items of runs with other
    ids have no partner, rather than a guessed one.

    Parameters
    ----------
    runs : sequence of Run
        All that may be compared: whether a question is repeated, or in two splits, is looked up in all of them.

    Returns
    -------
    list of list of int
        For each run the numbers of its rows, in their order; 0, 1, … over all runs.
    """
    in_two = {question for run in runs for question in _in_two_splits(run)}

    def place(row: JudgedItem) -> Place:
        rubric, question = _question(row)
        return rubric, row.verdict.split if (rubric, question) in in_two else "", question

    places = [[place(row) for row in run.rows] for run in runs]
    repeated = {key for own in places for key, count in Counter(own).items() if count > 1}
    numbers: dict[tuple[Place, str], int] = {}

    def number(key: Place, row: JudgedItem) -> int:
        return numbers.setdefault((key, row.verdict.id if key in repeated else ""), len(numbers))

    return [
        [number(*pair) for pair in zip(own, run.rows, strict=True)]
        for own, run in zip(places, runs, strict=True)
    ]


def _in_two_splits(run: Run) -> Iterable[tuple[str, str]]:
    splits: dict[tuple[str, str], str] = {}
    for row in run.rows:
        question = _question(row)
        if splits.setdefault(question, row.verdict.split) != row.verdict.split:
            yield question


def _question(row: JudgedItem) -> tuple[str, str]:
    """Rubric and question."""
    return row.verdict.rubric, row.verdict.question_id or row.verdict.id
