"""What every label tool's module works with: an item as people are shown it, and an answer as its file holds it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any

from judgekit.errors import InputError
from judgekit.readers.base import Head, Place, Row, number, require
from judgekit.records import CANNOT_TELL

LABEL, NOTE = "label", "note"
"""What the question for the label, and the one for a remark, are called in every tool."""
ITEM_ID = "item_id"
"""Under which key an item's id travels: tools keep ``id`` for numbers of their own."""
_CARRIED = ("model", "method", "rubric", "pool")


@dataclass(frozen=True)
class Asked:
    """An item as people are shown it, in texts, and what names it on the way back.

    Attributes
    ----------
    id, model, method, rubric, pool : str
        Whose label the answer will be; carried through the tool, best out of people's sight.
    question, reference, output : str
        What people judge.
    meanings : mapping
        The labels to choose from, in order, with what each means (empty where nobody says it).
    """

    id: str
    model: str
    method: str
    rubric: str
    pool: str
    question: str
    reference: str
    output: str
    meanings: Mapping[str, str] = field(default_factory=dict)

    @property
    def named(self) -> dict[str, str]:
        """What names the item, under the keys of tools' files; what is empty is left out."""
        said = {key: str(getattr(self, key)) for key in _CARRIED}
        return {ITEM_ID: self.id, **{key: value for key, value in said.items() if value}}

    @property
    def texts(self) -> dict[str, str]:
        """What people judge, each text under its name."""
        return {"question": self.question, "reference": self.reference, "output": self.output}

    @property
    def one_text(self) -> str:
        """What people judge as one text, for tools that show only one; an empty reference is left out."""
        parts = (
            f"{name.upper()}\n{said}" for name, said in self.texts.items() if said or name != "reference"
        )
        return "\n\n".join(parts)


class NoLabel(Enum):
    """Why a row holds no label."""

    OPEN = "have no label yet"
    SKIPPED = "were skipped"


Answer = dict[str, Any] | NoLabel | InputError
"""Keys of a :class:`judgekit.records.LabelRow`; or that there is no label; or what is wrong with the row."""


@dataclass(frozen=True)
class LabelTool:
    """A tool in which people label: the files that it takes, and those in which it gives the labels back.

    Attributes
    ----------
    name : str
    description : str
    suffix : str
        Of the file of items that it takes.
    matches : callable
        Whether a file, by its beginning, is one of the tool's.
    rows : callable
        The rows of such a file, each with its place: a row, or what is wrong with it.
    answers : callable
        The answers that a row holds, each with its place; raises ``InputError`` where the row is not as it should be.
    write : callable, optional
        Suffix -> content of the files that the tool takes, the one of ``suffix`` first; None where it takes none.
    one_rubric : bool
        Whether all items of a file must be of one rubric, since the tool is set up with one list of labels.
    in_logs : bool
        Whether its files are logs of outputs too, with or without labels in them.
    """

    name: str
    description: str
    suffix: str
    matches: Callable[[Head], bool]
    rows: Callable[[Path], Iterator[tuple[Place, Row | InputError]]]
    answers: Callable[[Row, Path, Place], Iterator[tuple[Place, Answer]]]
    write: Callable[[Sequence[Asked]], Mapping[str, bytes]] | None = None
    one_rubric: bool = True
    in_logs: bool = False


def answer(
    names: object,
    path: Path,
    place: Place,
    *,
    label: object,
    annotator: object = None,
    at: object = None,
    seconds: object = None,
    note: object = None,
) -> Answer:
    """One person's answer about one item; open where there is no label.

    Parameters
    ----------
    names : object
        What should be a mapping that holds :attr:`Asked.named`.
    path : Path
    place : int or str
        Where the answer stands.
    label : object
        The label, or a list that holds it.
    annotator, at, seconds, note : object
        As the file has them; None and empty texts are left out.

    Raises
    ------
    InputError
        The item is not named, several labels were chosen, or something is of another type.
    """
    chosen = [one for one in (label if isinstance(label, list) else [label]) if one not in (None, "")]
    if not chosen:
        return NoLabel.OPEN
    if len(chosen) > 1:
        told = ", ".join(map(str, chosen))
        raise InputError(f"one label an answer is read, found {len(chosen)}: {told}", path=path, row=place)
    said = {key: names[key] for key in _CARRIED if isinstance(names, Mapping) and names.get(key)}
    if annotator not in (None, ""):
        said["annotator"] = str(annotator)
    if at not in (None, ""):
        said["at"] = at
    if (spent := number(seconds, "seconds", path, place)) is not None:
        said["seconds"] = spent
    if told := "\n".join(str(one) for one in (note if isinstance(note, list) else [note]) if one):
        said["note"] = told
    return {"id": require(names, ITEM_ID, path, place), LABEL: chosen[0], **said}


def offered(items: Sequence[Asked]) -> dict[str, str]:
    """The labels that items of one rubric are given, with their meanings."""
    return dict(items[0].meanings) if items else {CANNOT_TELL: ""}


def line(label: str, meaning: str) -> str:
    """A label and what it means, in one line."""
    return f"{label}: {meaning}" if meaning else label


def json_list(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """Rows as one JSON list, a row a line."""
    return b"[\n" + ",\n".join(map(_json, rows)).encode() + b"\n]\n"


def json_lines(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """Rows as JSONL."""
    return "".join(f"{_json(row)}\n" for row in rows).encode()


def json_object(row: Mapping[str, Any]) -> bytes:
    """One JSON object, indented."""
    return json.dumps(row, ensure_ascii=False, indent=2).encode() + b"\n"


def _json(row: Mapping[str, Any]) -> str:
    return json.dumps(row, ensure_ascii=False)
