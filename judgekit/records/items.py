"""Items: one output of a model each, and what people said of it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field, model_validator

from judgekit.records.base import Record

CANNOT_TELL = "cannot tell"
"""The label of a person who looked and cannot decide, under every rubric. No verdict agrees with it."""

EDITED = "edited"
"""In place of a pool, of a label that was made by editing a verdict: whoever edits has seen it and chose which to edit,
so that such labels are no fair sample, whatever they are of."""

Recorded = float | str | None | list[float | None]


class HumanLabel(Record):
    """A person's label under a rubric (``rubric`` empty: the only rubric of the file).

    Several labels of one item are kept apart, one record each.

    Attributes
    ----------
    label : str
        One of the rubric's, or :data:`CANNOT_TELL`.
    at : str | None
        ISO-8601 time.
    pool : str
        Fingerprint of the pool that the item was asked from (:mod:`judgekit.calibration.pool`); empty:
        none.
    seconds : float | None
        How long the person looked.
    note : str
        What they wrote beside it.
    again : bool
        Asked a second time, to see whether a person agrees with themselves; such a label never counts
        as one.
    """

    annotator: str = ""
    label: str
    rubric: str = ""
    at: str | None = None
    pool: str = ""
    seconds: float | None = Field(None, ge=0)
    note: str = ""
    again: bool = False


class LabelRow(HumanLabel):
    """A row of a label file: a human label and the id of its item.

    ``model`` and ``method`` tell outputs of several models under one id apart; empty: whichever has the id.
    """

    id: str
    model: str = ""
    method: str = ""


class Hop(Record):
    """One step of a multi-hop chain: its question, reference answer and the model's output."""

    question: str
    reference: str
    output: str = ""


def question_key(question: str) -> str:
    """The key under which the same question is recognized across files and models (12 hex digits)."""
    return hashlib.sha256(" ".join(question.split()).casefold().encode("utf-8", "replace")).hexdigest()[:12]


class Item(Record):
    """One model output to be judged.

    Attributes
    ----------
    id : str
        Unique within a file, for one model and method.
    question_id : str
        The same for every output that answers the same question; derived from the text if absent.
    question : str
        What the model was asked, chat mark-up removed.
    probe : str
        How the question was put, where it was put in several ways ("paraphrase 2", "turn 3"); empty:
        plainly. All probes of a question share its ``question_id`` and its references.
    references : tuple[str, ...]
        Accepted answers; the first is the reference (``reference`` in a file gives just one).
    outputs : tuple[str, ...]
        The model's output, or the two outputs of a pair (``output`` in a file gives just one).
    model, method, split : str
        Where the output came from.
    hops : tuple[Hop, ...]
        The chain of a multi-hop item.
    recorded : dict[str, Recorded]
        Numbers and labels the source file already held (losses, probability, ROUGE, truth ratio).
    human : tuple[HumanLabel, ...]
        Labels the source file already held.
    """

    schema_: Literal["judgekit.item/1"] = Field("judgekit.item/1", alias="schema")
    id: str
    question_id: str = ""
    question: str
    probe: str = ""
    references: tuple[str, ...] = ()
    outputs: tuple[str, ...] = Field(min_length=1)
    model: str = ""
    method: str = ""
    split: str = ""
    hops: tuple[Hop, ...] = ()
    recorded: dict[str, Recorded] = Field(default_factory=dict)
    human: tuple[HumanLabel, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _singular(cls, row: Any) -> Any:
        if not isinstance(row, Mapping):
            return row
        row = dict(row)
        for one, many in (("output", "outputs"), ("reference", "references")):
            if one in row:
                if many in row:
                    raise ValueError(f"give '{one}' or '{many}', not both")
                row[many] = (row.pop(one),)
        if not row.get("question_id") and isinstance(row.get("question"), str):
            row["question_id"] = question_key(row["question"])
        return row

    @property
    def key(self) -> tuple[str, str, str]:
        """Id, model and method: what tells the outputs of a run apart."""
        return self.id, self.model, self.method

    @property
    def output(self) -> str:
        """The only, or first, output."""
        return self.outputs[0]

    @property
    def reference(self) -> str:
        """The first accepted answer, empty where there is none."""
        return self.references[0] if self.references else ""

    def to_row(self) -> dict[str, Any]:
        """As any record; a single output or reference is written as ``output`` or ``reference``, not as a list."""
        row = super().to_row()
        for one, many in (("output", "outputs"), ("reference", "references")):
            if len(row.get(many, ())) == 1:
                row[one] = row.pop(many)[0]
        return row
