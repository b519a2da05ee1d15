"""The label queue: which items people label next, and the sheet they fill in.

A queue is a simple random sample in random order, one output a question, so that it may serve for calibration, audit
and rates alike, and so may its first rows if people stop early. The sheet shows no verdict: who sees one leans to it.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from judgekit.display import cell, uncell
from judgekit.errors import InputError
from judgekit.readers.files.tables import table
from judgekit.records import Item
from judgekit.rubrics import meanings_of
from judgekit.runs.atomic import replacing
from judgekit.trust import choose_items

COLUMNS = (
    "id",
    "model",
    "method",
    "rubric",
    "question",
    "reference",
    "output",
    "choices",
    "definitions",
    "annotator",
    "label",
)
"""Of a sheet; people fill in the last two."""


@dataclass(frozen=True)
class Task:
    """An item to label under a rubric with these labels to choose from.

    Attributes
    ----------
    item : Item
    rubric : str
    choices : tuple of str
    definitions : mapping
        What the labels mean; empty where nobody says it.
    source : Path, optional
        The run folder, or file of outputs, that the item is of.
    """

    item: Item
    rubric: str
    choices: tuple[str, ...]
    definitions: Mapping[str, str] = field(default_factory=dict)
    source: Path | None = None

    @property
    def question(self) -> tuple[str, str]:
        """The rubric and the question; outputs of one question are judged alike, so one of them is labeled."""
        return self.rubric, self.item.question_id


def sample(
    tasks: Sequence[Task], count: int | None, seed: int, *, one_a_question: bool = False
) -> list[Task]:
    """A random ``count`` of the tasks (None: all) in random order; or of the questions, a random output of each."""
    if one_a_question:
        one: dict[tuple[str, str], Task] = {}
        for index in np.random.default_rng(seed).permutation(len(tasks)):
            one.setdefault(tasks[index].question, tasks[index])
        tasks = [one[question] for question in sorted(one)]  # or questions with many outputs would come first
    if not tasks:
        return []
    chosen = choose_items(len(tasks), min(count or len(tasks), len(tasks)), seed=seed)
    return [tasks[index] for index in chosen.index]


def write_sheet(path: Path, tasks: Iterable[Task]) -> None:
    """Write tasks as a CSV sheet that ``read_labels`` reads back once labels are filled in."""
    with replacing(path) as file:
        sheet = csv.writer(file)
        sheet.writerow(COLUMNS)
        for task in tasks:
            item = task.item
            texts = (_question(item), " | ".join(item.references), _output(item))
            known = (item.id, item.model, item.method, task.rubric)
            defined = " | ".join(f"{label}: {meaning}" for label, meaning in task.definitions.items())
            cells = (*known, *texts, " / ".join(task.choices), defined)
            sheet.writerow((*(cell(text.replace("\0", "\ufffd")) for text in cells), "", ""))


def is_sheet(path: Path) -> bool:
    """Whether a file is a sheet that :func:`write_sheet` wrote."""
    if path.suffix.lower() != ".csv" or not path.is_file():
        return False
    head = next(iter(table(path)), (0, {}))[1]
    return set(COLUMNS) <= head.keys()


def read_sheet(path: Path) -> list[Task]:
    """The tasks of a sheet that nobody labeled yet, as they are shown there.

    Raises
    ------
    InputError : a row has no id, output or choices; or nothing is left to label.
    """
    tasks = []
    for line, row in table(path):
        cells = {key: uncell(value) for key, value in row.items()}
        if cells["label"].strip():
            continue
        choices = tuple(cells["choices"].split(" / "))
        if not cells["id"] or len(choices) < 2:
            raise InputError(
                "expected an id, and the labels to choose from in 'choices'", path=path, row=line
            )
        item = Item(
            id=cells["id"],
            model=cells["model"],
            method=cells["method"],
            question=cells["question"],
            references=tuple(filter(None, [cells["reference"]])),
            outputs=(cells["output"],),
        )
        parts = (part.partition(": ") for part in cells["definitions"].split(" | "))
        defined = {label: meaning for label, _, meaning in parts if label in choices}
        meanings = meanings_of(cells["rubric"]) or defined
        tasks.append(Task(item, cells["rubric"], choices, meanings, path))
    if not tasks:
        raise InputError("every row of the sheet has a label", path=path)
    return tasks


def _question(item: Item) -> str:
    hops = "".join(f"\n- {hop.question} ({hop.reference})" for hop in item.hops)
    return item.question + hops


def _output(item: Item) -> str:
    outputs = item.outputs
    text = outputs[0] if len(outputs) == 1 else "\n\n".join(f"[{n}] {o}" for n, o in enumerate(outputs, 1))
    return text + "".join(f"\n- {hop.question}: {hop.output}" for hop in item.hops if hop.output)
