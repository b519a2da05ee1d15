"""What labels are likely to buy, from files: evidence alone, or a pilot with some labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from judgekit import trust
from judgekit.calibration.evidence_table import EvidenceTable, one_per_question
from judgekit.calibration.files import gather
from judgekit.calibration.stages import judge_index
from judgekit.errors import InputError, mendable
from judgekit.labeling.page.desk import SECONDS
from judgekit.records import EvidenceRow
from judgekit.runs.folder import Paths

LABELS = (100, 200, 300, 500)
"""Numbers of labels that are looked at."""

FEW = 10
"""Calibrations for each number of items where only the size of a pool is wanted."""

STEP = 0.05
"""How far the targets beside the wanted one are from it; less near 0 and 1."""


@dataclass(frozen=True)
class LabelOutlook:
    """What labels are likely to buy at several targets, and what they take.

    Attributes
    ----------
    outlooks : tuple of judgekit.trust.Outlook
        One for each target, the lowest first.
    delta : float
    items : int
        The items it was made from, one output a question.
    pilot : int
        How many of them people labeled, which then are all; 0 where the judges' own claims were believed.
    tiers : tuple of str
        Those that are asked about every item of a pool.
    seconds : float
        What a label takes.
    pace : str
        How that is known: "as stated", "median of the pilot's", or "assumed".
    """

    outlooks: tuple[trust.Outlook, ...]
    delta: float
    items: int
    pilot: int
    tiers: tuple[str, ...]
    seconds: float
    pace: str


def outlook(
    evidence: str | Path | Sequence[str | Path],
    *,
    agreement: float,
    delta: float = 0.1,
    labels: Paths | None = None,
    pilot: bool = False,
    rubric: str | None = None,
    costs: dict[str, float] | None = None,
    seconds: float | None = None,
) -> LabelOutlook:
    """What labels are likely to buy at three targets, the wanted one in the middle.

    Parameters
    ----------
    evidence, rubric, costs
        As for :func:`judgekit.calibration.files.calibrate`; a run without a calibration, which asks
        every tier about every item.
    agreement, delta : float
        The wanted promise.
    labels : path or paths, optional
        Label files, where the rows do not carry the pilot's labels.
    pilot : bool
        Whether to go by people's labels, and by labeled items alone; else by what the judges claim of
        themselves.
    seconds : float | None
        What a label takes; by default the median of the pilot's labels, else :data:`SECONDS`.

    Raises
    ------
    InputError
        No evidence, a tier that was not asked about an item, or a pilot without labels.
    """
    rows, options, _ = gather(evidence, rubric, labels, (), {"costs": costs or None})
    table = EvidenceTable.of(rows, **options)
    arrays = table.arrays
    known = arrays.majority >= 0 if pilot else np.ones(len(table.rows), np.bool_)
    used, _ = one_per_question(table.questions, known, table.order)
    if not used.any():
        raise InputError(
            f"none of the {len(table.rows):,} items of the pilot has a label that most people gave"
        )
    if not arrays.asked[used].all():
        tier = table.tiers[int((~arrays.asked[used]).any(axis=0).argmax())]
        raise InputError(
            f"tier '{tier}' was not asked about every item: plan from a run scored without a calibration"
        )
    probs, judges = arrays.probs[used], judge_index(table.tiers)
    people = (
        np.eye(len(table.labels))[arrays.majority[used]] if pilot else mendable(trust.claimed)(probs, judges)
    )
    shared: dict[str, Any] = {"delta": delta, "costs": table.prices or None, "judges": judges}
    took = [one.seconds for row in rows for one in row.human if one.seconds is not None] if pilot else []
    return LabelOutlook(
        outlooks=tuple(
            mendable(trust.outlook)(probs, people, LABELS, agreement=target, **shared)
            for target in _targets(agreement)
        ),
        delta=delta,
        items=int(used.sum()),
        pilot=int(used.sum()) if pilot else 0,
        tiers=table.tiers,
        seconds=seconds or (median(took) if took else SECONDS),
        pace="as stated" if seconds else "median of the pilot's" if took else "assumed",
    )


def pool_size(
    rows: Sequence[EvidenceRow],
    wanted: int,
    *,
    agreement: float,
    delta: float = 0.1,
    costs: Mapping[str, float] | None = None,
) -> int:
    """How many items to draw so that people are asked for about so many labels along the path.

    Parameters
    ----------
    rows : Sequence[EvidenceRow]
        Evidence on items that will not be in the pool, one output a question.
    wanted : int
        Labels.
    agreement, delta : float
        The wanted promise.
    costs : Mapping[str, float] | None
        tier -> cost of asking it, where it is stated.

    Raises
    ------
    InputError
        No evidence.
    """
    table = EvidenceTable.of(rows, costs=costs)
    probs, judges = table.arrays.probs, judge_index(table.tiers)
    people = mendable(trust.claimed)(probs, judges)
    shared: dict[str, Any] = {"delta": delta, "costs": table.prices or None, "judges": judges}
    found = mendable(trust.outlook)(probs, people, (wanted,), agreement=agreement, draws=FEW, **shared)
    return found.path[0].pool


def _targets(agreement: float) -> tuple[float, float, float]:
    """The wanted target and one on each side."""
    step = min(STEP, agreement / 2, (1 - agreement) / 2)
    return round(agreement - step, 6), agreement, round(agreement + step, 6)
