"""The population protocol: the recorded items are the population that a policy from a draw of labels is judged by."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from recorded import Recorded

from judgekit.trust import Policy, calibrate
from judgekit.trust.selective.opinion_pool import OpinionPool


@dataclass(frozen=True)
class Outcome:
    """What a fitted method does on the population: verdict and last tier asked, one an item; -1 no verdict."""

    label: np.ndarray
    asked: np.ndarray


@dataclass(frozen=True)
class Task:
    """One setting of the protocol."""

    population: Recorded
    agreement: float
    delta: float
    labels: int
    unlabeled: int = 0
    budget: float | None = None


Method = Callable[[Task, np.ndarray, np.random.Generator], Outcome]


def judgekit(task: Task, drawn: np.ndarray, rng: np.random.Generator) -> Outcome:
    """This package."""
    known = task.population
    others = rng.integers(0, len(known.ids), task.unlabeled)
    policy = calibrate(
        known.probs[drawn],
        known.human[drawn],
        agreement=task.agreement,
        delta=task.delta,
        costs=known.costs,
        unlabeled=known.probs[others] if task.unlabeled else None,
        max_mean_cost=task.budget,
    )
    return outcome_of(policy, known.probs)


def outcome_of(policy: Policy, probs: np.ndarray) -> Outcome:
    decided = policy.decide(probs)
    return Outcome(decided.label, np.where(decided.tier < 0, policy.stopping.depth - 1, decided.tier))


def run(task: Task, method: Method, draws: int, seed: int = 0) -> dict[str, Any]:
    """The protocol for one method; the draws depend on nothing but the seed."""
    known = task.population
    items = len(known.ids)
    coverage, broken, reach, cost, seconds = [], [], [], [], []
    for draw in range(draws):
        rng = np.random.default_rng([seed, draw])
        drawn = rng.integers(0, items, task.labels)
        began = time.process_time()
        outcome = method(task, drawn, rng)
        seconds.append(time.process_time() - began)
        accepted = outcome.label >= 0
        right = outcome.label == known.human
        coverage.append(accepted.mean())
        broken.append(bool(accepted.any() and right[accepted].mean() < task.agreement - 1e-12))
        asked = np.array([(outcome.asked >= t).mean() for t in range(len(known.judges))])
        if accepted.any():
            reach.append(asked)
            cost.append(asked @ np.array(known.costs) / accepted.mean())
    share = float(np.mean(broken))
    return {
        "agreement": task.agreement,
        "delta": task.delta,
        "labels": task.labels,
        "draws": draws,
        "coverage": round(float(np.mean(coverage)), 4),
        "coverage_q10": round(float(np.quantile(coverage, 0.1)), 4),
        "broken": round(share, 4),
        "broken_se": round(float(np.sqrt(share * (1 - share) / draws)), 4),
        "nothing_certified": round(float(np.mean(np.array(coverage) == 0)), 4),
        "reach": dict(zip(known.judges, np.round(np.mean(reach, axis=0), 4).tolist(), strict=True))
        if reach
        else {},
        "cost_per_verdict": round(float(np.mean(cost)), 4) if cost else None,
        "fit_ms": round(1000 * float(np.median(seconds)), 2),
    }


def oracle(known: Recorded, agreement: float) -> float:
    """Coverage of the best threshold on the score of all judges that knows the population."""
    label, score = OpinionPool.equal(len(known.judges)).without_inverted(known.probs).opinions(known.probs)
    scored = ~np.isnan(known.probs[:, -1, 0])
    order = np.argsort(np.where(scored, -score[:, -1], np.inf), kind="stable")
    ranked = score[order, -1]
    right = np.cumsum((label[:, -1] == known.human)[order]) / np.arange(1, len(order) + 1)
    whole = np.append(ranked[1:] < ranked[:-1], True) & scored[order]
    good = np.flatnonzero(whole & (right >= agreement - 1e-12))
    return float((good[-1] + 1) / len(order)) if len(good) else 0.0


def labeled(known: Recorded) -> Recorded:
    """Only the items that people labeled."""
    keep = np.flatnonzero(known.human >= 0)
    return Recorded(
        [known.ids[i] for i in keep],
        [known.questions[i] for i in keep],
        known.probs[keep],
        known.human[keep],
        known.judges,
        known.labels,
        known.costs,
    )
