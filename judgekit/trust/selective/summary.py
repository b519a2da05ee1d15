"""What a certificate says of all parts together, of what is lacking, and of the policy in use."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.special import ndtri

from judgekit.trust.arrays import Floats
from judgekit.trust.bounds import clopper_pearson, fewest_labels, no_less, no_more
from judgekit.trust.risk import PERSON, Promise
from judgekit.trust.sample_size import MOST_LABELS
from judgekit.trust.selective.certificate import Nearest, Part
from judgekit.trust.selective.fixed_sequence import START
from judgekit.trust.selective.policy import Policy
from judgekit.trust.selective.split import Sample

DIGITS = 6
"""Digits after the point of numbers of labels before they are compared and rounded up."""

POWER = 0.8
"""Probability with which as many labels as are said to be needed certify something."""


def nearest(
    entered: Floats, charged: Floats, count: int, risk: float, delta: float
) -> tuple[int | None, Nearest | None]:
    """The part of the verdicts for which fewest labels would do, if what was seen of it is typical.

    About as many as :func:`judgekit.trust.sample_size.plan_labels` finds; by the normal approximation, since every
    share of the items is looked at that the main way down can begin with or reach.

    Parameters
    ----------
    entered : float (items,), the thresholds at which items enter the path, from the strictest.
    charged : float (items + 1,), the sum of the charges of the first items.
    count : int
        How many labeled items there are, those that never enter among them.

    Returns
    -------
    labels_needed : int or None
        None where no number would do, or too few labels tell.
    nearest : Nearest or None
        How many labeled items get these verdicts, and how many of them err; None where none does.
    """
    ends = np.flatnonzero(np.append(entered[1:] < entered[:-1], True)[: len(entered)]) + 1  # ties go together
    ends = ends[ends >= START * count] if (ends >= START * count).any() else ends[-1:]
    least = fewest_labels(risk, delta)
    if not len(ends):
        return None if count else least, None
    rate = (charged[ends] + 0.5) / (ends + 1)
    spread = ndtri(1 - delta) * np.sqrt(risk * (1 - risk)) + ndtri(POWER) * np.sqrt(rate * (1 - rate))
    with np.errstate(divide="ignore"):
        accepted = np.where(
            rate < risk, np.maximum((np.maximum(spread, 0) / (risk - rate)) ** 2, least), np.inf
        )
    labels = (accepted * count / ends).round(DIGITS)
    labels[labels > MOST_LABELS] = np.inf
    best = int(labels.argmin() if np.isfinite(labels).any() else rate.argmin())
    needed = max(count + 1, int(np.ceil(labels[best]))) if np.isfinite(labels[best]) else None
    return needed, Nearest(int(ends[best]), round(float(charged[ends[best]]), 9))


def summary(promise: Promise, parts: Sequence[Part], sample: Sample) -> dict[str, Any]:
    """The fields of a certificate that sum up its parts."""
    won = [part for part in parts if part.certified]
    accepted, errors = sum(p.accepted for p in won), sum(p.errors for p in won)
    needed = [part.labels_needed for part in parts if part.labels_needed]
    if won:
        where = (
            ""
            if not any(p.group for p in parts)
            else " in each group (" + ", ".join(dict.fromkeys(str(p.group) for p in won)) + ")"
        )
        source = f"the pool of {len(sample):,}" if sample.pooled else "those labeled"
        claim = promise.claim(PERSON if sample.shares else "the people's label", where, source)
        given = {p.label for p in won}
        never = [promise.name(p.label) for p in parts if p.label is not None and p.label not in given]
        if never:
            claim += (
                f" No verdict {' or '.join(dict.fromkeys(never))} is given, since none could be certified."
            )
    elif any(part.waiting for part in parts):
        claim = (
            f"Nothing is certified so far: every item is left to people; "
            f"{sample.answered.sum():,} of the {len(sample):,} items of the pool are labeled."
        )
    elif needed:
        each = " of each part" if len(parts) > 1 else ""
        if len(parts) == 1 and parts[0].label is not None:
            each = f" of items that the judges call {promise.name(parts[0].label)}"
        claim = (
            "Nothing is certified: every item is left to people; "
            + (f"a pool of about {max(needed):,} items" if sample.pooled else f"about {max(needed):,} labels")
            + f"{each} would be needed."
        )
    else:
        labels = f"these {sum(p.labels for p in parts)} labels"
        claim = "Nothing is certified: every item is left to people; " + (
            f"{labels} show no part of the verdicts that {promise.enough}. "
            "Stronger judges will help, more labels may."
            if all(part.hopeless for part in parts)
            else f"{labels} are too few to tell how many would be needed."
        )
    return {
        "status": "certified" if won else "nothing certified",
        "claim": claim,
        "promise": promise,
        "accepted": accepted,
        "errors": round(errors, 9),
        "observed": 1 - errors / accepted if accepted else None,
        "bound": min((p.bound for p in won if p.bound is not None), default=None),
        "labels_needed": max(needed) if needed and len(won) < len(parts) else None,
    }


def use(
    policy: Policy, evidence: Floats, names: Sequence[str], others: Floats, prices: Floats
) -> dict[str, Any]:
    """The fields of a certificate on what the policy will do and cost in use, estimated from all evidence at hand."""
    grouped = policy.grouped
    everything = evidence if grouped else np.concatenate([evidence, others])
    decided = policy.decide(everything, names if grouped else None)
    items = len(everything)
    accepted = int(decided.accepted.sum())
    low, high = clopper_pearson(accepted, items) if items else (0.0, 1.0)
    stop = np.where(decided.tier < 0, policy.stopping.depth - 1, decided.tier)
    reach = np.array([(stop >= t).mean() if items else 0.0 for t in range(policy.tiers)])
    return {
        "coverage": accepted / items if items else 0.0,
        "coverage_interval": (no_more(low), no_less(high)),
        "reach": tuple(reach.tolist()),
        "cost": math.fsum((reach * prices).tolist()),
    }
