"""From evidence and human labels to a certified policy.

The order of things is the proof (``docs/guarantee.md``): the path of candidate cascades is laid out first, from
prices and from evidence without labels; only then are the labels looked at, once, along that path.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from judgekit.trust.bounds import betting_p, binomial_p, clopper_pearson_upper
from judgekit.trust.certificate import SCHEMA, labels_needed, summary, use
from judgekit.trust.evidence import Bools, Combination, Floats, Ints, check_probs
from judgekit.trust.path import USUAL_THRIFT, Exits, affordable, frontier, levels, lowest, tally
from judgekit.trust.policy import Policy
from judgekit.trust.promises import Promise
from judgekit.trust.testing import checkpoints, fixed_sequence

ENOUGH = 100
"""Unlabelled items from which their evidence, instead of that of the labelled ones, marks out the path."""


@dataclass(frozen=True)
class _Items:
    """Items with what their tiers say: ``label``, ``score``, ``present`` (items, tiers)."""

    label: Ints
    score: Floats
    present: Bools

    @classmethod
    def of(cls, combination: Combination, probs: Floats) -> _Items:
        label, score = combination.opinions(probs)
        return cls(label, score, ~np.isnan(probs[:, :, 0]))

    def __getitem__(self, which: Any) -> _Items:
        return _Items(self.label[which], self.score[which], self.present[which])

    def __len__(self) -> int:
        return len(self.label)


def calibrate(
    probs: ArrayLike,
    human: ArrayLike,
    *,
    agreement: float,
    delta: float = 0.1,
    per_label: Mapping[int, float] | None = None,
    tolerance: int = 0,
    groups: Sequence[Any] | None = None,
    judges: Sequence[int] | None = None,
    costs: Sequence[float] | None = None,
    budget: float | None = None,
    unlabelled: ArrayLike | None = None,
    fingerprints: Mapping[str, Any] | None = None,
    seed: int = 0,
) -> Policy:
    """Certify the cascade that answers most, from evidence with human labels.

    With probability at least 1 - delta over the draw of the labelled items, the verdicts of the policy agree with
    people as promised, for items from the same population; if nothing can be certified the policy always abstains.

    Parameters
    ----------
    probs : float (items, tiers, labels)
        What each tier says, cheapest tier first; NaN rows where a tier has no evidence.
    human : int (items,) or float (items, labels)
        The label that people gave, -1 where none; or the share of an item's people who gave each label
        (NaN rows where none): then agreement is that with one of them drawn at random.
    agreement, delta : float
        Target agreement 1 - alpha, and the probability that the certificate may be wrong.
    per_label : label -> agreement, optional
        Hold the verdicts with each label to a target of their own; labels not named get ``agreement``.
    tolerance : int
        For ordered labels: verdicts this far from the human label still agree.
    groups : (items,), optional
        Promise the agreement for every group on its own; each group gets its own point on the path.
    judges : int (tiers,), optional
        The judge that each tier belongs to; consecutive tiers of one judge are its stages.
    costs : float (tiers,), optional
        What asking each tier adds, per item. The dearer the next tier, the earlier an item stops; without
        costs only what would rarely change is not asked.
    budget : float, optional
        Highest mean cost per item. Chooses the exits from evidence alone: from ``unlabelled`` if that is
        given, else from a fifth of the items, whose labels are then not used.
    unlabelled : float (more items, tiers, labels), optional
        Evidence on other items of the same population; rows that lack a tier are left out.
    fingerprints : passed through into the certificate.
    seed : for the order of items in the betting test of shares, and for what a budget sets aside.

    Returns
    -------
    Policy

    Raises
    ------
    ValueError : arrays that do not fit each other or hold impossible numbers; one line says which.

    References
    ----------
    Jung, Brahman & Choi (2025), "Trust or Escalate", eq. 4-5; Bauer (1991); ``docs/guarantee.md``.
    """
    promise = Promise(agreement, delta, tolerance, dict(per_label or {}))
    evidence = check_probs(probs)
    count, tiers, labels = evidence.shape
    if np.shape(human)[:1] != (count,):
        raise ValueError(
            f"human must hold one entry for each of the {count} items, got shape {np.shape(human)}"
        )
    if any(not 0 <= k < labels for k in promise.per_label):
        raise ValueError(
            f"per_label must name labels from 0 to {labels - 1}, got {sorted(promise.per_label)}"
        )
    if groups is not None and len(groups) != count:
        raise ValueError(f"groups must name one group for each of the {count} items, got {len(groups)}")
    prices = _prices(costs, tiers)
    labelled, loss = promise.losses(human, labels)
    others = evidence[~labelled] if unlabelled is None else check_probs(unlabelled, "unlabelled")
    if others.shape[1:] != (tiers, labels):
        raise ValueError(f"unlabelled must have shape (items, {tiers}, {labels}), got {others.shape}")
    others = others[
        ~np.isnan(others).any(axis=(1, 2))
    ]  # a tier may be missing because a cascade did not ask it
    set_aside = 0
    if budget is not None and len(others) < ENOUGH:
        aside = labelled & (np.random.default_rng(seed).permutation(count) < count / 5)
        others, labelled = np.concatenate([others, evidence[aside]]), labelled & ~aside
        set_aside = int(aside.sum())
    enough = len(others) >= ENOUGH or budget is not None
    combination = Combination.equal(tiers, judges).without_inverted(others if enough else evidence[labelled])
    items, reference = _Items.of(combination, evidence[labelled]), _Items.of(combination, others)
    loss, shares = loss[labelled], np.ndim(human) == 2
    names = [""] * len(items) if groups is None else np.asarray(groups).astype(str)[labelled].tolist()

    seen = reference if enough else items
    candidates = frontier(combination, prices, seen.score, seen.present, lowest(labels))
    if per_label:
        exits = Exits.never(tiers)
    elif budget is not None:
        depth, thrift = affordable(candidates, budget)
        exits = Exits.priced(combination, prices, thrift, depth)
    else:
        exits = Exits.priced(combination, prices, 0.0 if costs is None else USUAL_THRIFT)
    marks = reference if len(reference) >= ENOUGH and groups is None else None

    group_names = sorted(set(names)) or [""]
    wanted = [promise.per_label.get(k, agreement) for k in range(labels)] if per_label else [agreement]
    share = delta / (len(group_names) * len(wanted))
    level, parts = np.full((len(group_names), labels), np.inf), []
    order = np.random.default_rng(seed).permutation(len(items))
    for g, name in enumerate(group_names):
        mine = order[np.array(names, dtype=object)[order] == name]
        for k, target in enumerate(wanted):
            which = mine[items.label[mine, -1] == k] if per_label else mine
            like = marks[marks.label[:, -1] == k] if marks is not None and per_label else marks
            found = _certify(items[which], loss[which], shares, exits, 1 - target, share, like)
            level[g, k if per_label else slice(None)] = found.pop("level")
            part = {"group": name or None, "label": k if per_label else None, "agreement": target}
            parts.append(part | found)

    policy = Policy(combination, exits, level, () if groups is None else tuple(group_names), {}, candidates)
    certificate = {
        "schema": SCHEMA,
        **summary(promise, parts, shares),
        "labels": len(items),
        "label_set_size": labels,
        **use(policy, evidence[labelled], names, others, prices),
        "human_ceiling": float((1 - loss.min(axis=1)).mean()) if shares and len(items) else None,
        "parts": parts,
        "method": {
            "combination": "mean log-odds of all judges asked",
            "weights": list(combination.weights),
            "test": f"fixed sequence over whole cascades; {'betting' if shares else 'exact binomial'}",
            "path": "levels fixed by unlabelled evidence"
            if marks
            else "levels at fixed ranks of the labelled items",
            "delta_per_part": share,
            "labels_set_aside": set_aside,
            "seed": seed,
        },
        "fingerprints": dict(fingerprints or {}),
    }
    return replace(policy, certificate=certificate)


def _certify(
    items: _Items, loss: Floats, shares: bool, exits: Exits, risk: float, delta: float, marks: _Items | None
) -> dict[str, Any]:
    """The most lenient level on the path that can be promised, and what was seen there."""
    count = len(items)
    entry = exits.entries(items.score, items.present)
    wrong = np.take_along_axis(loss, items.label, axis=1)
    points, bottom = checkpoints(count, risk, delta), lowest(loss.shape[1])
    if marks is None:
        at = levels(entry.max(axis=1, initial=-np.inf), points, bottom)
    else:
        entered = exits.entries(marks.score, marks.present).max(axis=1)
        at = levels(entered, np.ceil(points * len(marks) / max(count, 1)).astype(int), bottom)
    number, total = tally(entry, wrong, at)
    if shares:
        p_values = np.array([betting_p(_verdicts(entry, wrong, level), risk, delta) for level in at])
    else:
        p_values = binomial_p(np.rint(total), number, risk)
    passed = fixed_sequence(p_values, delta)
    found: dict[str, Any] = {"level": np.inf, "labels": count, "accepted": 0, "errors": 0.0}
    if passed:
        n, errors = int(number[passed - 1]), float(total[passed - 1])
        found |= {"level": at[passed - 1], "accepted": n, "errors": round(errors, 9)}
        found["observed"] = 1 - errors / n
        found["p_value"] = float(p_values[passed - 1])
        found["bound"] = None if shares else 1 - float(clopper_pearson_upper(round(errors), n, delta))
    found["status"] = "certified" if passed else "nothing certified"
    found["labels_needed"] = None if passed else labels_needed(number, total, count, risk, delta)
    return found


def _verdicts(entry: Floats, wrong: Floats, level: float) -> Floats:
    """Losses of the verdicts given at one level, in the order of the items."""
    settles = entry >= level
    accepted = settles.any(axis=1)
    return np.take_along_axis(wrong, settles.argmax(axis=1)[:, None], axis=1)[accepted, 0]


def _prices(costs: Sequence[float] | None, tiers: int) -> Floats:
    prices = np.ones(tiers) if costs is None else np.asarray(costs, dtype=np.float64)
    if prices.shape != (tiers,) or not np.isfinite(prices).all() or (prices < 0).any():
        raise ValueError(f"costs must be {tiers} finite numbers >= 0, one a tier, got {costs}")
    return prices
