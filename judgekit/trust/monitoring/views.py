"""What a policy sees of items, as views for the shift check.

A policy asks later tiers of some items only. What it would not have asked is left out of every item alike, labeled or
scored, so that evidence which happens to be at hand of one side is no difference between the two.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from judgekit.trust.arrays import Floats, check_probs
from judgekit.trust.selective.opinion_pool import FLOOR
from judgekit.trust.selective.policy import Policy

DIGITS = 6
"""Digits of probabilities: files hold no more of the labeled items."""


def policy_views(
    policy: Policy,
    probs: ArrayLike,
    tiers: Sequence[str],
    *,
    order_inconsistency: ArrayLike | None = None,
    texts: ArrayLike | None = None,
    groups: Sequence[Any] | None = None,
) -> dict[str, NDArray[np.generic]]:
    """Views of items: each tier's opinion, the outcome, how sure it is, and how far judges and orders agree.

    Parameters
    ----------
    policy : Policy
        Decides how far each item is asked.
    probs : float (items, tiers, labels), NaN where a tier has no evidence.
    tiers : Sequence[str]
        Their names.
    order_inconsistency : float (items, tiers), order inconsistency, NaN where unknown.
    texts : float (items, numbers), what is known of the texts.
    groups : Sequence[Any] | None
        The items' groups where the policy has any.

    Returns
    -------
    dict of str to array
        Views for :func:`judgekit.trust.monitoring.shift.shift_check`; which there are depends on the arguments,
        not on the items.
    """
    evidence = check_probs(probs)
    evidence = (evidence / evidence.sum(axis=2, keepdims=True)).round(DIGITS)
    done = policy.decide(evidence, groups)
    stop = np.where(done.tier < 0, policy.stopping.depth - 1, done.tier)
    late = np.arange(len(tiers)) > stop[:, None]
    evidence[late] = np.nan
    _, scores = policy.pool.opinions(evidence)
    score = np.take_along_axis(scores, stop[:, None], axis=1)[:, 0]
    outcome = [
        f"unscored {t}" if unscored else f"{label} {t}"
        for label, t, unscored in zip(done.label, stop, done.unscored, strict=True)
    ]
    views: dict[str, NDArray[np.generic]] = {
        "confidence": np.where(done.unscored, np.nan, score),
        "verdict": np.array(outcome),
    }
    views |= {f"opinion of {tier}": _opinion(evidence[:, t]) for t, tier in enumerate(tiers)}
    if len(tiers) > 1:
        views["disagreement of judges"] = _disagreement(evidence)
    if order_inconsistency is not None:
        views["order inconsistency"] = _mean(
            np.where(late, np.nan, np.asarray(order_inconsistency, dtype=np.float64))
        )
    if texts is not None:
        views["text"] = np.asarray(texts, dtype=np.float64)
    return views


def _opinion(probs: Floats) -> Floats:
    """One tier's opinion, (items, numbers): centered log-probabilities, log-odds of the first, whether asked."""
    asked = ~np.isnan(probs[:, 0])
    believed = np.maximum(np.where(asked[:, None], probs, 1 / probs.shape[1]), FLOOR)
    logs = np.log(believed)
    sure = np.log(believed.max(axis=1) / np.maximum(1 - believed.max(axis=1), FLOOR))
    columns = [logs - logs.mean(axis=1, keepdims=True), np.where(asked, sure, 0.0)[:, None], asked[:, None]]
    return np.concatenate(columns, axis=1, dtype=np.float64)


def _disagreement(probs: Floats) -> Floats:
    """Greatest total variation between any two tiers asked, (items,); NaN where fewer than two were."""
    pairs = [
        np.abs(probs[:, a] - probs[:, b]).sum(axis=1) / 2 for a in range(probs.shape[1]) for b in range(a)
    ]
    apart = np.stack(pairs)
    known = ~np.isnan(apart)
    return np.where(known.any(axis=0), np.where(known, apart, -np.inf).max(axis=0), np.nan)


def _mean(numbers: Floats) -> Floats:
    """Mean of the known numbers of each item; NaN where none is."""
    known = ~np.isnan(numbers)
    count = known.sum(axis=1)
    return np.where(count > 0, np.where(known, numbers, 0.0).sum(axis=1) / np.maximum(count, 1), np.nan)
