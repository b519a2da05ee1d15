"""One run as recipes, intervals and comparisons take it: plain values and labels per question."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from judgekit.metrics import RunMeasures, measure_run
from judgekit.records import Item
from judgekit.report.paired import by_question

Labels = Mapping[str, str | None]
"""Question to judged label; None where the item is abstained or unscored."""


@dataclass(frozen=True)
class QuestionValues:
    """One run: its recorded measures, its values per question, and its judged labels.

    Attributes
    ----------
    name : str
    measures : RunMeasures
        From `judgekit.metrics.measure_run`.
    values : split to measure name to question to value
        For paired comparisons; from `judgekit.report.paired.by_question`.
    labels : Mapping[str, Labels]
        Split to question to label
    """

    name: str
    measures: RunMeasures = field(default_factory=lambda: RunMeasures({}, {}))
    values: Mapping[str, Mapping[str, Mapping[str, float]]] = field(default_factory=dict)
    labels: Mapping[str, Labels] = field(default_factory=dict)


def question_values(
    name: str,
    items: Iterable[Item],
    labels: Mapping[str, str | None] | None = None,
    retrained: QuestionValues | None = None,
    membership: Mapping[str, float] | None = None,
) -> QuestionValues:
    """One run's measures, values per question, and labels per question.

    Parameters
    ----------
    items : iterable of Item
        Those with two outputs (comparisons) are left out.
    labels : item id to judged label, optional
        None for an item that was abstained or unscored. If a question has several items in a split, the last
        counts.
    retrained : QuestionValues, optional
        The model that never saw the forget set.
    membership : attack name to AUC, optional
        From the file's run-level numbers.
    """
    splits: dict[str, list[Item]] = {}
    for item in items:
        if len(item.outputs) == 1:
            splits.setdefault(item.split, []).append(item)
    measures = measure_run(
        {split: recorded_fields(part) for split, part in splits.items()},
        retrained.measures if retrained else None,
        membership,
    )
    questions = {split: [item.question_id for item in part] for split, part in splits.items()}
    return QuestionValues(
        name,
        measures,
        {
            split: {measure: by_question(questions[split], column) for measure, column in columns.items()}
            for split, columns in measures.items.items()
        },
        {
            split: {item.question_id: labels[item.id] for item in part if item.id in labels}
            for split, part in splits.items()
        }
        if labels
        else {},
    )


def recorded_fields(items: Sequence[Item]) -> dict[str, list[Any]]:
    """What the items of one split recorded, as the fields that `judgekit.metrics` takes."""
    names = sorted({name for item in items for name in item.recorded})
    fields: dict[str, list[Any]] = {name: [item.recorded.get(name) for item in items] for name in names}
    fields["output"] = [item.output for item in items]
    if any(item.references for item in items):
        fields["reference"] = [item.reference if item.references else None for item in items]
    return fields
