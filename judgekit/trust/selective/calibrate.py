"""From evidence and human labels to a certified policy.

The order of things is the proof (``docs/guarantee.md``): the path of candidate cascades is laid out first, from
prices and from evidence without labels; only then are the labels looked at, once, along that path.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from numpy.typing import ArrayLike

from judgekit.trust.risk import Promise
from judgekit.trust.selective.certificate import Certificate, Method, Part
from judgekit.trust.selective.certify import certify
from judgekit.trust.selective.layout import Layout, lay_out
from judgekit.trust.selective.policy import Policy
from judgekit.trust.selective.split import Sample
from judgekit.trust.selective.summary import summary, use

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
    pool: ArrayLike | None = None,
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
        these labels selected. By default that on the items that do not certify.
    fingerprints : Mapping[str, Any] | None
        Passed through into the certificate.
    label_names : (classes,), optional
        What the labels are called in the certificate's claim; by default their numbers.
    drawn : str
        What the items are called in the claim.
    tries : int
        How many calibrations on these labels share ``delta``, this one among them; their number, and what each
        of them is to be, must be settled before any of them is made.
    seed : int | None
        Ignored, and will go. Random draws depend on the data alone.
    budget, unlabelled
        The old names of ``max_mean_cost`` and ``unlabeled``, for one release.
    promise : Promise, optional
        What to promise, in place of agreement, delta, per_label, tolerance, label_names, drawn and tries.
    pool : bool (items,), optional
        The items that certify, labeled or not: a fair draw that was settled before anybody labeled any of it. People
        may then be asked about them in any order, and as few as they like (:func:`judgekit.trust.progress` says whom
        to ask next): an item without a label counts as an error. The other items give their evidence alone.

    Returns
    -------
    Policy

    Raises
    ------
    ValueError
        Arrays that do not fit each other or hold impossible numbers; one line says which.

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
    return decide(
        lay_out(
            probs,
            human,
            agreement=agreement,
            delta=delta,
            per_label=per_label,
            tolerance=tolerance,
            groups=groups,
            judges=judges,
            costs=costs,
            max_mean_cost=max_mean_cost,
            unlabeled=unlabeled,
            label_names=label_names,
            drawn=drawn,
            tries=tries,
            promise=promise,
            pool=pool,
        ),
        fingerprints,
    )


def decide(layout: Layout, fingerprints: Mapping[str, Any] | None = None) -> Policy:
    """The policy that the labels allow to promise, with its certificate."""
    sample, promise = layout.sample, layout.promise
    found = zip(layout.ways, layout.courses, strict=True)
    (way, threshold, parts), *alone = ((way, *certify(sample, courses)) for way, courses in found)
    if alone and accepted(alone[0][2]) > accepted(parts) + GAIN * len(sample):
        way, threshold, parts = alone[0]
    policy = Policy(way.pool, way.stopping, threshold, sample.names)
    names = [sample.names[g] for g in sample.group] if sample.names else []
    certificate = Certificate(
        **summary(promise, parts, sample),
        **use(policy, sample.evidence, names, sample.others, layout.prices),
        labels=int(sample.answered.sum()),
        pool=len(sample) if sample.pooled else 0,
        label_set_size=sample.loss.shape[1],
        human_ceiling=sample.ceiling,
        parts=parts,
        method=Method(
            combination="mean log-odds of all judges asked, weighted by how sure each is",
            weights=tuple(policy.pool.weights),
            test="fixed sequence over whole cascades; " + ("betting" if sample.shares else "exact binomial"),
            path=_path(sample),
            delta=way.delta,
            labels_set_aside=sample.set_aside,
        ),
        fingerprints=dict(fingerprints or {}),
    )
    return replace(policy, certificate=certificate)


def accepted(parts: Sequence[Part]) -> int:
    """How many of the items that certify get a verdict."""
    return sum(part.accepted for part in parts)


def _path(sample: Sample) -> str:
    """What fixed the thresholds, and where people were asked along the path, what counts."""
    if not sample.pooled:
        return f"thresholds {'fixed by other' if sample.fixed else 'at fixed ranks of the labeled'} items"
    return (
        f"thresholds {'fixed by other items' if sample.fixed else 'at fixed ranks of the pool'}; people labeled "
        f"{sample.answered.sum():,} of the {len(sample):,} items of a pool drawn before, along the path, and an item "
        "without a label counts as an error"
    )
