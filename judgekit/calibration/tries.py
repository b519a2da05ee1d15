"""Calibrations on the same labels: together they may spend the error level once.

Each of them may break its promise with probability delta. Whoever makes several on one set of labels and keeps the best
breaks a promise more often: so each calibration knows which items it was made from, every further one on any of them
counts, and the levels spent may sum to no more than any of them states. A calibration that is made again, of the
same evidence, labels and options, is the same one.

What was made is remembered in ``.calibrations.jsonl`` beside the evidence and beside the labels, and in each
calibration file.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from judgekit.calibration.evidence_table import EvidenceTable
from judgekit.documents.lines import lines
from judgekit.errors import InputError
from judgekit.records import Record, parse
from judgekit.runs.atomic import append, mend_last_line

FILE = ".calibrations.jsonl"


class Try(Record):
    """What later calibrations must know of one.

    Attributes
    ----------
    digest : str
        Of evidence, labels and options; of a pool that people are asked about along a path, without its
        labels.
    rubric : str
        Whose labels they are.
    delta : float
        The error level that its certificate states.
    tries : int
        By how many calibrations it is shared.
    items : tuple[str, ...]
        The items that people labeled, all of a pool, 8 hex digits each.
    pool : str
        Fingerprint of the pool.
    """

    schema_: Literal["judgekit.try/1"] = Field("judgekit.try/1", alias="schema")
    digest: str
    rubric: str = ""
    delta: float
    tries: int = 1
    items: tuple[str, ...]
    pool: str = ""

    @classmethod
    def of(
        cls,
        table: EvidenceTable,
        certify: NDArray[np.bool_],
        delta: float,
        tries: int,
        options: Sequence[Any],
        pool: str = "",
    ) -> Try:
        """The try that a calibration on these rows, with these options, is.

        On the labels of a pool it is the same try however many of them there are yet.
        """
        names = [json.dumps([row.question_id or row.id, row.model, row.method]) for row in table.rows]
        said = ([""] * len(names)) if pool else [f" {who.round(9).tolist()}" for who in table.arrays.shares]
        rows = [
            f"{name} {row.id} {row.split} {one.round(9).tolist()}{who} {row.text_features}"
            for name, row, one, who in zip(names, table.rows, table.arrays.probs, said, strict=True)
        ]
        made_of = [sorted(rows), table.tiers, table.labels, delta, tries, *options, *filter(None, [pool])]
        return cls(
            digest=_hex(json.dumps(made_of), 12),
            rubric=table.rubric,
            delta=delta,
            tries=tries,
            items=tuple(sorted({_hex(names[i], 8) for i in np.flatnonzero(certify)})),
            pool=pool,
        )

    @property
    def spent(self) -> float:
        """What it takes of the error level."""
        return self.delta / self.tries

    def on_labels_of(self, other: Try) -> bool:
        """Whether this is another calibration, on any of the labels of the other."""
        return (
            self.rubric == other.rubric
            and self.digest != other.digest
            and not set(self.items).isdisjoint(other.items)
        )

    def among(self, earlier: Iterable[Try]) -> tuple[Try, ...]:
        """The earlier calibrations on any of the same labels, this one not among them.

        Raises
        ------
        InputError
            This is a further one, and leaves less than nothing of the error level.
        """
        mine = set(self.items)
        others = {
            one.digest: one for one in earlier if one.rubric == self.rubric and not mine.isdisjoint(one.items)
        }
        if others.pop(self.digest, None) is not None:
            return tuple(others.values())
        together = (*others.values(), self)
        if self.pool and any(one.pool == self.pool for one in others.values()):
            raise InputError(
                f"the pool {self.pool} was drawn from other evidence than this, or with other options: its labels were "
                "asked along another path, and certify nothing else; give the same runs and options again"
            )
        if others and sum(one.spent for one in together) > min(one.delta for one in together) * (1 + 1e-9):
            used = len(mine.intersection(item for one in others.values() for item in one.items))
            raise InputError(
                f"{used:,} of these {len(mine):,} labeled items have been calibrated on before, and the best of "
                "several calibrations on the same labels breaks its promise too often: label other items, or settle "
                "the number of calibrations before the first and give it to each (--tries N, each spends delta / N)"
            )
        return tuple(others.values())


def remembered(folders: Iterable[Path]) -> list[Try]:
    """The calibrations that folders remember, in the order in which they were made."""
    found: dict[str, Try] = {}
    for path in dict.fromkeys(folder / FILE for folder in folders):
        if path.is_file():
            if not path.is_symlink():
                with suppress(OSError):
                    mend_last_line(path)  # of a calibration that was killed before it was written
            for number, row in lines(path):
                one = parse(Try, row, path=path, line=number)
                found.setdefault(one.digest, one)
    return list(found.values())


def remember(made: Try, folders: Iterable[Path]) -> bool:
    """Note a calibration in folders, once in each; one that cannot be written to goes without.

    Returns
    -------
    bool
        Whether one of them remembers it now, or there is none to remember anything in.
    """
    noted = [_noted(made, folder) for folder in dict.fromkeys(folders)]
    return any(noted) or not noted


def _noted(made: Try, folder: Path) -> bool:
    if made.digest in {one.digest for one in remembered([folder])}:
        return True
    row = (json.dumps(made.to_row()) + "\n").encode()
    with suppress(OSError), append(folder / FILE) as file:
        return os.write(file.fileno(), row) == len(row)  # at once, so that nobody reads half of it
    return False


def _hex(text: str, digits: int) -> str:
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()[:digits]
