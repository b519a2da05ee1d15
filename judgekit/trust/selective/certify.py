"""The most lenient policy on a path that the labels allow to promise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from judgekit.trust.arrays import Bools, Floats, Ints
from judgekit.trust.bounds import betting_p, binomial_p, clopper_pearson_upper
from judgekit.trust.risk import Promise
from judgekit.trust.selective.certificate import nearest
from judgekit.trust.selective.fixed_sequence import (
    Step,
    charged_order,
    checkpoints,
    descend,
    fixed_steps,
    own_steps,
)
from judgekit.trust.selective.opinion_pool import Combination
from judgekit.trust.selective.split import Sample
from judgekit.trust.selective.stopping import Exits, levels, tally


@dataclass(frozen=True)
class Opinions:
    """What the tiers so far say of items: ``label``, ``score``, ``present``, each (items, tiers)."""

    label: Ints
    score: Floats
    present: Bools

    @classmethod
    def of(cls, combination: Combination, probs: Floats) -> Opinions:
        """Pool the evidence, float (items, tiers, classes)."""
        label, score = combination.opinions(probs)
        return cls(label, score, ~np.isnan(probs[:, :, 0]))

    def __getitem__(self, which: Any) -> Opinions:
        return Opinions(self.label[which], self.score[which], self.present[which])

    def __len__(self) -> int:
        return len(self.label)


def certify(
    sample: Sample, combination: Combination, exits: Exits, promise: Promise, delta: float
) -> tuple[Floats, list[dict[str, Any]]]:
    """Certify every part of a promise (group, verdict label) at its share of ``delta``.

    Returns
    -------
    level : float (groups, classes), +inf where nothing is certified.
    parts : what was seen, one a part.
    """
    classes = sample.loss.shape[1]
    items, others = Opinions.of(combination, sample.evidence), Opinions.of(combination, sample.others)
    names, verdicts = sample.names or ("",), list(range(classes)) if promise.per_label else [None]
    share = delta / (len(names) * len(verdicts))
    level, parts = np.full((len(names), classes), np.inf), []
    for g, name in enumerate(names):
        for verdict in verdicts:
            which, marks = sample.group == g, others if sample.fixed else None
            if verdict is not None:
                which = which & (items.label[:, -1] == verdict)
                marks = None if marks is None else marks[marks.label[:, -1] == verdict]
            target = promise.target(verdict)
            part = _descend(sample, np.flatnonzero(which), items, marks, exits, 1 - target, share)
            level[g, slice(None) if verdict is None else verdict] = part.pop("level")
            parts.append({"group": name or None, "label": verdict, "agreement": target} | part)
    return level, parts


@dataclass(frozen=True)
class _Line:
    """Items lined up along a path.

    ``entry``, ``wrong`` (items, tiers): the level from which on each tier would settle the item, and how wrong it then
    is; ``entered``, ``charge`` (items,) and ``order``: see ``Exits.outcomes`` and ``charged_order``.
    """

    entry: Floats
    wrong: Floats
    entered: Floats
    charge: Floats
    order: Ints

    @classmethod
    def of(cls, items: Opinions, loss: Floats, exits: Exits) -> _Line:
        entry = exits.entries(items.score, items.present)
        wrong = np.take_along_axis(loss, items.label, axis=1)
        entered, charge = exits.outcomes(entry, wrong)
        return cls(entry, wrong, entered, charge, charged_order(entered, charge))

    def first(self, count: int) -> Floats:
        """The charges of the first so many items, in random order."""
        return self.charge[np.sort(self.order[:count])]

    def given(self, level: float) -> Floats:
        """The losses of the verdicts given at a level, in random order."""
        settles = self.entry >= level
        losses: Floats = np.take_along_axis(self.wrong, settles.argmax(axis=1)[:, None], axis=1)
        given: Floats = losses[settles.any(axis=1), 0]
        return given


def _descend(
    sample: Sample,
    which: Ints,
    items: Opinions,
    marks: Opinions | None,
    exits: Exits,
    risk: float,
    delta: float,
) -> dict[str, Any]:
    """Go down the path with the items ``which``, and say how far it could be promised."""
    line, count = _Line.of(items[which], sample.loss[which], exits), len(which)
    points = checkpoints(count, risk, delta)
    charged = np.append(0.0, np.cumsum(line.charge[line.order]))
    if marks is None:
        steps = own_steps(line.entered[line.order], points)
    else:
        like = exits.entries(marks.score, marks.present).max(axis=1)
        at = levels(like, np.ceil(points * len(marks) / max(count, 1)).astype(int))
        steps = fixed_steps(line.entered[line.order], at)
    reached = [step.level for step in steps]
    erred = dict(zip(reached, tally(line.entry, line.wrong, reached), strict=True))

    def p_value(step: Step) -> float:
        """Of "the verdicts of this step err at ``risk`` or more"."""
        if marks is None:
            sizes = {step.first, step.whole} if step.certifies else {step.first}
            if sample.shares:
                return max(betting_p(line.first(size), risk, delta) for size in sizes)
            return max(float(binomial_p(np.rint(charged[size]), size, risk)) for size in sizes)
        if sample.shares:
            return betting_p(line.given(step.level), risk, delta)
        return float(binomial_p(np.rint(erred[step.level]), step.whole, risk))

    won = descend(steps, p_value, delta)
    found: dict[str, Any] = {"level": np.inf, "labels": count, "accepted": 0, "errors": 0.0}
    found |= {"status": "certified" if won else "nothing certified", "labels_needed": None}
    if won:
        n, errors = won.whole, float(erred[won.level])
        tested = errors if marks is not None else float(charged[n])
        found |= {"level": won.level, "accepted": n, "errors": round(errors, 9), "observed": 1 - errors / n}
        found |= {"charged": round(tested, 9), "p_value": p_value(won)}
        upper = float(clopper_pearson_upper(round(tested), n, delta))
        found["bound"] = None if sample.shares else 1 - upper
    else:
        found |= nearest(line.entered[line.order], charged, count, risk, delta)
        if found["labels_needed"] and sample.set_aside:  # as large a share of more labels will be set aside
            found["labels_needed"] += -(-found["labels_needed"] * sample.set_aside // max(len(sample), 1))
    return found
