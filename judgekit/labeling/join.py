"""Human labels of a file, joined to the items they were given for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TypeVar

from judgekit.errors import InputError
from judgekit.records import EvidenceRow, HumanLabel, Item, ItemRow, LabelRow

Labelled = TypeVar("Labelled", Item, EvidenceRow)


class Labels:
    """Labels by item.

    Parameters
    ----------
    rows : the labels of a file.
    path : its name in messages.
    """

    def __init__(self, rows: Iterable[LabelRow], path: object = None) -> None:
        self._path = path
        self._by_id: dict[str, list[LabelRow]] = {}
        self._owner: dict[str, tuple[str, str]] = {}
        self._used: set[str] = set()
        for row in rows:
            self._by_id.setdefault(row.id, []).append(row)

    def of(self, item: Item | ItemRow) -> tuple[HumanLabel, ...]:
        """The labels of one output: those of its id, and of its rubric, model and method where they name one.

        Raises
        ------
        InputError : a label names no model, and outputs of several models have its id.
        """
        rubric = item.rubric if isinstance(item, ItemRow) else ""
        found = [
            row
            for row in self._by_id.get(item.id, ())
            if row.model in ("", item.model)
            and row.method in ("", item.method)
            and (not rubric or row.rubric in ("", rubric))
        ]
        if found:
            self._used.add(item.id)
        if any(not (row.model and row.method) for row in found):
            this = (item.model, item.method)
            other = self._owner.setdefault(item.id, this)
            if other != this:
                raise InputError(
                    f"label of '{item.id}': {_who(other)} and {_who(this)} both have an output of that id; "
                    "say whose it is in the columns 'model' and 'method'",
                    path=self._path,
                )
        return tuple(
            HumanLabel(annotator=row.annotator, label=row.label, rubric=row.rubric, at=row.at)
            for row in found
        )

    def joined(self, rows: Iterable[Labelled]) -> Iterator[Labelled]:
        """Items or evidence rows, with these labels beside the ones they carry."""
        for row in rows:
            more = self.of(row)
            yield row if not more else row.model_copy(update={"human": merged(row.human, more)})

    def strangers(self) -> int:
        """How many ids were labelled that no item had, of those asked for so far."""
        return len(self._by_id.keys() - self._used)

    def unused(self, what: str = "run") -> str:
        """What there is to say where no label belonged to any item; empty where one did."""
        if not self._by_id or self._used:
            return ""
        return f"no label of {self._path} belongs to an item of the {what}: ids differ"

    def check_used(self, what: str) -> None:
        """Raise an ``InputError`` where no label belonged to any item."""
        if self.unused(what):
            raise InputError(f"no label belongs to an item of the {what}: ids differ", path=self._path)


def merged(human: Iterable[HumanLabel], more: Iterable[HumanLabel]) -> tuple[HumanLabel, ...]:
    """Labels that an item carries and more of them, each once."""
    return tuple(dict.fromkeys((*human, *more)))


def majority(human: Iterable[HumanLabel]) -> str | None:
    """The label most people gave; None without labels or with a shared first place."""
    votes = Counter(given.label for given in human).most_common(2)
    if not votes or (len(votes) == 2 and votes[0][1] == votes[1][1]):
        return None
    return votes[0][0]


def _who(owner: tuple[str, str]) -> str:
    return " ".join(filter(None, owner)) or "one without a model's name"
