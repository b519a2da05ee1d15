"""The pool that people's labels are asked from: which items were drawn, how, and for which promise.

A pool is settled, and written beside the labels, before anybody answers. Which of its items are asked about, and in
which order, may then hang on judges and on earlier answers: a certificate is that of the whole pool, and an item
without an answer counts as an error (``docs/guarantee.md``, "Labels along the path"). Without its pool such labels
would pass for a fair sample, which they are not: so every label carries the fingerprint of the pool it was asked from.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Literal

from pydantic import Field

from judgekit.calibration.options import CalibrationOptions
from judgekit.documents import read_json
from judgekit.errors import InputError
from judgekit.records import EDITED, EvidenceRow, HumanLabel, LabelRow, Record, parse
from judgekit.runs.atomic import replacing

SUFFIX = ".pool.json"

Kind = Literal["path", "items", "open", "verdicts", "rest"]

FAIR: frozenset[Kind] = frozenset(("path", "items"))
"""Kinds drawn fairly from all items, by which a promise may be certified."""


def first_answer(human: Iterable[HumanLabel]) -> HumanLabel | None:
    """The answer of an item along a path: that of whoever was asked first; None where nobody answered.

    Were it the majority's, whoever asks one more person where a label displeases could choose labels.
    """
    answers = (label for label in human if not label.again)
    return min(answers, key=lambda label: (label.at or "~", label.annotator), default=None)


class PoolItem(Record):
    """One output of a pool, as label files name it, and the question that it answers."""

    id: str
    model: str = ""
    method: str = ""
    question_id: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        """Id, model and method: what tells the outputs of a run apart."""
        return self.id, self.model, self.method


class Pool(CalibrationOptions):
    """A drawn pool.

    Attributes
    ----------
    rubric, labels
        Under which people label, and the labels there are, in order.
    kind : Kind
        What it was drawn from and for. ``path``: fairly from all items, asked along the path to the
        promise below. ``items``: fairly from all items, asked in random order. ``verdicts``, ``open``:
        from the verdicts, or from what has none, of a scored run. ``rest``: fairly from what a
        certified policy leaves open.
    agreement, delta, per_label, at_most, tolerance, people, group_by, per, max_mean_cost, tries, tiers, costs : the
        promise that labels along a path are asked for.
    seed : int
        Of the draw.
    items : tuple[PoolItem, ...]
        At most one output of a question, in each group where the promise is made by group.
    """

    schema_: Literal["judgekit.pool/1"] = Field("judgekit.pool/1", alias="schema")
    rubric: str = ""
    labels: tuple[str, ...] = ()
    kind: Kind
    seed: int = 0
    items: tuple[PoolItem, ...] = Field(min_length=1)

    @property
    def fingerprint(self) -> str:
        """Identifies the pool in the labels asked from it (12 hex digits)."""
        return hashlib.sha256(json.dumps(self.to_row(), sort_keys=True).encode()).hexdigest()[:12]

    @property
    def questions(self) -> frozenset[str]:
        """The questions of all its items, which a later draw leaves out whether they were answered or not."""
        return frozenset(item.question_id or item.id for item in self.items)

    def save(self, path: Path) -> None:
        """Write as indented JSON, in one step."""
        with replacing(path) as file:
            file.write(json.dumps(self.to_row(), indent=1, ensure_ascii=False) + "\n")

    @classmethod
    def load(cls, path: Path) -> Pool:
        """Read a pool file; an ``InputError`` says what is wrong with it."""
        return parse(cls, read_json(path, "a pool file"), path=path)


def pool_file(labels: Path) -> Path:
    """Where the pool of a label file stands: ``labels.pool.json`` beside ``labels.jsonl``."""
    return labels.with_name(labels.stem + SUFFIX)


def pools_beside(labels: Iterable[Path]) -> list[Pool]:
    """All pools in the folders of label files, each once."""
    folders = dict.fromkeys(path.parent for path in labels)
    found = (Pool.load(path) for folder in folders for path in sorted(folder.glob("*" + SUFFIX)))
    return list({pool.fingerprint: pool for pool in found}.values())


def asked_from(given: Iterable[HumanLabel | LabelRow], pools: Sequence[Pool]) -> list[Pool]:
    """The pools that labels were asked from; those made by editing a verdict were asked from none.

    Raises
    ------
    InputError
        A label carries a pool that is not among ``pools``.
    """
    known = {pool.fingerprint: pool for pool in pools}
    named = dict.fromkeys(label.pool for label in given if label.pool not in ("", EDITED))
    for name in named:
        if name not in known:
            raise InputError(
                f"labels were asked from the pool {name}, and its file (…{SUFFIX}, beside the labels) is not there: "
                "without it they would pass for a fair sample; put it back, and give the labels with --labels"
            )
    return [known[name] for name in named]


def members(pool: Pool, rows: Sequence[EvidenceRow]) -> list[int]:
    """Where in ``rows`` the items of a pool stand, in the pool's order.

    Raises
    ------
    InputError
        Rows lack an item of the pool, which counts whether it was answered or not.
    """
    place = {row.key: i for i, row in enumerate(rows)}
    missing = [item for item in pool.items if item.key not in place]
    if missing:
        raise InputError(
            f"{len(missing):,} of the {len(pool.items):,} items of the pool {pool.fingerprint} have no evidence here, "
            f"'{missing[0].id}' among them: give all the evidence that the pool was drawn from"
        )
    return [place[item.key] for item in pool.items]
