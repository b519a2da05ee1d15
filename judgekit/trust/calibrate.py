"""From evidence and human labels to a certified policy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from judgekit.trust.bounds import binomial_p, clopper_pearson, clopper_pearson_upper, fewest_labels
from judgekit.trust.evidence import Combination, check_probs
from judgekit.trust.policy import Policy

START = 0.4
"""Share of the items at which the path begins."""


def calibrate(
    probs: ArrayLike,
    human: ArrayLike,
    *,
    agreement: float,
    delta: float = 0.1,
    costs: Sequence[float] | None = None,
    groups: Sequence[Any] | None = None,
    judges: Sequence[int] | None = None,
    unlabelled: ArrayLike | None = None,
    budget: float | None = None,
    fingerprints: Mapping[str, Any] | None = None,
    seed: int = 0,
) -> Policy:
    """Certify the policy that answers most, from evidence with human labels."""
    evidence = check_probs(probs)
    truth = np.asarray(human)
    keep = truth >= 0
    evidence, truth = evidence[keep], truth[keep]
    names: list[str] = [] if groups is None else sorted(set(np.asarray(groups).astype(str)[keep]))
    member = (
        np.zeros(len(truth), int)
        if groups is None
        else np.searchsorted(names, np.asarray(groups).astype(str)[keep])
    )
    combination = Combination.equal(evidence.shape[1], judges)
    label, score = combination.opinion(evidence, combination.tiers - 1)
    score = np.where(np.isnan(evidence[:, -1, 0]), np.nan, score)
    count = max(len(names), 1)
    accept = np.full((count, combination.tiers, evidence.shape[2]), np.inf)
    parts = []
    risk = 1 - agreement
    for g in range(count):
        mine = (member == g) & ~np.isnan(score)
        threshold, n, errors = _fixed_sequence(
            score[mine], label[mine] != truth[mine], int(START * (member == g).sum()), risk, delta / count
        )
        accept[g, -1] = threshold
        parts.append((int((member == g).sum()), n, errors))
    total, n, errors = (sum(part[k] for part in parts) for k in range(3))
    certified = n > 0
    abstain = np.full((count, combination.tiers), -np.inf if certified else np.inf)
    certificate: dict[str, Any] = {
        "schema": "judgekit.certificate/1",
        "status": "certified" if certified else "nothing certified",
        "agreement": agreement,
        "delta": delta,
        "labels": total,
        "accepted": n,
        "errors": errors,
        "bound": float(1 - clopper_pearson_upper(errors, n, delta / count)),
        "coverage": n / total if total else 0.0,
        "coverage_interval": list(clopper_pearson(n, total)) if total else [0.0, 1.0],
        "labels_needed": fewest_labels(risk, delta / count),
        "fingerprints": dict(fingerprints or {}),
    }
    return Policy(combination, accept, abstain, tuple(names), certificate)


def _fixed_sequence(score: Any, wrong: Any, start: int, risk: float, delta: float) -> tuple[float, int, int]:
    """Lowest threshold such that it and every higher one from the start on pass; +inf if the start fails."""
    order = np.argsort(-score, kind="stable")
    score, errors = score[order], np.cumsum(wrong[order])
    ends = np.flatnonzero(np.append(score[1:] < score[:-1], True)) if len(score) else np.array([], int)
    ends = ends[ends + 1 >= max(start, 1)]
    passed = binomial_p(errors[ends], ends + 1, risk) <= delta
    last = len(ends) if passed.all() else int(np.argmin(passed))
    if last == 0:
        return np.inf, 0, 0
    k = ends[last - 1]
    return float(score[k]), int(k + 1), int(errors[k])
