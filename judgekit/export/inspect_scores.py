"""Verdicts as the scores that inspect-ai's ``precomputed_scores`` reads, one JSON object a line.

``value`` is the label, and NaN where there is no verdict: inspect keeps such a score, leaves it out of its metrics and
counts it as unscored. Scores of a sample's epochs are told apart by ``epoch``.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from judgekit.calibration.record import Calibration, calibrations
from judgekit.display import whole
from judgekit.errors import InputError
from judgekit.export.words import UNCHECKED, explanation
from judgekit.records import Item, Verdict
from judgekit.runs.atomic import replacing
from judgekit.runs.folder import RunFolder

_EPOCH = re.compile(r"(.+)#([1-9]\d*)", re.DOTALL)


def write(run: RunFolder, out: Path) -> None:
    """Write the scores of a run, in its order.

    Raises
    ------
    InputError
        The run holds outputs of several models or methods; inspect's scores are of one log.
    """
    promises = calibrations(run)
    labels = {rubric: cascade.labels for rubric, cascade in run.about.cascades.items()}
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
            made = promises.get(verdict.calibration or "")
            said = metadata(verdict, labels.get(verdict.rubric, ()), made)
            file.write(json.dumps(_row(item, verdict, has_epochs, said)) + "\n")


def metadata(verdict: Verdict, labels: Sequence[str], calibration: Calibration | None) -> dict[str, Any]:
    """What stands beside a score: the state, who decided, what is promised, and what the metrics need.

    Parameters
    ----------
    verdict : Verdict
    labels : sequence of str
        Those of its rubric.
    calibration : Calibration or None
        The one whose promise covers the verdict.

    Returns
    -------
    dict
        JSON-able; what is not known is left out. ``agreement`` is the level that all verdicts are held to, where the
        promise has one; ``certificate`` is the promise in a sentence, ``calibration`` its fingerprint; ``stands``, that
        nobody has checked here whether the promise stands for these outputs.
    """
    promise = (
        {}
        if calibration is None or verdict.state != "verdict"
        else {
            "calibration": calibration.fingerprint,
            "agreement": calibration.promise.overall,
            "certificate": calibration.certificate.claim,
            "stands": UNCHECKED,
        }
    )
    known = {
        "state": verdict.state,
        "label": verdict.label,
        "reason": verdict.reason,
        "confidence": verdict.confidence,
        "tier": verdict.tier,
        "cost": verdict.cost,
        **promise,
        "rubric": verdict.rubric,
        "labels": list(labels),
        "question_id": verdict.question_id,
        "split": verdict.split,
    }
    return {key: value for key, value in known.items() if value not in (None, "", [])}


def _row(item: Item | None, verdict: Verdict, has_epochs: bool, said: Mapping[str, Any]) -> dict[str, Any]:
    name, epoch = _sample(verdict.id) if has_epochs else (verdict.id, None)
    row = {
        "id": name,
        "epoch": epoch,
        "value": math.nan if verdict.label is None else verdict.label,
        "answer": None if item is None else whole("\n\n".join(item.outputs)),
        "explanation": explanation(verdict),
        "metadata": said,
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
