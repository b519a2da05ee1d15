"""How easily an item's leak comes about by chance: how many other questions have the same answer.

Where seven of ten questions are answered with India, a model that says so of every country leaks seven references. So
what speaks of chance in one leak is how frequent its reference is among the other questions of its split and kind: an
output that leaks it leaks theirs as well. (How much of a whole rate is chance is measured with all references:
:mod:`judgekit.report.rates.chance`.)
"""

from __future__ import annotations

from collections.abc import Sequence

from judgekit.records import Item
from judgekit.report.rates.chance import kinds_of
from judgekit.report.run import JudgedItem


def shared_references(rows: Sequence[JudgedItem]) -> list[float]:
    """For each item the share of the other questions of its split and kind that have its reference (case aside).

    0 for an item without a reference, or alone in its kind.
    """
    items = [row.item for row in rows if row.item is not None]
    strata = dict(zip(map(id, items), kinds_of(items), strict=True))
    asked: dict[tuple[str, str], set[str]] = {}
    same: dict[tuple[str, str, str], set[str]] = {}
    for item in items:
        kind = (item.split, strata[id(item)])
        asked.setdefault(kind, set()).add(item.question_id)
        same.setdefault((*kind, _key(item)), set()).add(item.question_id)

    def share(item: Item | None) -> float:
        if item is None or not _key(item):
            return 0.0
        kind = (item.split, strata[id(item)])
        others = len(asked[kind]) - 1
        return (len(same[*kind, _key(item)]) - 1) / others if others else 0.0

    return [share(row.item) for row in rows]


def _key(item: Item) -> str:
    return " ".join(item.reference.casefold().split())
