"""The human judge: people's labels as the last tier, from any label file that the other verbs read."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from judgekit.errors import InputError
from judgekit.readers.join import Labels
from judgekit.records import CANNOT_TELL, PEOPLE, Evidence, Item, Record
from judgekit.rubrics import Rubric

if TYPE_CHECKING:
    from judgekit.judges import Context


class HumanSpec(Record):
    """The judge's entry in a cascade file: a file of human labels; without one, those the items carry."""

    name: Literal["human"] = "human"
    path: Path | None = None


class HumanJudge:
    """Answers with people's votes: the probability of a label is the share of people who gave it.

    Parameters
    ----------
    path : Path | None
        A label file or a filled sheet (:func:`judgekit.readers.read_labels`); None for the labels that
        the items themselves carry.

    Raises
    ------
    InputError
        The file cannot be read, a row is not a label, or a person labeled an item twice.
    """

    description = "people's labels from a file, as the last tier"
    name = PEOPLE
    stages = 1
    people = True

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._labels = Labels.read([path]) if path else Labels()

    @classmethod
    def from_spec(cls, spec: Mapping[str, Any], context: Context) -> HumanJudge:
        """Make the judge from its entry in a cascade file; the path starts from the file's folder."""
        found = HumanSpec.model_validate(spec)
        return cls(context.folder / found.path if found.path else None)

    def fingerprint(self, rubric: Rubric) -> str:
        """People are people: only the rubric's labels count."""
        return hashlib.sha256("\n".join(["human", *rubric.labels]).encode()).hexdigest()[:12]

    async def evidence(self, items: Sequence[Item], rubric: Rubric, stage: int) -> list[Evidence]:
        """Vote shares for each item, in order; missing where nobody labeled it."""
        return [self._one(item, rubric) for item in items]

    async def close(self) -> None:
        """Nothing to release."""

    def _one(self, item: Item, rubric: Rubric) -> Evidence:
        given = item.human if self._path is None else self._labels.of(item, rubric.name)
        said = [label.label for label in given if label.rubric in ("", rubric.name)]
        votes = Counter(label for label in said if label != CANNOT_TELL)
        for label in votes.keys() - set(rubric.labels):
            what = f"item '{item.id}': label '{label}' is not one of {', '.join(rubric.labels)}"
            raise InputError(what, path=self._path)
        if not votes:
            return Evidence.missing("people cannot tell" if said else "nobody has labeled this item")
        probs = {label: votes[label] / votes.total() for label in rubric.labels}
        return Evidence(probs=probs, cost=0.0, asks=votes.total())
