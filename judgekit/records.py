"""The things that flow: items, human labels, evidence and verdicts. Frozen, validated, versioned.

Every class refuses unknown keys. :func:`parse` turns a decoded JSON object into a record and names file, line
and key when it does not fit. Files of these records are described in ``docs/files.md``.
"""

from __future__ import annotations

import hashlib
import math
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from pydantic import (
    AliasChoices,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from judgekit.display import brief
from judgekit.errors import InputError

PEOPLE = "human"
"""The tier of people, in every file: asked last, outside the policy, since a person's label needs no promise."""

NO_OPINION = "no opinion"
"""Why evidence is missing where a judge was heard and leaves the item to others on purpose: no failure of the judge."""

CANNOT_TELL = "cannot tell"
"""The label of a person who looked and cannot decide, under every rubric. No verdict agrees with it."""

EDITED = "edited"
"""In place of a pool, of a label that was made by editing a verdict: whoever edits has seen it and chose which to edit,
so that such labels are no fair sample, whatever they are of."""

Recorded = float | str | None | list[float | None]


def several(given: object) -> tuple[Any, ...]:
    """One value or several, as several; a text or a path is one value, never its letters."""
    if isinstance(given, str | os.PathLike) or not isinstance(given, Iterable):
        return (given,)
    return tuple(given)


class Record(BaseModel):
    """Base of all records: immutable, no unknown keys, ``schema`` written under its own name."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, allow_inf_nan=True)

    def __repr__(self) -> str:
        """What is not at its default; long texts and many entries are cut."""
        fields = type(self).model_fields
        held = {name: getattr(self, name) for name in fields if name in self.model_fields_set}
        said = (f"{name}={brief(value)}" for name, value in held.items() if value != fields[name].default)
        return f"{type(self).__name__}({', '.join(said)})"

    __str__ = __repr__

    def to_row(self) -> dict[str, Any]:
        """The record as a JSON object; keys at their default are left out, ``schema`` is kept."""
        row = self.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        schema = type(self).model_fields.get("schema_")
        return row if schema is None else {"schema": schema.default, **row}


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


class Evidence(Record):
    """What one judge (or one stage of it) said of one item under a rubric.

    Attributes
    ----------
    probs : dict[str, float]
        label -> probability, summing to 1 over the label set; empty where the judge gave nothing.
    reason : str | None
        Why ``probs`` is empty, or what is missing beside it (annotators that could not be heard).
    asked : bool
        False where the judge was not asked at all, as by a recording that lacks the item. Then nothing
        is known of what it would have said; that is another state than having been asked in vain.
    mass : float | None
        Share of the model's probability on the label tokens before renormalizing (mean over asks).
    order_inconsistency : float | None
        Share of annotators whose verdict changed with the order of options or outputs.
    asks : int
        Prompts behind this evidence (annotators x orders).
    calls : tuple[str, ...]
        Content keys of those prompts; raw text and log-probabilities stand in the store under them.
    prompt_tokens, cached_tokens, completion_tokens : int | None
        Sums over the asks, None where not reported.
    cost : float | None
        US dollars, None where the price is unknown.
    seconds : float | None
        Judge time, summed over asks.
    model : str | None
        Model id as the server reported it.
    fingerprint : str | None
        See ``Judge.fingerprint``.
    """

    probs: dict[str, float] = Field(default_factory=dict)
    reason: str | None = None
    asked: bool = True
    mass: float | None = None
    order_inconsistency: float | None = Field(
        None, validation_alias=AliasChoices("order_inconsistency", "flips")
    )
    asks: int = 0
    calls: tuple[str, ...] = ()
    prompt_tokens: int | None = None
    cached_tokens: int | None = None
    completion_tokens: int | None = None
    cost: float | None = Field(None, ge=0)
    seconds: float | None = None
    model: str | None = None
    fingerprint: str | None = None

    @field_validator("probs")
    @classmethod
    def _distribution(cls, probs: dict[str, float]) -> dict[str, float]:
        if not probs:
            return probs
        if any(not math.isfinite(p) or p < 0 for p in probs.values()):
            raise ValueError("probabilities must be finite and not negative")
        total = math.fsum(probs.values())
        if abs(total - 1) > 1e-3:
            raise ValueError(f"probabilities sum to {total:.4g}, expected 1")
        return {label: p / total for label, p in probs.items()}

    @classmethod
    def missing(cls, reason: str, **known: Any) -> Evidence:
        """No answer, and why; what was spent on it (``known``) is kept."""
        return cls(reason=reason, **known)

    @classmethod
    def unasked(cls, reason: str) -> Evidence:
        """The judge was not asked, and why."""
        return cls(reason=reason, asked=False)

    @property
    def label(self) -> str | None:
        """The most probable label, ties to the first in sorted order; None where missing."""
        return min(self.probs, key=lambda name: (-self.probs[name], name)) if self.probs else None


class ItemRow(Record):
    """An item as the files after it name it: which output it is, and the rubric it was judged by."""

    id: str
    question_id: str = ""
    split: str = ""
    model: str = ""
    method: str = ""
    rubric: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        """Id, model and method: what tells the outputs of a run apart."""
        return self.id, self.model, self.method

    @property
    def named(self) -> dict[str, str]:
        """These fields, to say the same item in another record."""
        return {name: getattr(self, name) for name in ItemRow.model_fields}


class EvidenceRow(ItemRow):
    """All that is known of one item: evidence by tier (in cascade order) and human labels.

    ``text_features`` describes its texts in numbers (:mod:`judgekit.calibration.text_features`), empty where unknown.
    ``fluent`` tells by rule whether the output reads as an answer of the kind asked for or as a refusal
    (:mod:`judgekit.judges.lexical.fluency`); None where the rubric does not ask or the texts were not at hand.
    """

    schema_: Literal["judgekit.evidence/1", "judgekit.evidence/2"] = Field(
        "judgekit.evidence/2", alias="schema"
    )
    text_features: tuple[float, ...] = Field((), validation_alias=AliasChoices("text_features", "form"))
    fluent: bool | None = None
    tiers: dict[str, Evidence]
    human: tuple[HumanLabel, ...] = ()

    def asked(self, tier: str) -> bool:
        """Whether a tier was asked about the item, be it in vain."""
        return tier in self.tiers and self.tiers[tier].asked


class Verdict(ItemRow):
    """The outcome for an item: a label with tier and confidence, or abstained, or unscored with a reason.

    ``calibration`` is the fingerprint of the calibration whose promise covers this verdict; None means that
    no agreement with people is promised, or that people said it themselves (``tier`` is then ``human``).

    ``fluent`` is the other question of a forget output: whether it reads as an answer of the kind asked for or as a
    refusal, whatever it reveals. Where the label says it, the label rules; else a rule without a model decides, also
    for items without a verdict. None where the rubric does not ask (its labels are not those of ``forgetting``).
    """

    schema_: Literal["judgekit.verdict/1"] = Field("judgekit.verdict/1", alias="schema")
    state: Literal["verdict", "abstained", "unscored"]
    label: str | None = None
    tier: str | None = None
    confidence: float | None = None
    reason: str | None = None
    cost: float | None = None
    calibration: str | None = None
    fluent: bool | None = None
    human: tuple[HumanLabel, ...] = ()

    @model_validator(mode="after")
    def _states(self) -> Verdict:
        if (self.state == "verdict") != (self.label is not None):
            raise ValueError("a label belongs to the state 'verdict', and only to it")
        if self.state == "unscored" and not self.reason:
            raise ValueError("an unscored verdict needs a reason")
        return self


@dataclass(frozen=True)
class ItemResult:
    """All that a cascade found out about one item."""

    item: Item
    evidence: EvidenceRow
    verdict: Verdict


R = TypeVar("R", bound=Record)


def parse(kind: type[R], row: object, *, path: object = None, line: object = None) -> R:
    """Validate a decoded JSON object as a record.

    Raises
    ------
    InputError
        Naming file, line and key, in one line.
    """
    try:
        return kind.model_validate(row)
    except ValidationError as error:
        raise InputError(f"{explain(error, kind)} (in {kind.__name__})", path=path, row=line) from None


_DETAIL = re.compile(r"'[^']*'|\"[^\"]*\"|\d+(?:\.\d+)?")


def kind_of(reason: str) -> str:
    """A reason without what differs from item to item, so that the same failures are counted together."""
    return " ".join(_DETAIL.sub("…", reason).split())[:160]


def explain(error: ValidationError, kind: type[BaseModel] | None = None) -> str:
    """The first fault that a user should mend, in one phrase; a misspelt key goes before what it leaves missing."""
    first = min(error.errors(), key=lambda fault: fault["type"] != "extra_forbidden")
    key = ".".join(str(part) for part in first["loc"]) or "row"
    if first["type"] == "extra_forbidden":
        known = kind.model_fields if kind is not None and len(first["loc"]) == 1 else {}
        names = ", ".join(field.alias or name for name, field in known.items())
        return f"unknown key '{key}'" + (f"; known keys: {names}" if names else "")
    message = first["msg"].removeprefix("Value error, ")
    return f"key '{key}': {message[:1].lower()}{message[1:]}"
