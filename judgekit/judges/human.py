"""The human judge: people's labels as the last tier."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from judgekit.errors import InputError
from judgekit.judges.rows import rows
from judgekit.records import Evidence, HumanLabel, Item, LabelRow, Record, parse
from judgekit.rubrics import Rubric

if TYPE_CHECKING:
    from judgekit.judges import Context


class HumanSpec(Record):
    """The judge's entry in a cascade file: a file of human labels; without one, those the items carry."""

    name: str = "human"
    path: Path | None = None


class HumanJudge:
    """Answers with people's votes: the probability of a label is the share of people who gave it.

    Parameters
    ----------
    path : a label file (JSONL rows of ``LabelRow``); None for the labels that the items themselves carry.

    Raises
    ------
    InputError : the file cannot be read, a row is not a label, or a person labelled an item twice.
    """

    stages = 1

    def __init__(self, path: Path | None = None, name: str = "human") -> None:
        self.name = name
        self._path = path
        self._labels: dict[str, list[tuple[int, LabelRow]]] = {}
        seen: dict[tuple[str, ...], int] = {}
        for line, _, content in rows(path) if path else ():
            row = parse(LabelRow, content, path=path, line=line)
            who = (row.id, row.rubric, row.model, row.method, row.annotator)
            if row.annotator and who in seen:
                what = f"'{row.annotator}' labelled item '{row.id}' twice (first in line {seen[who]})"
                raise InputError(what, path=path, row=line)
            seen[who] = line
            self._labels.setdefault(row.id, []).append((line, row))

    @classmethod
    def from_spec(cls, spec: Mapping[str, Any], context: Context) -> HumanJudge:
        """Make the judge from its entry in a cascade file; the path starts from the file's folder."""
        found = HumanSpec.model_validate(spec)
        return cls(context.folder / found.path if found.path else None, found.name)

    def fingerprint(self, rubric: Rubric) -> str:
        """People are people: only the rubric's labels count."""
        return hashlib.sha256("\n".join(["human", *rubric.labels]).encode()).hexdigest()[:12]

    async def evidence(self, items: Sequence[Item], rubric: Rubric, stage: int) -> list[Evidence]:
        """Vote shares for each item, in order; missing where nobody labelled it."""
        return [self._one(item, rubric) for item in items]

    async def close(self) -> None:
        """Nothing to release."""

    def _one(self, item: Item, rubric: Rubric) -> Evidence:
        given: list[tuple[int | None, HumanLabel]]
        if self._path is None:
            given = [(None, label) for label in item.human if label.rubric in ("", rubric.name)]
        else:
            given = [
                (line, row)
                for line, row in self._labels.get(item.id, ())
                if row.rubric in ("", rubric.name)
                and row.model in ("", item.model)
                and row.method in ("", item.method)
            ]
        for line, label in given:
            if label.label not in rubric.labels:
                known = ", ".join(rubric.labels)
                what = f"item '{item.id}': label '{label.label}' is not one of {known}"
                raise InputError(what, path=self._path, row=line)
        votes = Counter(label.label for _, label in given)
        if not votes:
            return Evidence.missing("nobody has labelled this item")
        probs = {label: votes[label] / len(given) for label in rubric.labels}
        return Evidence(probs=probs, cost=0.0, asks=len(given))
