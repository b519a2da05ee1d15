"""The papers' reference-based measures of a run, from what its file recorded."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from judgekit.metrics import Measure, better, catalog
from judgekit.report.paired import Estimate
from judgekit.report.per_question import QuestionValues
from judgekit.report.rates.intervals import intervals
from judgekit.report.run import Run


@dataclass(frozen=True)
class Figure:
    """One measure of one run on one split (empty: the run as a whole).

    ``value`` None: absent, for ``reason``. ``low`` and ``high`` are 95 % limits over which questions were asked, None
    where there are none. ``better`` is 1 where a higher value is better, -1 where worse, 0 neither.
    """

    name: str
    label: str
    split: str
    value: float | None
    low: float | None
    high: float | None
    items: int
    missing: int
    reason: str
    better: int
    source: str


def measured(run: Run) -> tuple[Figure, ...]:
    """Every measure that the recorded fields support, and the absent ones with their reasons.

    Forget quality needs a second run, see `judgekit.report.comparison.compare`.
    """
    return tuple(_figures(run.per_question))


def _figures(found: QuestionValues) -> Iterable[Figure]:
    limits = intervals(found)
    for measure in found.measures.overall.values():
        yield _figure("", measure, limits.get(("", measure.name)))
    for split, measures in found.measures.splits.items():
        for measure in measures.values():
            yield _figure(split, measure, limits.get((split, measure.name)))


def _figure(split: str, measure: Measure, limits: Estimate | None) -> Figure:
    entry = catalog()[measure.name]
    known = limits is not None and limits.value is not None and limits.low > float("-inf")
    return Figure(
        name=measure.name,
        label=entry.label,
        split=split,
        value=measure.value,
        low=limits.low if known and limits is not None else None,
        high=limits.high if known and limits is not None else None,
        items=measure.n,
        missing=measure.missing,
        reason=measure.reason,
        better=better(measure.name, split) if split else entry.forget or entry.keep,
        source=entry.source,
    )
