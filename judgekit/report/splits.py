"""Runs whose outputs name no split, so that nothing says what they should have forgotten."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from judgekit.report.groups import RunSummary
from judgekit.report.words import Finding, listed

NO_SPLIT = "(no split)"
"""What the group of outputs without a split is called."""


def unnamed(runs: Sequence[RunSummary]) -> Iterable[Finding]:
    """One sentence on runs that are judged as what should be kept for want of any split."""
    which = [run for run in runs if _is_unnamed(run)]
    if not which:
        return
    whose = "" if len(which) == len(runs) else f" in {listed([run.title for run in which])}"
    text = (
        f"No split is named{whose}, so all outputs{' there' if whose else ''} are judged as what should be kept. If "
        "they answer questions to be forgotten, score with --split forget."
    )
    yield Finding("warning", text, tuple(run.name for run in which), "kept")


def _is_unnamed(run: RunSummary) -> bool:
    return all(group.side == "keep" and group.split in ("", NO_SPLIT) for group in run.groups)
