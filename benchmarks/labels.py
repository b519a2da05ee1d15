"""What labels buy, asked along the path and in random order; prints one JSON object.

    python benchmarks/labels.py [--shared FOLDER] [--draws 500] [--set NAME]

The population protocol on recorded judges: a draw takes items with replacement, a policy is fitted, and its coverage
and true agreement are those on the whole population. *random*: so many labels, all of the draw. *path*: a pool, asked
block by block until no label can add anything, of a size that needs about as many labels on average. That size is
found on draws of its own; it hangs on labels, which is for a benchmark and never for a promise.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from guarantee import TABLE
from protocol import labeled
from recorded import READERS, Recorded
from shared import DEFAULT, rounded

from judgekit.trust import Policy, calibrate
from judgekit.trust.selective.layout import Layout, lay_out
from judgekit.trust.selective.progress import Progress, standing

DELTA = 0.1
SEARCH = 60
"""Draws by which the size of a pool is found."""


def draw(known: Recorded, seed: int, number: int, items: int) -> np.ndarray:
    """The items of one draw."""
    return np.random.default_rng([seed, number]).integers(0, len(known.ids), items)


def laid_out(known: Recorded, drawn: np.ndarray, agreement: float) -> Layout:
    """A pool with all its labels."""
    return lay_out(
        known.probs[drawn],
        known.human[drawn],
        agreement=agreement,
        delta=DELTA,
        costs=known.costs,
        pool=np.ones(len(drawn), np.bool_),
    )


def asked(whole: Layout) -> tuple[int, Progress]:
    """How many labels a pool needs when people are asked block by block, and what comes of them."""
    sample = whole.sample
    place = np.argsort(sample.item)
    answered = np.zeros(len(sample), np.bool_)
    while True:
        loss = np.where(answered[:, None], sample.loss, 1.0)
        now = standing(replace(whole, sample=replace(sample, loss=loss, answered=answered)))
        if now.finished:
            return int(answered.sum()), now
        answered = answered.copy()
        answered[place[now.next]] = True


def needed(known: Recorded, items: int, agreement: float) -> float:
    """How many labels a pool of so many items needs on average."""
    pools = (laid_out(known, draw(known, 1, i, items), agreement) for i in range(SEARCH))
    return float(np.mean([asked(pool)[0] for pool in pools]))


def pool_for(known: Recorded, labels: int, agreement: float) -> int:
    """The size of the pool that needs so many labels on average."""
    sizes = [labels, round(1.4 * labels), round(2 * labels)]
    return round(float(np.interp(labels, [needed(known, size, agreement) for size in sizes], sizes)))


def outcome(policies: Sequence[Policy], known: Recorded, agreement: float) -> dict[str, Any]:
    """Coverage and broken promises on the population, with standard errors."""
    coverage, broken = [], []
    for policy in policies:
        label = policy.decide(known.probs).label
        given = label >= 0
        coverage.append(given.mean())
        broken.append(bool(given.any() and (label == known.human)[given].mean() < agreement - 1e-12))
    count, share = len(policies), float(np.mean(broken))
    return {
        "coverage": float(np.mean(coverage)),
        "coverage_se": float(np.std(coverage) / np.sqrt(count)),
        "broken": share,
        "broken_se": float(np.sqrt(share * (1 - share) / count)),
    }


def along(known: Recorded, items: int, agreement: float, draws: int) -> dict[str, Any]:
    """A pool of so many items, asked along the path."""
    found = [asked(laid_out(known, draw(known, 0, i, items), agreement)) for i in range(draws)]
    labels = [count for count, _ in found]
    return {
        "pool": items,
        "labels": float(np.mean(labels)),
        "labels_se": float(np.std(labels) / np.sqrt(draws)),
        **outcome([now.policy for _, now in found], known, agreement),
    }


def in_random_order(known: Recorded, labels: int, agreement: float, draws: int) -> dict[str, Any]:
    """So many labels of a fair draw."""
    policies = []
    for i in range(draws):
        drawn = draw(known, 0, i, labels)
        given = {"agreement": agreement, "delta": DELTA, "costs": known.costs}
        policies.append(calibrate(known.probs[drawn], known.human[drawn], **given))
    return {"labels": labels, **outcome(policies, known, agreement)}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--shared", type=Path, default=DEFAULT, help="folder that holds data/")
    parser.add_argument("--draws", type=int, default=500)
    parser.add_argument("--set", choices=sorted({name for name, *_ in TABLE}), help="this set only")
    given = parser.parse_args()
    found = []
    for name, file, order, labels, targets in TABLE:
        if given.set not in (None, name):
            continue
        known = labeled(READERS[name](given.shared / "data" / "judges" / file))
        known = known.order(order) if order else known
        for agreement in targets:
            found.append(
                {
                    "set": name,
                    "judges": known.judges,
                    "agreement": agreement,
                    "random": in_random_order(known, labels, agreement, given.draws),
                    "path": along(known, pool_for(known, labels, agreement), agreement, given.draws),
                }
            )
    print(json.dumps(rounded({"delta": DELTA, "draws": given.draws, "sets": found}), indent=1))


if __name__ == "__main__":
    main()
