"""What people said, as arrays: the seam between label files and :mod:`judgekit.trust.agreement`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from judgekit.errors import InputError
from judgekit.readers.join import Labels
from judgekit.records import CANNOT_TELL, EvidenceRow, HumanLabel
from judgekit.trust.agreement.table import MISSING
from judgekit.trust.arrays import Bools, Floats, Ints


class Said(NamedTuple):
    """What one person said of one output, which answers a question."""

    item: Hashable
    question: str
    label: HumanLabel


@dataclass(frozen=True)
class PeopleTable:
    """Labels of one rubric as arrays.

    Attributes
    ----------
    labels : tuple of str
        The rubric's labels; numbers in the arrays point here. "Cannot tell" is none of them.
    annotators : tuple of str
        Columns. Labels that name nobody stand, in the order of an item's labels, under '#1', '#2', and so on.
    items : tuple
        Rows: what tells the outputs apart.
    questions : (items,) str
        What each output answers.
    given : (items, annotators) int
        -1 where somebody did not label an item, or could not tell.
    unsure : (items, annotators) bool
        Where somebody could not tell.
    seconds : (items, annotators) float
        NaN where unknown.
    repeated : (answers, 2) int
        First and second answer of a person who was asked again; -1 where one of them could not tell.
    repeated_by, repeated_of : (answers,) int
        Column and row of the person and the item.
    pools : frozenset of str
        Fingerprints of the pools that labels were asked from.
    """

    labels: tuple[str, ...]
    annotators: tuple[str, ...]
    items: tuple[Hashable, ...]
    questions: NDArray[np.str_]
    given: Ints
    unsure: Bools
    seconds: Floats
    repeated: Ints
    repeated_by: Ints
    repeated_of: Ints
    pools: frozenset[str]

    @property
    def named(self) -> list[int]:
        """Columns of the people who are known by name."""
        return [k for k, name in enumerate(self.annotators) if not name.startswith("#")]

    @property
    def votes(self) -> Ints:
        """As `given`, with "cannot tell" as one more label."""
        return np.where(self.unsure, len(self.labels), self.given)


def tabulated(said: Iterable[Said], labels: Sequence[str] = ()) -> PeopleTable:
    """What people said of a rubric's items, as arrays.

    A person's first answer counts. What is marked ``again``, or comes from another file, is an answer given again;
    an exact copy is none.

    Parameters
    ----------
    said : iterable of Said
        Under one rubric.
    labels : sequence of str
        The rubric's, in its order; others that occur come after them.

    Raises
    ------
    InputError
        Nobody said anything.
    """
    first: dict[tuple[Hashable, str], HumanLabel] = {}
    second: list[tuple[tuple[Hashable, str], HumanLabel]] = []
    questions: dict[Hashable, str] = {}
    nameless: Counter[Hashable] = Counter()
    for item, question, label in sorted(said, key=lambda one: one.label.again):
        questions.setdefault(item, question)
        if not label.annotator:
            nameless[item] += 1
        cell = (item, label.annotator or f"#{nameless[item]}")
        before = first.setdefault(cell, label)
        if before is not label and (label.again or (label.label, label.at) != (before.label, before.at)):
            second.append((cell, label))
    if not first:
        raise InputError("no labels: people's labels are what agreement is measured by")
    every = [*first.values(), *(label for _, label in second)]
    names = tuple(dict.fromkeys((*labels, *sorted({one.label for one in every} - {CANNOT_TELL}))))
    number = {name: k for k, name in enumerate(names)} | {CANNOT_TELL: MISSING}
    row = {item: k for k, item in enumerate(questions)}
    column = {name: k for k, name in enumerate(sorted({who for _, who in first}))}
    given = np.full((len(row), len(column)), MISSING, dtype=np.intp)
    unsure, seconds = np.zeros(given.shape, dtype=np.bool_), np.full(given.shape, np.nan)
    for (item, who), label in first.items():
        place = row[item], column[who]
        given[place] = number[label.label]
        unsure[place] = label.label == CANNOT_TELL
        seconds[place] = np.nan if label.seconds is None else label.seconds
    pairs = [(number[first[cell].label], number[label.label]) for cell, label in second]
    return PeopleTable(
        labels=names,
        annotators=tuple(column),
        items=tuple(row),
        questions=np.array([*questions.values()], dtype=np.str_),
        given=given,
        unsure=unsure,
        seconds=seconds,
        repeated=np.array(pairs, dtype=np.intp).reshape(-1, 2),
        repeated_by=np.array([column[who] for (_, who), _ in second], dtype=np.intp),
        repeated_of=np.array([row[item] for (item, _), _ in second], dtype=np.intp),
        pools=frozenset(one.pool for one in every if one.pool),
    )


def said_in(rows: Iterable[EvidenceRow], labels: Labels | None = None) -> list[Said]:
    """What people said of judged outputs: the labels that evidence carries, and those of files.

    Parameters
    ----------
    rows : iterable of EvidenceRow
    labels : Labels, optional
        Of files, which also hold times and second answers. A label that evidence carries too counts once.
    """
    found = []
    for row in rows:
        answers = () if labels is None else labels.answers(row)
        known = {(one.annotator, one.label, one.at) for one in answers}
        nameless = any(not one.annotator for one in answers)
        carried = [
            one
            for one in row.human
            if one.rubric in ("", row.rubric)
            and (one.annotator, one.label, one.at) not in known
            and not (nameless and not one.annotator)
        ]
        found += [Said(row.key, row.question_id or row.id, one) for one in (*answers, *carried)]
    return found
