"""Verdicts as the scores that inspect-ai's ``precomputed_scores`` reads, one JSON object a line.

``value`` is the label, and NaN where there is no verdict: inspect keeps such a score, leaves it out of its metrics and
counts it as unscored. Scores of a sample's epochs are told apart by ``epoch``.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from judgekit.calibration.record import calibrations
from judgekit.display import whole
from judgekit.errors import InputError
from judgekit.export.words import explanation
from judgekit.records import Item, Verdict
from judgekit.runs.atomic import replacing
from judgekit.runs.folder import RunFolder

_EPOCH = re.compile(r"(.+)#([1-9]\d*)", re.DOTALL)


def write(run: RunFolder, out: Path) -> None:
    """Write the scores of a run, in its order.

    Raises
    ------
    InputError : the run holds outputs of several models or methods; inspect's scores are of one log.
    """
    promises = {key: made.certificate.claim for key, made in calibrations(run).items()}
    has_epochs = _are_epochs(run.verdicts())
    whose: tuple[str, str] | None = None
    with replacing(out) as file:
        for item, _, verdict in run.results():
            whose = whose or (verdict.model, verdict.method)
            if (verdict.model, verdict.method) != whose:
                raise InputError(
                    "the run holds outputs of several models or methods; inspect's scores are of one log",
                    path=run.path,
                )
            file.write(json.dumps(_row(item, verdict, has_epochs, promises)) + "\n")


def _row(
    item: Item | None, verdict: Verdict, has_epochs: bool, promises: Mapping[str, str]
) -> dict[str, Any]:
    name, epoch = _sample(verdict.id) if has_epochs else (verdict.id, None)
    metadata = {
        "state": verdict.state,
        "reason": verdict.reason,
        "confidence": verdict.confidence,
        "tier": verdict.tier,
        "certificate": promises.get(verdict.calibration or ""),
        "calibration": verdict.calibration,
        "rubric": verdict.rubric,
        "question_id": verdict.question_id,
        "split": verdict.split,
    }
    row = {
        "id": name,
        "epoch": epoch,
        "value": math.nan if verdict.label is None else verdict.label,
        "answer": None if item is None else whole("\n\n".join(item.outputs)),
        "explanation": explanation(verdict),
        "metadata": {key: value for key, value in metadata.items() if value not in (None, "")},
    }
    return {key: value for key, value in row.items() if value is not None}


def _are_epochs(verdicts: Iterable[Verdict]) -> bool:
    """Whether ids are those of samples in several epochs: ``<id>#<epoch>``, one question to an id, and one asked twice.

    Of an id, and of its question, only hashes are held.
    """
    asked: dict[int, int] = {}
    is_repeated = False
    for verdict in verdicts:
        name, epoch = _sample(verdict.id)
        question = hash(verdict.question_id)
        if epoch is None or asked.setdefault(hash(name), question) != question:
            return False
        is_repeated = is_repeated or epoch > 1
    return is_repeated


def _sample(name: str) -> tuple[str, int | None]:
    found = _EPOCH.fullmatch(name)
    return (found[1], int(found[2])) if found else (name, None)
