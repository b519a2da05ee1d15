"""Populations whose truth is known, built to break promises, and the share of promises that do break on them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from judgekit.trust import Policy, calibrate


@dataclass(frozen=True)
class Population:
    """Equally likely kinds of items.

    ``probs`` (kinds, tiers, classes): the evidence of a kind; ``truth`` (kinds, classes): how often people give each
    label to items of the kind; ``groups`` (kinds,).
    """

    probs: np.ndarray
    truth: np.ndarray
    groups: np.ndarray | None = None

    def draw(self, rng: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray]:
        """Kinds and human labels of n random items."""
        kind = rng.integers(0, len(self.probs), n)
        chance = rng.random(n)[:, None]
        return kind, (self.truth[kind].cumsum(axis=1) < chance).sum(axis=1).clip(0, self.truth.shape[1] - 1)


Broken = Callable[[Policy, Population], bool]


def overall(target: float, tolerance: int = 0) -> Broken:
    """Whether verdicts agree with people less often than promised."""

    def broken(policy: Policy, population: Population) -> bool:
        decided = policy.decide(population.probs, population.groups if policy.grouped else None)
        right = agreement_of_kinds(population, decided.label, tolerance)
        return bool(decided.accepted.any() and right[decided.accepted].mean() < target - 1e-9)

    return broken


def any_group(target: float) -> Broken:
    """Whether the promise is broken in at least one group."""

    def broken(policy: Policy, population: Population) -> bool:
        assert population.groups is not None
        decided = policy.decide(population.probs, population.groups)
        right = agreement_of_kinds(population, decided.label, 0)
        return any(
            right[mine].mean() < target - 1e-9
            for name in np.unique(population.groups)
            if (mine := decided.accepted & (population.groups == name)).any()
        )

    return broken


def any_label(targets: dict[int, float]) -> Broken:
    """Whether the promise is broken for at least one verdict label."""

    def broken(policy: Policy, population: Population) -> bool:
        decided = policy.decide(population.probs)
        right = agreement_of_kinds(population, decided.label, 0)
        return any(
            right[mine].mean() < target - 1e-9
            for label, target in targets.items()
            if (mine := decided.label == label).any()
        )

    return broken


def agreement_of_kinds(population: Population, label: np.ndarray, tolerance: int) -> np.ndarray:
    """How often people agree with the verdict, per kind."""
    labels = population.truth.shape[1]
    near = np.abs(np.subtract.outer(np.arange(labels), np.arange(labels))) <= tolerance
    return (population.truth @ near)[np.arange(len(label)), np.maximum(label, 0)]


def broken_share(
    population: Population,
    broken: Broken,
    *,
    n: int,
    draws: int,
    seed: int = 0,
    people: int = 1,
    **options: Any,
) -> tuple[float, float]:
    """Share of draws whose promise is broken, and the mean share of items that get a verdict.

    With ``people`` > 1 each item is labeled by so many, and their shares are given.
    """
    rng = np.random.default_rng(seed)
    unlabeled, grouped = options.pop("unlabeled", 0), options.pop("grouped", False)
    count, coverage = 0, []
    for _ in range(draws):
        kind, human = population.draw(rng, n)
        if people > 1:
            votes = np.stack([rng.multinomial(people, t) for t in population.truth[kind]])
            human = votes / people
        more = {}
        if unlabeled:
            more["unlabeled"] = population.probs[population.draw(rng, unlabeled)[0]]
        if grouped:
            assert population.groups is not None
            more["groups"] = population.groups[kind]
        policy = calibrate(population.probs[kind], human, **options, **more)
        count += broken(policy, population)
        decided = policy.decide(population.probs, population.groups if policy.grouped else None)
        coverage.append(decided.accepted.mean())
    return count / draws, float(np.mean(coverage))


def evidence(
    risk: np.ndarray, rng: np.random.Generator, *, tiers: int = 1, labels: int = 2, noise: float = 0.0
):
    """A population whose kinds run from sure to doubtful, with the given error rate of the leading label each."""
    kinds = len(risk)
    top = np.linspace(4, 0.05, kinds)
    right = rng.integers(0, labels, kinds)
    logits = np.zeros((kinds, tiers, labels))
    for t in range(tiers):
        logits[np.arange(kinds), t, right] = top + noise * rng.normal(size=kinds)
    probs = np.exp(logits) / np.exp(logits).sum(axis=2, keepdims=True)
    truth = np.repeat((risk / (labels - 1))[:, None], labels, axis=1)
    truth[np.arange(kinds), right] = 1 - risk
    return Population(probs, truth)
