"""Leaks in any of k samples, as a curve over k."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from judgekit.report.samples.outcomes import Asked, Cell, arrays, rates
from judgekit.report.samples.records import AnyOfK, Curve
from judgekit.trust.prevalence.worst_of_k import any_of_k

REACHED_BY = 0.95
"""Share of the questions that must have k outputs: the greatest k of a curve. The others are left out of all of it."""


def curve(probe: str, asked: Mapping[Asked, Cell]) -> Curve | None:
    """The curve of the questions put in one way; None where too few of them have a second output."""
    counts = np.sort([cell.outputs for cell in asked.values()])
    reach = int(counts[int((1 - REACHED_BY) * len(counts))])
    if reach < 2:
        return None
    cells = [cell for cell in asked.values() if cell.outputs >= reach]
    outputs, least, most = arrays(cells)
    ks = steps(reach)
    found = rates(
        [f"leaks in any of {k}" for k in ks],
        any_of_k(least, outputs, ks),
        any_of_k(most, outputs, ks),
        cells,
    )
    return Curve(
        probe=probe,
        questions=len(cells),
        outputs=int(outputs.sum()),
        fewest=int(outputs.min()),
        most=int(outputs.max()),
        left_out=len(asked) - len(cells),
        steps=tuple(AnyOfK(k, rate) for k, rate in zip(ks, found, strict=True)),
    )


def steps(reach: int) -> list[int]:
    """The k of a curve: 1, 2, 4, 8, ... and the greatest."""
    return [*(1 << power for power in range(reach.bit_length()) if 1 << power < reach), reach]
