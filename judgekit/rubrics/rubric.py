"""A rubric: what its folder holds, and how it is rendered, with examples in front, into a prompt.

A rubric is a folder of two files. ``rubric.yaml`` holds its name, version, kind, labels and their meanings;
``template.j2`` holds two Jinja2 blocks: ``instruction`` (what is asked, the options) and ``item`` (one case).
A third file, ``examples.jsonl``, may hold labeled items for simulated annotators.

Labels are offered under option letters so that every answer is one token and the order can be permuted; which
letter means which label is part of the :class:`Prompt`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cached_property, lru_cache
from typing import Any, Literal

from jinja2 import Template
from pydantic import Field, model_validator

from judgekit.errors import ConfigError
from judgekit.records import Item, Record
from judgekit.rubrics.fencing import fence
from judgekit.rubrics.role import COUNTS, Role
from judgekit.rubrics.sandbox import HopTexts, Sandbox, rendered

LETTERS = "ABCDEFGHIJ"
ORDERS = (0, 1)
"""Orders of a prompt: 0 as written; 1 with the options reversed, or the outputs of a pair swapped."""

_NOT_ASKED: Any = {"role": True, "default_for": True, "labels": {"__all__": {"counts_as"}}}
"""Of ``rubric.yaml``: what no judge is shown."""


class Label(Record):
    """A label and what it means, as the judge is told."""

    name: str
    meaning: str
    counts_as: str = ""


class RubricFile(Record):
    """The contents of ``rubric.yaml``.

    Attributes
    ----------
    name, version, kind, ordinal, labels
        What is asked; these make the fingerprint.
    role : forget or keep, optional
        The side that a report counts its verdicts on. A label that is not named as those of the side says what it
        counts as (``counts_as``).
    default_for : tuple of str
        Of a rubric that ships with judgekit: the splits whose items of its kind it judges where nobody says otherwise;
        ``*`` is every other split.
    """

    name: str = Field(pattern=r"^[a-z][a-z0-9_-]*$")
    version: int = 1
    kind: Literal["pointwise", "pairwise", "chain"] = "pointwise"
    ordinal: bool = False
    labels: tuple[Label, ...] = Field(min_length=2, max_length=len(LETTERS))
    role: Literal["forget", "keep"] | None = None
    default_for: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _labels(self) -> RubricFile:
        names = [label.name for label in self.labels]
        if len(set(names)) < len(names):
            raise ValueError("label names must differ")
        if self.kind == "pairwise" and tuple(names[:2]) != ("A", "B"):
            raise ValueError("a pairwise rubric's first two labels must be A and B")
        role, side = self.role_of_labels, self.role or "other"
        if self.role is None and role.counts_as:
            raise ValueError("counts_as is for the labels of a rubric with a role: forget or keep")
        if wrong := set(role.counts_as.values()) - set(COUNTS[side]):
            raise ValueError(f"role {side}: counts_as '{min(wrong)}' is none of {', '.join(COUNTS[side])}")
        if lacking := role.lacking(names):
            raise ValueError(f"role {side}: no label counts as {' or '.join(lacking)}; say so by counts_as")
        return self

    @property
    def role_of_labels(self) -> Role:
        """The role, with what its labels count as."""
        return Role(self.role or "other", {one.name: one.counts_as for one in self.labels if one.counts_as})


_TO_MODELS = ("Everything between tags ", "Answer with one letter")
"""How lines of an instruction begin that people have no use for."""


@dataclass(frozen=True)
class Prompt:
    """A rendered prompt: chat messages (instruction and examples first, the item last) and its options.

    ``options`` maps the option letter to the label it stands for, in the order printed.
    """

    messages: tuple[Mapping[str, str], ...]
    options: Mapping[str, str]

    @property
    def shared(self) -> int:
        """How many leading messages are the same for every item (all but the last)."""
        return len(self.messages) - 1


@dataclass(frozen=True)
class Rubric:
    """One question asked of an item, with a closed set of labels."""

    file: RubricFile
    template: str
    example_rows: tuple[tuple[Item, str], ...] = field(default=(), repr=False)

    def __getstate__(self) -> dict[str, Any]:
        """For another process: the fields, without what is made of them when it is first used (compiled templates)."""
        return {one.name: getattr(self, one.name) for one in fields(self)}

    @property
    def name(self) -> str:
        """The rubric's name in evidence, verdicts and calibrations."""
        return self.file.name

    @property
    def labels(self) -> tuple[str, ...]:
        """The label names, in the rubric's own order (for an ordinal rubric: from low to high)."""
        return tuple(label.name for label in self.file.labels)

    @property
    def role(self) -> Role:
        """What its verdicts speak of in a report."""
        return self.file.role_of_labels

    @cached_property
    def fingerprint(self) -> str:
        """Changes when anything that a judge would be shown changes, and with nothing else (12 hex digits)."""
        asked = self.file.model_dump(mode="json", exclude=_NOT_ASKED)
        text = json.dumps([asked, self.template], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    def render(self, item: Item, shots: Sequence[tuple[Item, str]] = (), order: int = 0) -> Prompt:
        """Render the rubric for an item.

        Parameters
        ----------
        item : Item
            The item to be judged.
        shots : Sequence[tuple[Item, str]]
            Labeled examples put before it, as finished turns of the same conversation.
        order : int
            0 as written; 1 with the options reversed, or the outputs of a pair swapped (in the examples
            too).

        Raises
        ------
        ConfigError
            The item lacks something the rubric asks for, or an example's label is not a label.
        """
        options = self._options(order)
        letters = {label: letter for letter, label in options.items()}
        messages = [{"role": "system", "content": self._instructions[order]}]
        for shot, label in shots:
            if label not in letters:
                raise ConfigError(
                    f"example '{shot.id}' has label '{label}'; rubric '{self.name}' knows: "
                    + ", ".join(self.labels)
                )
            messages.append({"role": "user", "content": self._case(shot, order)})
            messages.append({"role": "assistant", "content": letters[label]})
        messages.append({"role": "user", "content": self._case(item, order)})
        return Prompt(tuple(messages), options)

    def checked(self) -> Rubric:
        """The same, after its template was found to hold both blocks, and its instruction was rendered.

        Raises
        ------
        ConfigError
            It does not hold them, or cannot be rendered.
        """
        if "item" not in self._compiled.blocks:
            raise ConfigError(f"rubric '{self.name}', template.j2 has no block 'item'")
        _ = self._instructions
        return self

    @cached_property
    def guidance(self) -> str:
        """What is asked, for people: the instruction without the options, and without what only a model needs told."""
        lines = self._block("instruction", options=[], letters=[]).splitlines()
        return "\n".join(line for line in lines if line.strip() and not line.startswith(_TO_MODELS))

    def check(self, item: Item) -> str | None:
        """Why the rubric cannot be asked of this item, or None."""
        if self.file.kind == "pairwise" and len(item.outputs) != 2:
            return f"rubric '{self.name}' compares two outputs; the item has {len(item.outputs)}"
        if self.file.kind == "chain" and not item.hops:
            return f"rubric '{self.name}' needs the hops of a chain; the item has none"
        if self.file.kind != "pairwise" and len(item.outputs) != 1:
            return f"rubric '{self.name}' judges one output; the item has {len(item.outputs)}"
        return None

    def _options(self, order: int) -> dict[str, str]:
        labels = self.file.labels
        if self.file.kind == "pairwise":
            names = [label.name for label in labels]
            if order == 1:
                names[:2] = names[1::-1]
        else:
            names = [label.name for label in (labels if order == 0 else labels[::-1])]
        return dict(zip(LETTERS, names, strict=False))

    @cached_property
    def _instructions(self) -> tuple[str, ...]:
        return tuple(self._instruction(order) for order in ORDERS)

    def _instruction(self, order: int) -> str:
        meanings = {label.name: label.meaning for label in self.file.labels}
        if self.file.kind == "pairwise":  # letters name the printed outputs; meanings stay with the letters
            options = [
                (letter, label.meaning) for letter, label in zip(LETTERS, self.file.labels, strict=False)
            ]
        else:
            options = [(letter, f"{name}: {meanings[name]}") for letter, name in self._options(order).items()]
        return self._block("instruction", options=options, letters=[letter for letter, _ in options])

    def _case(self, item: Item, order: int) -> str:
        reason = self.check(item)
        if reason:
            raise ConfigError(f"item '{item.id}': {reason}")
        outputs = item.outputs[::-1] if order == 1 and self.file.kind == "pairwise" else item.outputs
        return self._block(
            "item",
            question=item.question,
            references=item.references,
            reference=item.reference,
            outputs=outputs,
            output=outputs[0],
            hops=tuple(HopTexts(hop.question, hop.reference, hop.output) for hop in item.hops),
            letters=LETTERS[: len(self.labels)],
        )

    @cached_property
    def _compiled(self) -> Template:
        try:
            return _environment().compiled(self.template)
        except ConfigError as error:
            raise ConfigError(f"rubric '{self.name}', template.j2: {error}") from None

    def _block(self, name: str, **values: Any) -> str:
        try:
            return rendered(self._compiled, name, values).strip()
        except ConfigError as error:
            raise ConfigError(f"rubric '{self.name}', {error}") from None


@lru_cache(maxsize=1)
def _environment() -> Sandbox:
    return Sandbox(fence=fence)
