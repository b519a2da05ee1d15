"""The path as the labels saw it: errors against coverage, what was tested, and where the test stopped."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from judgekit.trust.bounds import clopper_pearson_upper, no_less, no_more
from judgekit.trust.selective.descent import Descent
from judgekit.trust.selective.legs import courses
from judgekit.trust.selective.policy import Policy
from judgekit.trust.selective.split import Sample
from judgekit.trust.selective.stopping import BOTTOM, tally

POINTS = 100
"""Most points of a curve."""


@dataclass(frozen=True)
class Tested:
    """One test on the way down.

    Attributes
    ----------
    accepted : int
        How many of the items it takes, the surest first.
    errors : float
        What was tested of them: their errors, each item counted with the worst verdict that it gets along the path.
    p_value : float
        Of "such verdicts err as often as is allowed, or more".
    bound : float or None
        Lower Clopper-Pearson bound of their agreement; the test passes while it is no less than the target. None where
        an item's people differ.
    """

    accepted: int
    errors: float
    p_value: float
    bound: float | None


@dataclass(frozen=True)
class Trail:
    """The path of one part of a promise.

    Attributes
    ----------
    group : str or None
    label : int or None
        As in the certificate's part.
    items : int
        Items that such a verdict can be given to.
    accepted : tuple of int
        Points of the path: how many of the items have a verdict there, from the strict end.
    errors : tuple of float
        How many of these verdicts are errors; those on items of a pool without a label are.
    tested : tuple of Tested
        The tests that were made; all passed, but for the last if ``stopped``.
    stopped : bool
        Whether the last test failed, so that nothing beyond it was looked at.
    delta : float
        The error level of each test.
    answered : tuple of int
        On how many of the verdicts, at the same points, people gave a label; empty where they did on all, as no pool
        was asked along the path.
    """

    group: str | None
    label: int | None
    items: int
    accepted: tuple[int, ...]
    errors: tuple[float, ...]
    tested: tuple[Tested, ...]
    stopped: bool
    delta: float
    answered: tuple[int, ...] = ()


def trails(policy: Policy, sample: Sample) -> tuple[Trail, ...]:
    """The path of every part of a certificate's promise, in the order of its parts.

    Parameters
    ----------
    policy : Policy
        With the certificate that was made from ``sample``.
    sample : Sample

    Raises
    ------
    ValueError
        The policy has no certificate.
    """
    certificate = policy.certificate
    if certificate is None:
        raise ValueError("the policy has no certificate: nothing was calibrated")
    parts = courses(sample, policy.pool, policy.stopping, certificate.promise, certificate.method.delta)
    return tuple(_trail(part.farthest.descent, sample.pooled) for part in parts)


def _trail(way: Descent, pooled: bool) -> Trail:
    line = way.line
    entered = line.entered[line.order]
    ends = np.flatnonzero(np.append(entered[1:] < entered[:-1], True)[: len(entered)])  # ties go together
    if len(ends) > POINTS:
        ends = ends[np.unique(np.linspace(0, len(ends) - 1, POINTS).round().astype(int))]
    levels = [*entered[ends[:-1]].tolist(), BOTTOM][: len(ends)]  # every path ends below all scores
    errors = tally(line.entry, line.wrong, levels)
    answered = np.cumsum(way.answered[line.order])[ends]
    tested = tuple(_tests(way))
    return Trail(
        group=way.group,
        label=way.verdict,
        items=len(way),
        accepted=tuple((ends + 1).tolist()),
        errors=tuple(errors.round(9).tolist()),
        tested=tested,
        stopped=bool(tested) and tested[-1].p_value > way.delta,
        delta=way.delta,
        answered=tuple(answered.tolist()) if pooled else (),
    )


def _tests(way: Descent) -> Iterator[Tested]:
    """The tests up to the first that fails."""
    for step in way.steps:
        errors, p_value = way.tested(step), way.p_value(step)
        upper = float(clopper_pearson_upper(round(errors), step.first, way.delta))
        bound = None if way.shares else no_more(1 - upper)
        yield Tested(step.first, round(errors, 9), no_less(p_value), bound)
        if p_value > way.delta:
            return
