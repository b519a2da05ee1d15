"""Metrics of judged samples: shares of the labels with limits, and how many samples have a verdict at all.

inspect shows a metric only samples that have a score, so nothing on the scores of ``trusted_judge`` can tell how many
it left open: ``verdict_rates`` are shares of verdicts. ``outcomes`` names what became of every sample, and
``outcome_rates`` are shares of all samples, in whose limits an open one counts as anything it could be.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from inspect_ai.scorer import Metric, SampleScore, Value

from judgekit.report.rates.judged import limits
from judgekit.trust.arrays import Floats

OPEN = ("abstained", "unscored")
"""What a sample without a verdict is in the scores of ``outcomes``."""


def verdict_rates(level: float = 0.95) -> Metric:
    """Each label's share of the verdicts, with limits ``<label>_lower`` and ``<label>_upper``.

    The limits are exact, and over questions: all samples and epochs of a question are drawn together. They say how
    often the judge gives a label, not how often people would.

    Parameters
    ----------
    level : float
        Confidence of the limits.
    """

    def compute(scores: list[SampleScore]) -> Value:
        return dict(_rates(scores, level))

    return compute


def outcome_rates(level: float = 0.95) -> Metric:
    """Shares of all samples: ``coverage`` (those with a verdict), ``abstained``, ``unscored``, and each label.

    Limits are as in ``verdict_rates``. Where samples are open, a label has limits alone: its share is not known.

    Parameters
    ----------
    level : float
        Confidence of the limits.
    """

    def compute(scores: list[SampleScore]) -> Value:
        return dict([*_coverage(scores, level), *_rates(scores, level)]) if scores else {}

    return compute


def _coverage(scores: Sequence[SampleScore], level: float) -> Iterator[tuple[str, float]]:
    covered = 1.0 - _open(scores)
    low, high = limits(covered, covered, _questions(scores), level)
    yield from {"coverage": float(covered.mean()), "coverage_lower": low, "coverage_upper": high}.items()
    for state in OPEN:
        yield state, float(_are(scores, state).mean())


def _rates(scores: Sequence[SampleScore], level: float) -> Iterator[tuple[str, float]]:
    """By rubric, since each has labels of its own; with several, names begin with the rubric's."""
    by_rubric: dict[str, list[SampleScore]] = {}
    for score in scores:
        by_rubric.setdefault(str(_said(score).get("rubric", "")), []).append(score)
    for rubric, those in sorted(by_rubric.items()):
        prefix = f"{rubric}/" if len(by_rubric) > 1 else ""
        left_open, questions = _open(those), _questions(those)
        for label in _labels(those):
            least = _are(those, label)
            if not left_open.any():
                yield f"{prefix}{label}", float(least.mean())
            low, high = limits(least, least + left_open, questions, level)
            yield f"{prefix}{label}_lower", low
            yield f"{prefix}{label}_upper", high


def _labels(scores: Sequence[SampleScore]) -> list[str]:
    """The rubric's labels as the scores name them, and those that people's edits added."""
    named = [str(label) for score in scores for label in _said(score).get("labels", ())]
    return [label for label in dict.fromkeys([*named, *map(_value, scores)]) if label not in OPEN]


def _open(scores: Sequence[SampleScore]) -> Floats:
    return np.asarray(sum(_are(scores, state) for state in OPEN))


def _are(scores: Sequence[SampleScore], value: str) -> Floats:
    return np.array([float(_value(score) == value) for score in scores])


def _value(score: SampleScore) -> str:
    return str(score.score.value)


def _questions(scores: Sequence[SampleScore]) -> list[str]:
    return [str(_said(score).get("question_id") or score.sample_id) for score in scores]


def _said(score: SampleScore) -> Mapping[str, Any]:
    """What judgekit says beside a score; an edit may have replaced it, then its history holds it."""
    for one in (score.score, *score.score.history):
        if isinstance(one.metadata, Mapping) and "rubric" in one.metadata:
            return one.metadata
    return {}
