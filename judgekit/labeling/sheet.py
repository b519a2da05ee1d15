"""The label queue: which items people label next, and the sheet they fill in.

A queue is a simple random sample in random order, one output a question, so that it may serve for calibration, audit
and rates alike, and so may its first rows if people stop early. The sheet shows no verdict: who sees one leans to it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from judgekit.display import uncell
from judgekit.errors import ConfigError, InputError
from judgekit.readers.base import whole
from judgekit.readers.files.tables import table
from judgekit.readers.label_tools import tool_named
from judgekit.readers.label_tools.base import Asked
from judgekit.records import CANNOT_TELL, Item
from judgekit.rubrics import meanings_of
from judgekit.runs.atomic import replacing_bytes
from judgekit.trust import choose_items

_CANNOT_TELL = "what is shown does not let you decide"


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
    pool : str
        Fingerprint of the pool that the item was drawn for; empty where it is of none.
    """

    item: Item
    rubric: str
    choices: tuple[str, ...]
    definitions: Mapping[str, str] = field(default_factory=dict)
    source: Path | None = None
    pool: str = ""

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


def write_sheet(path: Path, tasks: Sequence[Task], to: str = "csv") -> list[Path]:
    """Write tasks as files that a label tool takes, and whose labels :func:`judgekit.readers.read_labels` reads back.

    Parameters
    ----------
    path : Path
        The file of items; what else the tool takes is written beside it.
    tasks : sequence of Task
    to : str
        The tool's name (:data:`judgekit.readers.label_tools.TAKES_ITEMS`).

    Returns
    -------
    list of Path
        The files, ``path`` first.

    Raises
    ------
    ConfigError
        There is no such tool, or it takes one rubric at a time and the tasks are of several.
    InputError
        An item's name holds what no file can.
    """
    tool = tool_named(to)
    rubrics = sorted({task.rubric for task in tasks})
    if tool.one_rubric and len(rubrics) > 1:
        raise ConfigError(
            f"{tool.name} takes items of one rubric, not of {', '.join(rubrics)}; say which by --rubric"
        )
    assert tool.write is not None
    written: list[Path] = []
    for suffix, content in tool.write([asked(task) for task in tasks]).items():
        file = path if not written else path.with_name(path.stem + suffix)
        with replacing_bytes(file) as out:
            out.write(content)
        written.append(file)
    return written


def asked(task: Task) -> Asked:
    """A task as people are shown it: texts, and every label that they may give."""
    item = task.item
    for name in (item.id, item.model, item.method):
        if name != _holdable(name):
            raise InputError(f"the name {name!r} of an item holds characters that no file of text can")
    return Asked(
        id=item.id,
        model=item.model,
        method=item.method,
        rubric=task.rubric,
        pool=task.pool,
        question=_holdable(_question(item)),
        reference=_holdable(" | ".join(item.references)),
        output=_holdable(_output(item)),
        meanings={
            **{label: task.definitions.get(label, "") for label in task.choices},
            CANNOT_TELL: _CANNOT_TELL,
        },
    )


def _holdable(text: str) -> str:
    """The text with what no file of text holds (NUL, lone surrogates) made visible."""
    return whole(text.replace("\0", "\ufffd"))


def is_sheet(path: Path) -> bool:
    """Whether a file is a sheet that :func:`write_sheet` wrote."""
    if path.suffix.lower() != ".csv" or not path.is_file():
        return False
    head = next(iter(table(path)), (0, {}))[1]
    return {"id", "output", "choices", "label"} <= head.keys()


def read_sheet(path: Path) -> list[Task]:
    """The tasks of a sheet that nobody labeled yet, as they are shown there.

    Raises
    ------
    InputError
        A row has no id, output or choices; or nothing is left to label.
    """
    tasks = []
    for line, row in table(path):
        cells = {key: uncell(value) for key, value in row.items()}
        if cells["label"].strip():
            continue
        choices = tuple(one for one in cells["choices"].split(" / ") if one != CANNOT_TELL)
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
        tasks.append(Task(item, cells["rubric"], choices, meanings, path, cells.get("pool", "")))
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
