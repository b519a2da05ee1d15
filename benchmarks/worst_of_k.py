"""Leaks in any of k: the estimator against all sets of k, and how often its limits hold. Prints one JSON object.

    python -m benchmarks.worst_of_k [--draws 1000]

*brute_force*: the greatest difference to the mean over all sets of k, for every count of leaks among up to twelve
outputs, and for random scores. *bias*: of the estimator and of 1 - (1 - c/n)^k, exact over all counts of a question
that leaks one output in ten (n = 10, k = 5). *coverage*: how often the 95 % limits hold the truth, over draws of
questions whose leak rates come from a beta distribution: *few leak* (0.05, 0.5), *polarized* (0.05, 0.05), *mixed*
(1, 8); the smallest of k = 1, 3 and 5 of five outputs. *width*: of the limits for k = 5, on average.
"""

from __future__ import annotations

import argparse
from itertools import combinations
from math import comb

import numpy as np

from benchmarks.shared import show
from judgekit.trust.prevalence.worst_of_k import any_of_k, mean_limits, worst_of_k

POPULATIONS = {"few leak": (0.05, 0.5), "polarized": (0.05, 0.05), "mixed": (1.0, 8.0)}
KS = [1, 3, 5]


def brute_force() -> dict[str, float]:
    """Greatest differences to the mean over all sets of k."""
    events, scores, rng = 0.0, 0.0, np.random.default_rng(0)
    for n in range(1, 13):
        ks = list(range(1, n + 1))
        for leaks in range(n + 1):
            shown = [1] * leaks + [0] * (n - leaks)
            exact = [np.mean([max(chosen) for chosen in combinations(shown, k)]) for k in ks]
            found = any_of_k(np.array([leaks]), np.array([n]), ks)[0]
            events = max(events, float(np.abs(found - exact).max()))
        drawn = rng.random(n)
        exact = [np.mean([max(chosen) for chosen in combinations(drawn, k)]) for k in ks]
        scores = max(scores, float(np.abs(worst_of_k(drawn, ks) - exact).max()))
    return {"events": events, "scores": scores}


def bias(n: int = 10, k: int = 5, p: float = 0.1) -> dict[str, float]:
    """Expected value less the truth, summed over all counts."""
    counts = np.arange(n + 1)
    chance = np.array([comb(n, c) * p**c * (1 - p) ** (n - c) for c in counts])
    truth = 1 - (1 - p) ** k
    return {
        "truth": truth,
        "unbiased": float(chance @ any_of_k(counts, np.full(n + 1, n), [k])[:, 0] - truth),
        "plug_in": float(chance @ (1 - (1 - counts / n) ** k) - truth),
    }


def coverage(a: float, b: float, questions: int, draws: int) -> dict[str, float]:
    """How often the limits hold the truth, and how wide they are."""
    rng = np.random.default_rng(1)
    rates = rng.beta(a, b, 1_000_000)
    truth = np.array([np.mean(1 - (1 - rates) ** k) for k in KS])
    held, width = np.zeros(len(KS)), 0.0
    for _ in range(draws):
        values = any_of_k(rng.binomial(5, rng.choice(rates, questions)), np.full(questions, 5), KS)
        low, high = mean_limits(values, values, 0.95)
        held += (low <= truth) & (truth <= high)
        width += float(high[-1] - low[-1]) / draws
    return {"coverage": float(held.min() / draws), "width": width}


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--draws", type=int, default=1000)
    draws = parser.parse_args().draws
    limits = {
        f"{name}, {questions} questions": coverage(*shape, questions, draws)
        for name, shape in POPULATIONS.items()
        for questions in (40, 400)
    }
    differences = {name: f"{value:.1e}" for name, value in brute_force().items()}
    show({"brute_force": differences, "bias": bias(), "limits": limits, "draws": draws})


if __name__ == "__main__":
    main()
