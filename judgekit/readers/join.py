"""Human labels of a file, joined to the items they were given for."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from judgekit.errors import InputError
from judgekit.readers import numbered_labels
from judgekit.readers.base import Place
from judgekit.readers.label_tools.base import NoLabel
from judgekit.readers.labels import meant, without_label
from judgekit.records import EvidenceRow, HumanLabel, Item, ItemRow, LabelRow

_LOG = logging.getLogger(__name__)

Labeled = TypeVar("Labeled", Item, EvidenceRow)


class _Given(NamedTuple):
    """A row of a label file, and where it stands."""

    row: LabelRow
    path: object = None
    line: Place = None


class Labels:
    """Labels by item.

    Parameters
    ----------
    rows : Iterable[LabelRow]
        The labels of a file.
    path : object
        Its name in messages.
    """

    def __init__(self, rows: Iterable[LabelRow] = (), path: object = None) -> None:
        self._path = path
        self._by_id: dict[str, list[_Given]] = {}
        self._owner: dict[str, tuple[str, str]] = {}
        self._used: set[str] = set()
        self.passed_over = 0
        """Rows without a label before labeled ones; not counted over several files, which may be filled in turn."""
        for row in rows:
            self._add(_Given(row, path))

    @classmethod
    def read(cls, files: Sequence[str | Path]) -> Labels:
        """The labels of files; how many rows have none, and why, is said in a warning.

        Raises
        ------
        InputError
            See :func:`judgekit.readers.read_labels`.
        """
        labels = cls(path=", ".join(map(str, files)))
        for path in files:
            rows, without, passed_over = 0, Counter[NoLabel](), 0
            for place, row in numbered_labels(path):
                rows += 1
                if isinstance(row, NoLabel):
                    without[row] += 1
                else:
                    passed_over = without.total()
                    labels._add(_Given(row, path, place))
            if without:
                _LOG.warning("%s: %s", path, without_label(without, rows))
            labels.passed_over = passed_over if len(files) == 1 else 0
        return labels

    def _add(self, given: _Given) -> None:
        self._by_id.setdefault(given.row.id, []).append(given)

    def of(self, item: Item | ItemRow, rubric: str = "") -> tuple[HumanLabel, ...]:
        """The labels of one output: those of its id, and of its rubric, model and method where they name one.

        A person's second answer to the same question (``again``) is none; time taken and notes stay in the file.

        Parameters
        ----------
        item : Item | ItemRow
            An item, which is not of one rubric, or a row that names its rubric.
        rubric : str
            By which the item is judged.

        Raises
        ------
        InputError
            A label names no model, and outputs of several models have its id; or it is none of the
            rubric's.
        """
        return tuple(
            HumanLabel(annotator=row.annotator, label=row.label, rubric=row.rubric, at=row.at, pool=row.pool)
            for row in self.answers(item, rubric)
            if not row.again
        )

    def answers(self, item: Item | ItemRow, rubric: str = "") -> tuple[LabelRow, ...]:
        """The same as rows of the file: with second answers, times and notes."""
        named = item.rubric if isinstance(item, ItemRow) else ""
        found = [
            given
            for given in self._by_id.get(item.id, ())
            if given.row.model in ("", item.model)
            and given.row.method in ("", item.method)
            and (not named or given.row.rubric in ("", named))
        ]
        if found:
            self._used.add(item.id)
        for given in found:
            if not (given.row.model and given.row.method):
                self._own(item, given)
        return tuple(_meant(given, named or rubric) for given in found)

    def _own(self, item: Item | ItemRow, given: _Given) -> None:
        """Note whose a label is that names no model; it cannot be two outputs'."""
        this = (item.model, item.method)
        other = self._owner.setdefault(item.id, this)
        if other != this:
            raise InputError(
                f"label of '{item.id}': {_who(other)} and {_who(this)} both have an output of that id; "
                "say whose it is in the columns 'model' and 'method'",
                path=given.path,
                row=given.line,
            )

    def joined(
        self, rows: Iterable[Labeled], rubric_of: Callable[[Any], str] = lambda row: ""
    ) -> Iterator[Labeled]:
        """Items or evidence rows, with these labels beside the ones they carry.

        ``rubric_of``: by which rubric an item is judged.
        """
        for row in rows:
            more = self.of(row, rubric_of(row))
            yield row if not more else row.model_copy(update={"human": merged(row.human, more)})

    def unmatched(self) -> int:
        """How many ids were labeled that no item had, of those asked for so far."""
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


def _meant(given: _Given, rubric: str) -> LabelRow:
    row = given.row
    if row.rubric:
        return row
    return row.model_copy(update={"label": meant(row.label, rubric, given.path, given.line)})


def merged(human: Iterable[HumanLabel], more: Iterable[HumanLabel]) -> tuple[HumanLabel, ...]:
    """Labels that an item carries and more of them, each once.

    Of a person with a name, what they said counts once, whichever file says it. People without a name may be several
    who say the same: of theirs only as many are left out as the item carries already.
    """
    found = list(human)
    carried = Counter(map(_said, found))
    for label in more:
        said = _said(label)
        if carried[said] <= 0:
            found.append(label)
        carried[said] = 1 if label.annotator else carried[said] - 1
    return tuple(found)


def _said(label: HumanLabel) -> tuple[str, str, str]:
    return label.annotator, label.rubric, label.label


def majority(human: Iterable[HumanLabel]) -> str | None:
    """The label most people gave, "cannot tell" among them; None without labels or with a shared first place."""
    votes = Counter(given.label for given in human).most_common(2)
    if not votes or (len(votes) == 2 and votes[0][1] == votes[1][1]):
        return None
    return votes[0][0]


def _who(owner: tuple[str, str]) -> str:
    return " ".join(filter(None, owner)) or "one without a model's name"
