"""Draws from a population as evidence rows, the way files give them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from judgekit.records import Evidence, EvidenceRow, HumanLabel
from tests.promises.populations import Population


def rows_of(
    population: Population, kinds: Iterable[int], human: Iterable[int], tiers: Sequence[str], prefix: str = ""
) -> list[EvidenceRow]:
    """One row an item; label k is called ``"k"``, and -1 is no label."""
    return [
        EvidenceRow(
            id=f"{prefix}{i}",
            question_id=f"{prefix}{i}",
            tiers={
                name: Evidence.missing("out of order")
                if np.isnan(p[0])
                else Evidence(probs={str(k): float(q) for k, q in enumerate(p / p.sum())})
                for name, p in zip(tiers, population.probs[kind], strict=True)
            },
            human=() if said < 0 else (HumanLabel(annotator="a", label=str(said)),),
        )
        for i, (kind, said) in enumerate(zip(kinds, human, strict=True))
    ]


def edge(delta: float, draws: int) -> float:
    """The share of broken promises that draws of a kept promise may show."""
    return float(delta + 3 * np.sqrt(delta * (1 - delta) / draws))
