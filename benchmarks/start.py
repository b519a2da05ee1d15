"""Does coverage hang on where the test begins? Single starts against the rule; prints one JSON object.

    python benchmarks/start.py [--shared FOLDER]

A *single start* is one way down at the whole error level, begun at that share of the items; the *rule* is what the
package does: a main and an early way. *Recorded*: coverage in the population protocol, by target. The five open judges
of RewardBench 2 were not looked at before the rule was settled. *Curves*: simulated judges without ties whose risk
among the surest share ``v`` of the items rises as ``a + b v^c``; what is lost against the best single start for each.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product
from typing import Any
from unittest.mock import patch

import numpy as np
from guarantee import TABLE
from protocol import Task, judgekit, labeled, run
from recorded import READERS
from shared import data_folder, show

from judgekit.trust.bounds import binomial_p
from judgekit.trust.selective import descent
from judgekit.trust.selective.fixed_sequence import Start, checkpoints, starts

DELTA, DRAWS = 0.1, 300
SINGLE = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6)
TARGETS = (0.80, 0.85, 0.90, 0.95)
SETS: list[tuple[str, str, tuple[str, ...], int]] = [
    *(one[:4] for one in TABLE),
    ("trust_or_escalate", "trust_or_escalate.csv", (), 100),
    ("rewardbench2", "rewardbench2.jsonl", (), 100),
    ("rewardbench2", "rewardbench2.jsonl", (), 25),
    ("rewardbench2_open", "rewardbench2.jsonl", (), 500),
]
CURVE_DRAWS = 100
Rule = Callable[[int, float, float], tuple[Start, ...]]


def single(share: float) -> Rule:
    """One way down from a share of the items."""
    return lambda n, risk, delta: (Start(checkpoints(n, risk, delta, share), delta),)


RULES: dict[str, Rule] = {**{f"{share:g}": single(share) for share in SINGLE}, "rule": starts}


def main() -> None:
    folder = data_folder(__doc__) / "judges"
    show(
        {
            "draws": DRAWS,
            "recorded": [one for case in SETS for one in recorded(folder, *case)],
            "curves": curves(),
        }
    )


def recorded(folder: Any, name: str, file: str, order: Sequence[str], labels: int) -> list[dict[str, Any]]:
    """Coverage by rule on one recorded set, a row for each target at which any rule covers a twentieth."""
    known = labeled(READERS[name](folder / file))
    known = known.order(order) if order else known
    found = []
    for target in TARGETS:
        got = {}
        for rule, begin in RULES.items():
            with patch.object(descent, "starts", begin):
                got[rule] = run(Task(known, target, DELTA, labels), judgekit, DRAWS)
        if max(one["coverage"] for one in got.values()) >= 0.05:
            coverage = {rule: one["coverage"] for rule, one in got.items()}
            row = {"set": name, "judges": len(known.judges), "labels": labels, "agreement": target}
            found.append({**row, "coverage": coverage, "broken": got["rule"]["broken"]})
    return found


def curves() -> dict[str, Any]:
    """Coverage lost against the best single start for each curve: mean, 95th percentile and most, by rule."""
    rng, lost = np.random.default_rng(0), []
    grid = product(
        (50, 100, 250, 500, 1000), (0.05, 0.1, 0.15, 0.2), (0, 0.3, 0.6), (0.5, 1, 2, 4), (0.7, 1.2, 2, 3)
    )
    for n, risk, strict, power, whole in grid:
        least, rise = strict * risk, (whole - strict) * risk * (power + 1)
        if not (rise > 0 and least + rise <= 1):
            continue
        place = np.sort(rng.random((CURVE_DRAWS, n)), axis=1)
        wrong = rng.random(place.shape) < least + rise * place**power
        p_value = binomial_p(np.cumsum(wrong, axis=1), np.arange(1, n + 1), risk)
        coverage = {rule: reached(begin(n, risk, DELTA), place, p_value) for rule, begin in RULES.items()}
        best = max(coverage.values())
        if best > 0.1:
            lost.append([best - one for one in coverage.values()])
    table = np.array(lost)
    return {
        "curves": len(table),
        **{
            rule: [round(float(x), 3) for x in (one.mean(), np.quantile(one, 0.95), one.max())]
            for rule, one in zip(RULES, table.T, strict=True)
        },
    }


def reached(ways: Sequence[Start], place: np.ndarray, p_value: np.ndarray) -> float:
    """Mean share of the population that the farthest way certifies."""
    share = np.zeros(len(place))
    for way in ways:
        alive = np.ones(len(place), dtype=bool)
        for point in way.points:
            alive &= p_value[:, point - 1] <= way.delta
            taken = place[:, point] if point < place.shape[1] else 1.0
            share = np.where(alive, np.maximum(share, taken), share)
    return float(share.mean())


if __name__ == "__main__":
    main()
