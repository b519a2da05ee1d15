"""Drawing the pool that people are asked about along the path: fairly, from evidence alone, before any label."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from judgekit.calibration.evidence_table import EvidenceTable, one_per_question
from judgekit.calibration.pool import Pool, PoolItem
from judgekit.errors import ConfigError, InputError
from judgekit.records import EvidenceRow
from judgekit.trust.draws import chance

Size = Callable[[Sequence[EvidenceRow]], int]
"""How many items a pool is to have, by evidence on other items, one output a question."""

FEWEST, MOST = 50, 300
"""Other items that tell the size of a pool: a third of those that need not be in it, within these bounds."""


def draw(
    rows: Iterable[EvidenceRow],
    count: int,
    *,
    labels: Sequence[str] = (),
    exclude: Collection[str] = (),
    without: Collection[str] = (),
    costs: Mapping[str, float] | None = None,
    tiers: Sequence[str] = (),
    seed: int = 0,
    size: Size | None = None,
    **promise: Any,
) -> Pool:
    """Draw a pool: one output a question (in each group), in proportion to its outputs where items are promised for.

    Parameters
    ----------
    rows : Iterable[EvidenceRow]
        Evidence of one rubric, every tier asked about every item. Questions that people labeled are
        left out.
    count : int
        How many items at most.
    size : Size | None
        How many, at least ``count``, by evidence on items that the pool then leaves out: on its own
        items it must not hang (``docs/guarantee.md``, "Labels along the path"). Where too few are left
        for that, all are drawn.
    labels, exclude, costs, tiers
        As for :func:`judgekit.calibration.calibrate.calibrate`.
    without : Collection[str]
        Questions to leave out, those of earlier pools.
    seed : int
        Of the draw, which hangs on the names of the items besides.
    promise : Any
        The other options of a calibration, which labels are asked for.

    Raises
    ------
    ConfigError
        No item is to be drawn.
    InputError
        As there; or a tier was not asked about an item, or nothing is left to draw.
    """
    if count < 1:
        raise ConfigError(f"a pool needs 1 item or more, got {count}")
    table = EvidenceTable.of(rows, tiers, labels, costs, exclude)
    unasked = (~table.arrays.asked).sum(axis=0)
    if unasked.any():
        tier = int(unasked.argmax())
        raise InputError(
            f"tier '{table.tiers[tier]}' was not asked about {unasked[tier]:,} of {len(table.rows):,} items, and which "
            "ones hangs on what was said of them: draw from a run that was scored without a calibration, or complete "
            "this one (judgekit score --complete)"
        )
    gone = {question for question, row in zip(table.questions, table.rows, strict=True) if row.human} | set(
        without
    )
    free = np.array([question not in gone for question in table.questions])
    group_by = promise.get("group_by")
    within = [str(getattr(row, group_by)) for row in table.rows] if group_by else None
    order = np.argsort(
        chance(f"{seed}\0{row.question_id}\0" + "\0".join(row.key) for row in table.rows), kind="stable"
    )
    fair, _ = one_per_question(
        table.questions, free, order, groups=within, per=promise.get("per", "question")
    )
    drawn = [i for i in order if fair[i]]
    if not drawn:
        raise InputError("no item is left to draw: every question was labeled or belongs to an earlier pool")
    drawn = drawn[: count if size is None else _by_others([table.rows[i] for i in drawn], count, size)]
    return Pool(
        rubric=table.rubric,
        labels=table.labels,
        kind="path",
        tiers=table.tiers,
        costs=dict(costs or {}),
        seed=seed,
        items=tuple(
            PoolItem(id=row.id, model=row.model, method=row.method, question_id=row.question_id)
            for row in (table.rows[i] for i in drawn)
        ),
        **{name: value for name, value in promise.items() if value is not None},
    )


def _by_others(rows: Sequence[EvidenceRow], least: int, size: Size) -> int:
    """The size of a pool of the first of these rows, by the last of them."""
    count = min((len(rows) - least) // 3, MOST)
    if count < FEWEST:
        return len(rows)
    return min(max(size(rows[-count:]), least), len(rows) - count)
