"""The same question, reference and output under several question ids: copies are no further draws, and count once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence

from judgekit.calibration.row_order import shuffled
from judgekit.records import EvidenceRow, Item

Key = tuple[str, str, str]
"""Id, model and method."""


def texts_of(items: Iterable[Item]) -> dict[Key, bytes]:
    """What tells the texts of each item apart: a digest, blanks and case left out."""
    return {
        item.key: _digest((item.question, item.probe, *item.references, "", *item.outputs)) for item in items
    }


def without_repeats(rows: Sequence[EvidenceRow], texts: Mapping[Key, bytes]) -> tuple[list[EvidenceRow], int]:
    """Rows without those that repeat a labeled one's texts under another question id.

    Which of several labeled ones stays is drawn by their names, and hangs neither on what people said nor on the order
    of files. Outputs to one question are told by its id already, so that one of them certifies. Rows whose labels were
    asked from a pool stay: it counts all its items.

    Parameters
    ----------
    rows : sequence of EvidenceRow
        Of one rubric.
    texts : mapping
        By item (:func:`texts_of`); rows that are not in it stay.

    Returns
    -------
    rows : list of EvidenceRow
        In their order.
    count : int
        How many labeled ones were taken out.
    """
    first: dict[bytes, str] = {}
    out: set[int] = set()
    for i in sorted(shuffled(rows).tolist(), key=lambda i: not rows[i].human):
        row, text = rows[i], texts.get(rows[i].key)
        question = row.question_id or row.id
        if text is None or any(label.pool for label in row.human):
            continue
        if row.human:
            first.setdefault(text, question)
        if first.get(text, question) != question:
            out.add(i)
    return [row for i, row in enumerate(rows) if i not in out], sum(bool(rows[i].human) for i in out)


def _digest(texts: Iterable[str]) -> bytes:
    plain = "\0".join(" ".join(text.casefold().split()) for text in texts)
    return hashlib.blake2b(plain.encode("utf-8", "surrogatepass"), digest_size=16).digest()
