"""An inspect sample as an item to judge, and the result as an inspect score."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from inspect_ai.scorer import Score, Target
from inspect_ai.solver import TaskState

from judgekit.calibration.record import Calibration
from judgekit.export.inspect_scores import metadata
from judgekit.export.words import explanation
from judgekit.readers.formats.inspect_ai import item_of
from judgekit.records import Item, ItemResult

REASONS = {"abstained": "abstained", "unscored": "grader_failed"}
"""State without a verdict -> inspect's reason for a score that is none; ``grader_failed`` is one of its own."""


def item(state: TaskState, target: Target) -> Item:
    """The item that judgekit would read from the log of this sample.

    Raises
    ------
    InputError
        The sample has no question of a user.
    """
    asked = state.input
    row = {
        "id": state.sample_id,
        "epoch": state.epoch,
        "input": asked if isinstance(asked, str) else [_plain(turn) for turn in asked],
        "choices": [choice.value for choice in state.choices],
        "target": list(target),
        "output": _plain(state.output),
        "metadata": state.metadata,
    }
    return item_of(row, str(state.model))


def score(result: ItemResult, labels: Sequence[str], calibration: Calibration | None) -> Score:
    """The label as a score; of an item without a verdict, inspect's unscored state with the reason.

    Parameters
    ----------
    result : ItemResult
    labels : sequence of str
        Those of the item's rubric.
    calibration : Calibration or None
        The one whose promise covers the verdict.
    """
    verdict = result.verdict
    said = {
        "answer": result.item.output,
        "explanation": explanation(verdict),
        "metadata": metadata(verdict, labels, calibration),
    }
    if verdict.label is None:
        return Score.unscored(reason=REASONS[verdict.state], **said)
    return Score(value=verdict.label, **said)


def _plain(record: Any) -> Any:
    return record.model_dump(mode="json")
