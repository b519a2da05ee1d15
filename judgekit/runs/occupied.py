"""Whether a run folder may be written to: a finished run of something else is not replaced without a word."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from judgekit.errors import (
    BatchPending,
    BudgetSpent,
    InputError,
    JudgeFailed,
    JudgekitError,
    StoreBusy,
    StoreFailed,
)
from judgekit.runs.folder import RunFolder
from judgekit.runs.store import kept

_WORTH_KEEPING = (BudgetSpent, BatchPending, JudgeFailed, StoreBusy, StoreFailed)


def check(folder: Path, about: Mapping[str, Any], rubric: str, fingerprints: Mapping[str, str]) -> None:
    """Refuse to replace a finished run by one of another source, cascade or rubric.

    Parameters
    ----------
    folder : where the run would go. about : what ``run.json`` would say of the source.
    rubric, fingerprints : of the first item: its rubric, and what its judges are (tier -> fingerprint).

    Raises
    ------
    InputError : what is there is another run; how to go on.
    """
    try:
        was = RunFolder(folder).about
        cascades = dict(was["cascades"])
    except (OSError, InputError, KeyError, TypeError):
        return  # no finished run
    differs = []
    if was.get("source_digest", about.get("source_digest")) != about.get("source_digest"):
        differs.append(f"of {was.get('source') or 'other items'}" + _changed(was, about))
    if cascades and rubric not in cascades:
        differs.append(f"judged by rubric {', '.join(sorted(cascades))}, not {rubric}")
    elif cascades and dict(cascades[rubric].get("fingerprints") or {}) != dict(fingerprints):
        differs.append(f"by other judges ({', '.join(cascades[rubric].get('tiers') or ())})")
    if differs:
        raise InputError(
            f"a finished run is there, {' and '.join(differs)}. Give another place (--out), or --replace to lose it",
            path=folder,
        )


def _changed(was: Mapping[str, Any], about: Mapping[str, Any]) -> str:
    return " as it was before it changed" if was.get("source") == about.get("source") else ""


@contextmanager
def cleared_if_nothing_came_of_it(folder: Path) -> Iterator[None]:
    """Leave no folder behind where a start fails before anything was asked; a folder that was there stays."""
    there = folder.exists()
    first = next((parent for parent in reversed([folder, *folder.parents]) if not parent.exists()), folder)
    try:
        yield
    except (JudgekitError, OSError) as error:
        if not there and not isinstance(error, _WORTH_KEEPING) and not kept(folder)[0]:
            shutil.rmtree(first, ignore_errors=True)
        raise
