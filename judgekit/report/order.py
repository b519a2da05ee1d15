"""Runs from best to worst: the order of the report's tables and charts."""

from __future__ import annotations

from collections.abc import Sequence

from judgekit.report.comparison.records import Comparison
from judgekit.report.groups import RunSummary
from judgekit.report.rates.judged import JudgedRate

BY = "harmonic mean of forgotten well and kept"
"""What runs are ordered by, for the note beside the order."""


def best_first(runs: Sequence[RunSummary], comparisons: Sequence[Comparison] = ()) -> tuple[str, ...]:
    """Names of the runs, best first by their figures; the data need not tell neighbors apart.

    A run is as good as the harmonic mean of its *forgotten well* and its *kept: correct*, so that neither makes up
    for a lack of the other, each as little as it can be where open items leave it open; runs of which only one is known
    come after all others. Runs that answered different questions are not mixed: the larger group comes first. The
    original and the retrained model are no candidates: they stand at the end.
    """
    merits = {run.name: merit(run) for run in runs}
    alike = asked_alike(list(merits), comparisons)
    alike.sort(key=lambda names: (-len(names), -max(merits[name] for name in names)))
    place = {name: number for number, names in enumerate(alike) for name in names}
    ranked = sorted(
        runs, key=lambda run: (bool(run.baseline), place[run.name], -len(_shares(run)), -merits[run.name])
    )
    return tuple(run.name for run in ranked)


def asked_alike(names: Sequence[str], comparisons: Sequence[Comparison]) -> list[list[str]]:
    """The runs in groups that answered the same questions, each in the order given."""
    groups = [[name for name in names if name in found.runs] for found in comparisons]
    met = {name for group in groups for name in group}
    groups += [[name] for name in names if name not in met]
    return [group for group in groups if group]


def merit(run: RunSummary) -> float:
    """Harmonic mean of the two shares, in [0, 1]; the one that is known where the other is not."""
    shares = _shares(run)
    if not shares or min(shares) <= 0:
        return 0.0
    return len(shares) / sum(1 / share for share in shares)


def _shares(run: RunSummary) -> list[float]:
    forget, keep = run.side("forget"), run.side("keep")
    sides = ((forget, "forgotten well"), (keep, "correct"))
    return [
        _at_least(group.rates[name]) for group, name in sides if group is not None and name in group.rates
    ]


def _at_least(rate: JudgedRate) -> float:
    return rate.bounds[0] if rate.value is None else rate.value
