"""One figure of judged outputs, for hosts that keep a number for each metric: how often a label is given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from judgekit.errors import ConfigError
from judgekit.records import Verdict
from judgekit.report.rates.judged import limits
from judgekit.rubrics import Rubric

LEVEL = 0.95
"""Confidence of the limits."""


@dataclass(frozen=True)
class Share:
    """How often one label, or several that count as one, were given to outputs.

    Attributes
    ----------
    value : float or None
        Share of the verdicts; None where there is no verdict.
    low, high : float or None
        Limits of the share of all outputs, at 95 % confidence: over which questions were asked, and over what the
        outputs without a verdict could be. They say how often the judge gives the label, not how often people would.
        None where there is no verdict.
    judged : float
        Share of the outputs that have a verdict.
    """

    value: float | None
    low: float | None
    high: float | None
    judged: float


def share(verdicts: Sequence[Verdict], rubric: Rubric, of: str = "") -> Share:
    """How often a label is given.

    Parameters
    ----------
    verdicts : sequence of Verdict
        Those of all outputs under one rubric, not empty.
    rubric : Rubric
    of : str
        A label, or a rate of the rubric's side (``forgotten well``); by default the first of the side: ``leaked`` of
        what should be forgotten, ``correct`` of what should be kept.

    Raises
    ------
    ConfigError
        The rubric knows nothing of that name.
    """
    wanted = labels_of(rubric, of)
    given = [verdict.label for verdict in verdicts if verdict.state == "verdict"]
    if not given:
        return Share(None, None, None, 0.0)
    least = np.array([float(verdict.label in wanted) for verdict in verdicts])
    most = least + [verdict.state != "verdict" for verdict in verdicts]
    low, high = limits(least, most, [verdict.question_id or verdict.id for verdict in verdicts], LEVEL)
    return Share(float(least.sum()) / len(given), low, high, len(given) / len(verdicts))


def labels_of(rubric: Rubric, of: str = "") -> frozenset[str]:
    """The labels that a name stands for; see :func:`share`."""
    labels = rubric.labels
    together = rubric.role.together(labels)
    known = {**{label: frozenset({label}) for label in labels}, **together}
    name = of or next(iter(together), labels[0])
    if name not in known:
        raise ConfigError(f"no label '{name}' in the rubric '{rubric.name}'; there are {', '.join(known)}")
    return known[name]
