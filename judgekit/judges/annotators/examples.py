"""The labeled examples that simulated annotators are shown: where they come from, and who is dealt which."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from judgekit.documents.lines import lines
from judgekit.errors import ConfigError, InputError
from judgekit.records import Item, Record, parse
from judgekit.rubrics import Rubric

Shot = tuple[Item, str]

MOST_ANNOTATORS = 1000
"""Annotators of one judge, and examples of one annotator: each is a prompt an item, or a turn of one."""


class Annotators(Record):
    """The ``annotators`` part of a judge in a cascade file.

    Attributes
    ----------
    n : int
        Annotators, 1,000 at most.
    k : int
        Labeled examples before the question of each, 1,000 at most.
    orders : {1, 2}
        1 asks in the order written; 2 also with options reversed (outputs of a pair swapped).
    stages : tuple[int | float, ...]
        Annotators asked so far at each stage, increasing, the last being ``n``; by default one stage.
        0.5 is the first annotator in one order only.
    labels : {'majority', 'individual'}
        ``majority`` takes one label an example; ``individual`` lets every annotator stand for one
        person who labeled the examples.
    seed : int
        Of the draw of examples.
    examples : Path | None
        A JSONL file of items with human labels; by default the rubric's own examples.
    """

    n: int = Field(1, ge=1, le=MOST_ANNOTATORS)
    k: int = Field(0, ge=0, le=MOST_ANNOTATORS)
    orders: Literal[1, 2] = 2
    stages: tuple[int | float, ...] = ()
    labels: Literal["majority", "individual"] = "majority"
    seed: int = 0
    examples: Path | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Annotators:
        if self.n > 1 and self.k == 0:
            raise ValueError("several annotators differ only by their examples: set k")
        first = 1 / self.orders
        known = all(stage == first or (stage >= 1 and stage == int(stage)) for stage in self.stages)
        if self.stages and (list(self.stages) != sorted({*self.stages, self.n}) or not known):
            raise ValueError(
                f"stages must be whole numbers of annotators that increase from {first:g} to n = {self.n}"
            )
        return self


@dataclass(frozen=True)
class Example:
    """A labeled item that may be shown; ``labels`` maps annotators to labels."""

    item: Item
    labels: Mapping[str, str]

    def majority(self) -> str | None:
        """The label that most gave, None where there is no such."""
        ranked = Counter(self.labels.values()).most_common(2)
        return None if len(ranked) == 2 and ranked[0][1] == ranked[1][1] else ranked[0][0]


def load_examples(rubric: Rubric, path: Path | None = None) -> list[Example]:
    """The examples of a file, or else the rubric's own.

    Raises
    ------
    InputError
        A line is no item, has no label, or one that the rubric does not know.
    """
    if path is None:
        return [Example(item, {"": label}) for item, label in rubric.example_rows]
    examples: list[Example] = []
    for line, row in lines(path):
        item = parse(Item, row, path=path, line=line)
        labels = {given.annotator: given.label for given in item.human if given.rubric in ("", rubric.name)}
        if not labels or set(labels.values()) - set(rubric.labels):
            raise InputError(f"an example needs labels among {', '.join(rubric.labels)}", path=path, row=line)
        if item.id in {known.item.id for known in examples}:
            raise InputError(f"a second example with the id '{item.id}'", path=path, row=line)
        if reason := rubric.check(item):
            raise InputError(reason, path=path, row=line)
        examples.append(Example(item, labels))
    return examples


def same_question(shot: Item, item: Item) -> bool:
    """Whether an example would tell the answer to an item: it is the item, or another output to its question."""
    return shot.id == item.id or shot.question_id == item.question_id


def deal(spec: Annotators, rubric: Rubric, examples: Sequence[Example]) -> list[list[Shot]]:
    """For every annotator all examples it may be shown, in its own order: the first k are shown, the rest spare.

    Annotators draw on in turn from one shuffled deck with the labels interleaved, so that each sees several labels
    and different annotators see different examples as long as they last.
    """
    if not spec.k:
        return [[] for _ in range(spec.n)]
    people = sorted({name for example in examples for name in example.labels})
    decks = []
    for annotator in range(spec.n):
        if spec.labels == "individual":
            person = people[annotator % len(people)] if people else ""
            turn = annotator // max(1, len(people))
            pool = [
                (example.item, example.labels[person]) for example in examples if person in example.labels
            ]
        else:
            turn = annotator
            pool = [
                (example.item, label) for example in examples if (label := example.majority()) is not None
            ]
        of_one_question = max(Counter(shot.question_id for shot, _ in pool).values(), default=0)
        if len(pool) - of_one_question < spec.k:
            raise ConfigError(
                f"rubric '{rubric.name}': annotators with k = {spec.k} need {spec.k} labeled examples beside those "
                f"of any one question; there are {len(pool) - of_one_question}: lower k, or name a file under "
                "annotators: examples"
            )
        decks.append(_draw(pool, turn * spec.k, spec.seed))
    return decks


def _draw(pool: Sequence[Shot], start: int, seed: int) -> list[Shot]:
    """The pool in the order dealt from position ``start`` of an endless deck that is shuffled anew each round."""
    round_, offset = divmod(start, len(pool))
    dealt = _interleaved(pool, f"{seed}:{round_}")[offset:]
    return [*dealt, *(shot for shot in _interleaved(pool, f"{seed}:{round_ + 1}") if shot not in dealt)]


def _interleaved(pool: Sequence[Shot], seed: str) -> list[Shot]:
    draw = random.Random(seed)
    by_label: dict[str, list[Shot]] = {}
    for shot in pool:
        by_label.setdefault(shot[1], []).append(shot)
    piles = [by_label[label] for label in sorted(by_label)]
    for pile in piles:
        draw.shuffle(pile)
    dealt: list[Shot] = []
    while any(piles):
        full = [pile for pile in piles if pile]
        draw.shuffle(full)
        dealt += [pile.pop() for pile in full]
    return dealt
