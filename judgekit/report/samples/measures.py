"""Measures of the papers at their worst: the expected greatest of k outputs of a question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from judgekit.metrics import catalog
from judgekit.metrics.entry import PROBABILITY
from judgekit.records import Item
from judgekit.report.rates.judged import CONFIDENCE
from judgekit.report.run import Run
from judgekit.report.samples.outcomes import Asked, is_of
from judgekit.report.samples.records import Curve, Step, Worst
from judgekit.trust.arrays import Floats
from judgekit.trust.prevalence.worst_of_k import mean_limits, worst_of_k


def worst(run: Run, rubric: str, curve: Curve) -> tuple[Worst, ...]:
    """Every measure in [0, 1] of which more is worse, where it has a value for all outputs of a question.

    Parameters
    ----------
    run : Run
    rubric : str
        Whose items they are.
    curve : Curve
        The questions: asked as it asks, with as many outputs as its greatest k.
    """
    items = [
        row.item for row in run.by_rubric[rubric] if row.item is not None and is_of(row.item, curve.probe)
    ]
    values = _by_measure(run)
    ks = [step.k for step in curve.steps]
    found = []
    for name in sorted(values, key=list(catalog()).index):
        entry = catalog()[name]
        asked = _by_question(items, values[name]) if entry.forget < 0 and entry.range == PROBABILITY else {}
        columns = [scores for scores in asked.values() if len(scores) >= ks[-1]]
        if columns:
            found.append(Worst(name, entry.label, len(columns), _steps(columns, ks)))
    return tuple(found)


def _by_measure(run: Run) -> dict[str, dict[str, float | None]]:
    """Measure -> item id -> value, of all splits."""
    splits: dict[str, list[str]] = {}
    for item in {row.item.id: row.item for row in run.rows if row.item is not None}.values():
        if len(item.outputs) == 1:
            splits.setdefault(item.split, []).append(item.id)
    found: dict[str, dict[str, float | None]] = {}
    for split, columns in run.per_question.measures.items.items():
        for name, column in columns.items():
            found.setdefault(name, {}).update(zip(splits[split], column, strict=True))
    return found


def _by_question(items: Sequence[Item], values: Mapping[str, float | None]) -> dict[Asked, list[float]]:
    """The values of each question's outputs; of questions without gaps."""
    asked: dict[Asked, list[float | None]] = {}
    for item in items:
        asked.setdefault((item.split, item.question_id), []).append(values.get(item.id))
    return {
        question: [value for value in scores if value is not None]
        for question, scores in asked.items()
        if None not in scores
    }


def _steps(columns: Sequence[Sequence[float]], ks: Sequence[int]) -> tuple[Step, ...]:
    parts: list[Floats] = []
    for n in sorted({len(scores) for scores in columns}):  # questions with as many outputs at once
        parts.append(worst_of_k(np.array([scores for scores in columns if len(scores) == n]), ks))
    expected = np.vstack(parts)
    low, high = mean_limits(expected, expected, CONFIDENCE)
    return tuple(
        Step(k, mean, min(mean, float(low[at])), max(mean, float(high[at])))
        for at, (k, mean) in enumerate(zip(ks, map(float, expected.mean(axis=0)), strict=True))
    )
