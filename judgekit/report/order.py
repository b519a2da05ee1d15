"""Runs from best to worst: the order of the report's tables and charts."""

from __future__ import annotations

from collections.abc import Sequence

from judgekit.report.groups import RunSummary

BY = "harmonic mean of forgotten well and kept"
"""What runs are ordered by, for the note beside the order."""


def best_first(runs: Sequence[RunSummary]) -> tuple[str, ...]:
    """Names of the runs, best first by their figures; the data need not tell neighbors apart.

    A run is as good as the harmonic mean of its *forgotten well* and its *kept: correct*, so that neither makes up
    for a lack of the other; runs of which only one is known come after all others. The original and the retrained
    model are no candidates: they stand at the end.
    """
    ranked = sorted(runs, key=lambda run: (bool(run.baseline), _known(run), -merit(run)))
    return tuple(run.name for run in ranked)


def merit(run: RunSummary) -> float:
    """Harmonic mean of the two shares, in [0, 1]; the one that is known where the other is not."""
    shares = _shares(run)
    if not shares or min(shares) <= 0:
        return 0.0
    return len(shares) / sum(1 / share for share in shares)


def _known(run: RunSummary) -> int:
    return -len(_shares(run))


def _shares(run: RunSummary) -> list[float]:
    forget, keep = run.side("forget"), run.side("keep")
    sides = ((forget, "forgotten well"), (keep, "correct"))
    return [group.rates[name].middle for group, name in sides if group is not None and name in group.rates]
