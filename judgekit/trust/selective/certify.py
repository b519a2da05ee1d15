"""The most lenient policy on a path that the labels allow to promise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from judgekit.trust.arrays import Bools, Floats, Ints
from judgekit.trust.bounds import betting_p, binomial_p, clopper_pearson_upper
from judgekit.trust.risk import Promise
from judgekit.trust.selective.certificate import Part
from judgekit.trust.selective.fixed_sequence import (
    Step,
    checkpoints,
    descend,
    entry_order,
    fixed_steps,
    own_steps,
)
from judgekit.trust.selective.opinion_pool import OpinionPool
from judgekit.trust.selective.split import Sample
from judgekit.trust.selective.stopping import StoppingRule, tally, thresholds
from judgekit.trust.selective.summary import nearest


@dataclass(frozen=True)
class Opinions:
    """What the tiers so far say of items: ``label``, ``score``, ``present``, each (items, tiers)."""

    label: Ints
    score: Floats
    present: Bools

    @classmethod
    def of(cls, pool: OpinionPool, probs: Floats) -> Opinions:
        """Pool the evidence, float (items, tiers, classes)."""
        label, score = pool.opinions(probs)
        return cls(label, score, ~np.isnan(probs[:, :, 0]))

    def __getitem__(self, which: Any) -> Opinions:
        return Opinions(self.label[which], self.score[which], self.present[which])

    def __len__(self) -> int:
        return len(self.label)


def certify(
    sample: Sample, pool: OpinionPool, stopping: StoppingRule, promise: Promise, delta: float
) -> tuple[Floats, tuple[Part, ...]]:
    """Certify every part of a promise (group, verdict label) at its share of ``delta``.

    Returns
    -------
    threshold : float (groups, classes), +inf where nothing is certified.
    parts : what was seen, one a part.
    """
    classes = sample.loss.shape[1]
    items, others = Opinions.of(pool, sample.evidence), Opinions.of(pool, sample.others)
    names, verdicts = sample.names or ("",), promise.conditions(classes)
    share = delta / (len(names) * len(verdicts))
    threshold, parts = np.full((len(names), classes), np.inf), list[Part]()
    for g, name in enumerate(names):
        for verdict in verdicts:
            which, marks = sample.group == g, others if sample.fixed else None
            if verdict is not None:
                which = which & (items.label[:, -1] == verdict)
                marks = None if marks is None else marks[marks.label[:, -1] == verdict]
            target = promise.target(verdict)
            found, seen = _descend(sample, np.flatnonzero(which), items, marks, stopping, 1 - target, share)
            threshold[g, slice(None) if verdict is None else verdict] = found
            parts.append(Part(name or None, verdict, target, **seen))
    return threshold, tuple(parts)


@dataclass(frozen=True)
class _Line:
    """Items lined up along a path.

    ``entry``, ``wrong`` (items, tiers): the threshold from which on each tier would settle the item, and how wrong it
    then is; ``entered``, ``worst_loss`` (items,) and ``order``: see ``StoppingRule.outcomes`` and ``entry_order``.
    """

    entry: Floats
    wrong: Floats
    entered: Floats
    worst_loss: Floats
    order: Ints

    @classmethod
    def of(cls, items: Opinions, loss: Floats, stopping: StoppingRule) -> _Line:
        entry = stopping.entries(items.score, items.present)
        wrong = np.take_along_axis(loss, items.label, axis=1)
        entered, worst_loss = stopping.outcomes(entry, wrong)
        return cls(entry, wrong, entered, worst_loss, entry_order(entered, worst_loss))

    def first(self, count: int) -> Floats:
        """The charges of the first so many items, in random order."""
        return self.worst_loss[np.sort(self.order[:count])]

    def given(self, threshold: float) -> Floats:
        """The losses of the verdicts given at a threshold, in random order."""
        settles = self.entry >= threshold
        losses: Floats = np.take_along_axis(self.wrong, settles.argmax(axis=1)[:, None], axis=1)
        given: Floats = losses[settles.any(axis=1), 0]
        return given


def _descend(
    sample: Sample,
    which: Ints,
    items: Opinions,
    marks: Opinions | None,
    stopping: StoppingRule,
    risk: float,
    delta: float,
) -> tuple[float, dict[str, Any]]:
    """Go down the path with the items ``which``: the threshold that could be promised, and what a part says of it."""
    line, count = _Line.of(items[which], sample.loss[which], stopping), len(which)
    points = checkpoints(count, risk, delta)
    charged = np.append(0.0, np.cumsum(line.worst_loss[line.order]))
    if marks is None:
        steps = own_steps(line.entered[line.order], points)
    else:
        like = stopping.entries(marks.score, marks.present).max(axis=1)
        at = thresholds(like, np.ceil(points * len(marks) / max(count, 1)).astype(int))
        steps = fixed_steps(line.entered[line.order], at)
    reached = [step.threshold for step in steps]
    erred = dict(zip(reached, tally(line.entry, line.wrong, reached), strict=True))

    def p_value(step: Step) -> float:
        """Of "the verdicts of this step err at ``risk`` or more"."""
        if marks is None:
            sizes = {step.first, step.whole} if step.certifies else {step.first}
            if sample.shares:
                return max(betting_p(line.first(size), risk, delta) for size in sizes)
            return max(float(binomial_p(np.rint(charged[size]), size, risk)) for size in sizes)
        if sample.shares:
            return betting_p(line.given(step.threshold), risk, delta)
        return float(binomial_p(np.rint(erred[step.threshold]), step.whole, risk))

    won = descend(steps, p_value, delta)
    if not won:
        needed, close = nearest(line.entered[line.order], charged, count, risk, delta)
        if needed and sample.set_aside:  # as large a share of more labels will be set aside
            needed += -(-needed * sample.set_aside // max(len(sample), 1))
        lost = {"labels": count, "status": "nothing certified", "labels_needed": needed, "nearest": close}
        return np.inf, lost
    n, errors = won.whole, float(erred[won.threshold])
    tested = errors if marks is not None else float(charged[n])
    upper = float(clopper_pearson_upper(round(tested), n, delta))
    return won.threshold, {
        "labels": count,
        "status": "certified",
        "accepted": n,
        "errors": round(errors, 9),
        "observed": 1 - errors / n,
        "worst_case_errors": round(tested, 9),
        "p_value": p_value(won),
        "bound": None if sample.shares else 1 - upper,
    }
