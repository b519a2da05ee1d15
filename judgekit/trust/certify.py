"""The most lenient policy on a path that the labels allow to promise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from judgekit.trust.bounds import betting_p, binomial_p, clopper_pearson_upper
from judgekit.trust.certificate import labels_needed
from judgekit.trust.evidence import Bools, Combination, Floats, Ints
from judgekit.trust.path import Exits, levels, lowest
from judgekit.trust.promises import Promise
from judgekit.trust.sample import Sample
from judgekit.trust.testing import Step, charged_order, checkpoints, descend, fixed_steps, own_steps


@dataclass(frozen=True)
class Opinions:
    """What the tiers so far say of items: ``label``, ``score``, ``present``, each (items, tiers)."""

    label: Ints
    score: Floats
    present: Bools

    @classmethod
    def of(cls, combination: Combination, probs: Floats) -> Opinions:
        """Pool the evidence, float (items, tiers, labels)."""
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
    level : float (groups, labels), +inf where nothing is certified.
    parts : what was seen, one a part.
    """
    labels = sample.loss.shape[1]
    items, others = Opinions.of(combination, sample.evidence), Opinions.of(combination, sample.others)
    names, verdicts = sample.names or ("",), list(range(labels)) if promise.per_label else [None]
    share = delta / (len(names) * len(verdicts))
    level, parts = np.full((len(names), labels), np.inf), []
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
    mine, count = items[which], len(which)
    wrong = np.take_along_axis(sample.loss[which], mine.label, axis=1)
    entry = exits.entries(mine.score, mine.present)
    entered, charge = exits.outcomes(entry, wrong)
    order = charged_order(entered, charge)
    points, bottom = checkpoints(count, risk, delta), lowest(sample.loss.shape[1])

    def errs(losses: Floats) -> float:
        """The p-value of "these verdicts err at ``risk`` or more"."""
        if sample.shares:
            return betting_p(losses, risk, delta)
        return float(binomial_p(np.rint(losses.sum()), len(losses), risk))

    def given(step: Step) -> Floats:
        """The losses of the verdicts given at a level, in random order."""
        settles = entry >= step.level
        first = settles.argmax(axis=1)[:, None]
        return np.take_along_axis(wrong, first, axis=1)[settles.any(axis=1), 0]

    def charged(step: Step) -> float:
        sizes = {step.first, step.whole} if step.certifies else {step.first}
        return max(errs(charge[np.sort(order[:size])]) for size in sizes)

    if marks is None:
        steps = own_steps(entered[order], points, bottom)
        won = descend(steps, charged, delta)
    else:
        like = exits.entries(marks.score, marks.present).max(axis=1)
        at = levels(like, np.ceil(points * len(marks) / max(count, 1)).astype(int), bottom)
        steps = fixed_steps(entered[order], at)
        won = descend(steps, lambda step: errs(given(step)), delta)

    found: dict[str, Any] = {"level": np.inf, "labels": count, "accepted": 0, "errors": 0.0}
    found["status"] = "certified" if won else "nothing certified"
    if won:
        n, errors = won.whole, float(given(won).sum())
        tested = float(charge[order[:n]].sum()) if marks is None else errors
        found |= {"level": won.level, "accepted": n, "errors": round(errors, 9), "observed": 1 - errors / n}
        found["charged"] = round(tested, 9)
        upper = float(clopper_pearson_upper(round(tested), n, delta))
        found["bound"] = None if sample.shares else 1 - upper
        found["p_value"] = errs(given(won)) if marks is not None else errs(charge[np.sort(order[:n])])
    number, total = (
        np.array([step.whole for step in steps], dtype=np.intp),
        np.append(0, np.cumsum(charge[order])),
    )
    found["labels_needed"] = None if won else labels_needed(number, total[number], count, risk, delta)
    return found
