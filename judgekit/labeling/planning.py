"""How many labels a promise needs, from a guess or from a pilot."""

from __future__ import annotations

from pathlib import Path

from judgekit import trust
from judgekit.errors import ConfigError, InputError, mendable
from judgekit.readers.join import Labels, majority, merged
from judgekit.runs.folder import Paths, paths, verdicts


def plan_labels(
    agreement: float,
    delta: float = 0.1,
    *,
    coverage: float,
    accuracy: float | None = None,
    pilot: str | Path | None = None,
    labels: Paths | None = None,
) -> trust.LabelPlan:
    """How many labels a promise needs (see :func:`judgekit.trust.plan_labels`).

    Parameters
    ----------
    accuracy : float | None
        How often accepted verdicts are expected to be right; by default halfway from ``agreement`` to
        1.
    pilot : str | Path | None
        Instead, a run folder or verdict file with labels on some verdicts, judged without a
        calibration.
    labels : path or paths, optional
        The labels of the pilot, where it does not carry them.
    """
    if pilot is not None and accuracy is not None:
        raise ConfigError("give an accuracy or a pilot, not both")
    if pilot is None:
        if labels:
            raise ConfigError("labels belong to a pilot: give both")
        guess = min(1.0, agreement + (1 - agreement) / 2) if accuracy is None else accuracy
        return mendable(trust.plan_labels)(agreement, delta, coverage=coverage, accuracy=guess)
    given = Labels.read(paths(labels)) if labels else None
    sure, right = [], []
    for verdict in verdicts(Path(pilot)):
        human = merged(verdict.human, given.of(verdict) if given else ())
        said = majority(human)
        if verdict.confidence is not None and said is not None:
            sure.append(verdict.confidence)
            right.append(verdict.label == said)
    if not sure:
        raise InputError("no verdict of the pilot has a label to hold it against", path=pilot)
    return mendable(trust.plan_labels)(agreement, delta, coverage=coverage, pilot=(sure, right))
