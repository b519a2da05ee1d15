"""The order of evidence rows: by their names, so that nothing hangs on the order in which files give them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from judgekit.records import EvidenceRow
from judgekit.trust.draws import chance


def in_order(rows: Sequence[EvidenceRow]) -> list[EvidenceRow]:
    """Rows by their names; those that share all of them by what they say."""
    shared = Counter(map(_names, rows))
    return sorted(
        rows, key=lambda row: (_names(row), json.dumps(row.to_row()) if shared[_names(row)] > 1 else "")
    )


def shuffled(rows: Sequence[EvidenceRow]) -> NDArray[np.intp]:
    """A random order of rows, which depends on their names alone. Shape (rows,)."""
    return np.argsort(chance("\0".join(_names(row)) for row in rows), kind="stable")


def _names(row: EvidenceRow) -> tuple[str, ...]:
    return row.question_id, row.id, row.model, row.method, row.split
