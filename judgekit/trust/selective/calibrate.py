"""From evidence and human labels to a certified policy.

The order of things is the proof (``docs/guarantee.md``): the path of candidate cascades is laid out first, from
prices and from evidence without labels; only then are the labels looked at, once, along that path.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from judgekit.trust.arrays import Floats
from judgekit.trust.risk import Agreement, Promise
from judgekit.trust.selective.certificate import Certificate, Method, Part
from judgekit.trust.selective.certify import certify
from judgekit.trust.selective.descent import Opinions
from judgekit.trust.selective.frontier import affordable, candidates, check_costs
from judgekit.trust.selective.opinion_pool import OpinionPool
from judgekit.trust.selective.policy import Policy
from judgekit.trust.selective.split import Sample
from judgekit.trust.selective.stopping import USUAL_COST_WEIGHT, StoppingRule
from judgekit.trust.selective.summary import summary, use

SECOND = 0.05
"""Share of the error level that is spent on the last judge alone, in case the others only disturb it."""

NO_SEED = "'seed' is ignored and will go: random draws depend on the data alone"

GAIN = 0.05
"""Share of the items that it must add to be taken, because every item is then asked of it."""


def calibrate(
    probs: ArrayLike,
    human: ArrayLike,
    *,
    agreement: float | None = None,
    delta: float = 0.1,
    per_label: Mapping[int, float] | None = None,
    tolerance: int = 0,
    groups: Sequence[Any] | None = None,
    judges: Sequence[int] | None = None,
    costs: Sequence[float] | None = None,
    max_mean_cost: float | None = None,
    unlabeled: ArrayLike | None = None,
    fingerprints: Mapping[str, Any] | None = None,
    label_names: Sequence[str] = (),
    drawn: str = "items",
    tries: int = 1,
    seed: int | None = None,
    budget: float | None = None,
    unlabelled: ArrayLike | None = None,
    promise: Promise | None = None,
) -> Policy:
    """Certify the cascade that answers most, from evidence with human labels.

    With probability at least 1 - delta over the draw of the labeled items, the verdicts of the policy agree with
    people as promised, for items from the same population; if nothing can be certified the policy always abstains.

    Parameters
    ----------
    probs : float (items, tiers, classes)
        What each tier says, cheapest tier first; NaN rows where a tier was asked in vain. An item of which a tier was
        not asked (a policy did without) must not be here: in use that tier may be asked.
    human : int (items,) or float (items, classes)
        The label that people gave, -1 where none; or the share of an item's people who gave each label
        (NaN rows where none): then agreement is that with one of them drawn at random.
    agreement, delta : float
        Target agreement 1 - alpha, and the probability that the certificate may be wrong.
    per_label : label -> agreement, optional
        Hold the verdicts with each label to a target of their own; labels not named get ``agreement``.
    tolerance : int
        For ordered classes: verdicts this far from the human label still agree.
    groups : (items,), optional
        Promise the agreement for every group on its own; each group gets its own point on the path.
    judges : int (tiers,), optional
        The judge that each tier belongs to; consecutive tiers of one judge are its stages.
    costs : float (tiers,), optional
        What asking each tier adds, per item. The dearer the next tier, the earlier an item stops; without
        costs only what would rarely change is not asked.
    max_mean_cost : float, optional
        Highest mean cost per item; not with ``per_label``, which asks every tier. Chooses the stopping rule from
        evidence alone: from ``unlabeled`` if that is given, else from a fifth of the items, whose labels are then
        not used.
    unlabeled : float (more items, tiers, classes), optional
        Evidence on other items of the same population, NaN as in ``probs``; not items that a policy made from
        these labels selected.
    fingerprints : passed through into the certificate.
    label_names : (classes,), optional
        What the labels are called in the certificate's claim; by default their numbers.
    drawn : str
        What the items are called in the claim.
    tries : int
        How many calibrations on these labels share ``delta``, this one among them; their number, and what each
        of them is to be, must be settled before any of them is made.
    seed : ignored, and will go. Random draws depend on the data alone.
    budget, unlabelled : the old names of ``max_mean_cost`` and ``unlabeled``, for one release.
    promise : Promise, optional
        What to promise, in place of agreement, delta, per_label, tolerance, label_names, drawn and tries.

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
    if seed is not None:
        warnings.warn(NO_SEED, DeprecationWarning, stacklevel=2)
    if budget is not None:
        warnings.warn("'budget' is now called 'max_mean_cost'", DeprecationWarning, stacklevel=2)
        max_mean_cost = budget
    if unlabelled is not None:
        warnings.warn("'unlabelled' is now called 'unlabeled'", DeprecationWarning, stacklevel=2)
        unlabeled = unlabelled
    if (promise is None) == (agreement is None):
        raise ValueError("give either the agreement that is wanted, or a promise")
    if promise is None:
        assert agreement is not None
        labels_apart = dict(per_label or {})
        promise = Agreement(agreement, delta, tolerance, labels_apart, tuple(label_names), drawn, tries)
    if promise.by_label and max_mean_cost is not None:
        raise ValueError(
            "max_mean_cost and a promise by label exclude each other: by label every tier is asked"
        )
    sample = Sample.of(
        probs,
        human,
        promise,
        groups=groups,
        unlabeled=unlabeled,
        needs_others=max_mean_cost is not None,
    )
    tiers, classes = sample.evidence.shape[1:]
    promise.check(classes)
    prices = np.ones(tiers) if costs is None else check_costs(costs, tiers)
    everyone, last = OpinionPool.equal(tiers, judges), OpinionPool.last_alone(tiers, judges)
    if sample.seen is sample.others:
        everyone = everyone.without_inverted(sample.others)
    spent = {everyone: promise.share}
    if max_mean_cost is None and everyone != last:
        spent = {everyone: (1 - SECOND) * promise.share, last: SECOND * promise.share}
    cost_weight = 0.0 if costs is None else USUAL_COST_WEIGHT
    found = [
        _policy(sample, pool, promise, share, prices, cost_weight, max_mean_cost)
        for pool, share in spent.items()
    ]
    (policy, parts), *alone = found
    if alone and _accepted(alone[0][1]) > _accepted(parts) + GAIN * len(sample):
        policy, parts = alone[0]
    names = [sample.names[g] for g in sample.group] if sample.names else []
    certificate = Certificate(
        **summary(promise, parts, sample.shares),
        **use(policy, sample.evidence, names, sample.others, prices),
        labels=len(sample),
        label_set_size=classes,
        human_ceiling=float((1 - sample.loss.min(axis=1)).mean()) if sample.shares and len(sample) else None,
        parts=parts,
        method=Method(
            combination="mean log-odds of all judges asked, weighted by how sure each is",
            weights=tuple(policy.pool.weights),
            test="fixed sequence over whole cascades; " + ("betting" if sample.shares else "exact binomial"),
            path="thresholds fixed by other items"
            if sample.fixed
            else "thresholds at fixed ranks of the labeled items",
            delta=spent[policy.pool],
            labels_set_aside=sample.set_aside,
        ),
        fingerprints=dict(fingerprints or {}),
    )
    return replace(policy, certificate=certificate)


def _accepted(parts: Sequence[Part]) -> int:
    return sum(part.accepted for part in parts)


def _policy(
    sample: Sample,
    pool: OpinionPool,
    promise: Promise,
    delta: float,
    prices: Floats,
    cost_weight: float,
    max_mean_cost: float | None,
) -> tuple[Policy, tuple[Part, ...]]:
    """The policy that can be promised at ``delta`` with one opinion pool, and what was seen of its parts."""
    classes = sample.loss.shape[1]
    if promise.by_label:
        stopping = StoppingRule.never(pool.tiers)
    elif max_mean_cost is not None:
        seen = Opinions.of(pool, sample.seen)
        found = candidates(pool, prices, seen.score, seen.present, promise.target(None), classes)
        stopping = affordable(found, max_mean_cost).stopping
    else:
        stopping = StoppingRule.priced(pool, prices, cost_weight, promise.target(None), classes)
    threshold, parts = certify(sample, pool, stopping, promise, delta)
    return Policy(pool, stopping, threshold, sample.names), parts
