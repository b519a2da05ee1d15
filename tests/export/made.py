"""Runs to export: a small one with every state, and one of any size."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from judgekit.records import Evidence, EvidenceRow, HumanLabel, Item, ItemResult, Verdict
from judgekit.runs.about import RunAbout
from judgekit.runs.writer import RunWriter


def result(
    name: str, verdict: dict, *, question: str = "Where?", output: str = "Ghent.", **named: str
) -> ItemResult:
    """One judged output; ``verdict`` as in a verdict file, without names."""
    item = Item(id=name, question=question, references=("Ghent",), outputs=(output,), **named)
    row = {"id": item.id, "question_id": item.question_id, "model": item.model, "method": item.method}
    row |= {"split": item.split, "rubric": "forgetting"}
    asked = {
        "lexical": Evidence(probs={"leaked": 0.75, "wrong": 0.25}, cost=0.0),
        "small": Evidence.missing("no answer"),
    }
    return ItemResult(item, EvidenceRow(**row, tiers=asked), Verdict(**row, **verdict))


SURE = {
    "state": "verdict",
    "label": "leaked",
    "tier": "lexical",
    "confidence": 0.75,
    "cost": 0.0,
    "fluent": True,
}
ABSTAINED = {"state": "abstained"}
UNSCORED = {"state": "unscored", "reason": "small: no answer"}
SETTLED = {"state": "verdict", "label": "wrong", "tier": "human", "human": (HumanLabel(label="wrong"),)}
EVERY = [
    result("1", SURE, split="forget", method="NPO"),
    result("2", ABSTAINED, split="forget", method="NPO", output="=1+1"),
    result("3", UNSCORED, split="retain", method="NPO", output="Bell \x07 and \ud800."),
    result("4", SETTLED, split="retain", method="NPO"),
]
"""Each state, people's verdict, and texts that files have trouble with."""


def folder(path: Path, results: Iterable[ItemResult] = EVERY, about: RunAbout | None = None) -> Path:
    """A run folder of these results."""
    with RunWriter(path) as writer:
        writer.write(results)
        writer.finish(about or RunAbout(source="outputs.jsonl"))
    return path
