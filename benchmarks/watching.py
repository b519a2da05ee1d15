"""How soon the audit decides, and what the shift check and the out-of-distribution guard see; prints one JSON object.

python benchmarks/watching.py [--outputs FILE...]

With files of outputs: a calibration's guard is laid from 100 items of the first, and the share of every file's items
that it refuses is counted.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import numpy as np

from judgekit.calibration.ood import OodGuard
from judgekit.calibration.text_features import text_features
from judgekit.readers import read
from judgekit.trust.monitoring.audit import Audit
from judgekit.trust.monitoring.ood import ood_check
from judgekit.trust.monitoring.shift import shift_check


def audit(rng: np.random.Generator, target: float, agreement: float, streams: int, most: int = 1500) -> dict:
    """Share of streams that ever say holds or broken, and the median number of checks until they do."""
    known: dict[tuple[int, int], str] = {}
    said, when = [], []
    for _ in range(streams):
        agreed = 0
        for n, check in enumerate(rng.random(most) < agreement, 1):
            agreed += int(check)
            if (agreed, n) not in known:
                known[agreed, n] = Audit(target, agreed=agreed, checked=n).status
            if known[agreed, n] != "undecided":
                said.append(known[agreed, n])
                when.append(n)
                break
    return {
        "target": target,
        "true agreement": agreement,
        "ever holds": said.count("holds") / streams,
        "ever broken": said.count("broken") / streams,
        "median checks": float(np.median(when)) if when else None,
    }


def shift(rng: np.random.Generator, move: float, runs: int, n: int = 300, m: int = 600) -> dict:
    """Share of runs that see a shift: confidences, labels and a 64-number embedding move together."""

    def views(items: int, moved: float) -> dict[str, np.ndarray]:
        return {
            "confidence": rng.beta(5, 2 + 2 * moved, items),
            "label": (rng.random(items) < 0.2 + 0.2 * moved).astype(int),
            "embedding": rng.standard_normal((items, 64)) + 0.3 * moved * (np.arange(64) < 8),
        }

    seen = [shift_check(views(n, 0.0), views(m, move), seed=i).shifted for i in range(runs)]
    return {"labeled": n, "scored": m, "move": move, "shift seen": float(np.mean(seen))}


def guard(rng: np.random.Generator, away: float, runs: int) -> dict:
    refused = [
        1
        - ood_check(
            rng.standard_normal((300, 64)), rng.standard_normal((200, 64)) + away, level=0.05, seed=i
        ).in_distribution.mean()
        for i in range(runs)
    ]
    return {"labeled": 300, "standard deviations away": away, "refused": round(float(np.mean(refused)), 4)}


def guard_on(files: list[str], draws: int, laid: int = 100) -> dict:
    """Share of each file's items that a guard laid from the first file's refuses, over random draws."""
    features = {str(Path(file).parent.name): [text_features(item) for item in read(file)] for file in files}
    first = next(iter(features))
    refused: dict[str, list[float]] = {name: [] for name in features}
    for draw in range(draws):
        order = np.random.default_rng(draw).permutation(len(features[first]))
        made = OodGuard.of([features[first][i] for i in order[:laid]], draw)
        for name, items in features.items():
            rest = [items[i] for i in order[laid:]] if name == first else items
            refused[name].append(float(made.refuses(rest).mean()))
    shares = {name: round(float(np.mean(share)), 3) for name, share in refused.items()}
    return {"laid from": laid, "items of": first, "level": made.level, "refused": shares}


def timed(work) -> float:
    start = time.perf_counter()
    work()
    return round(time.perf_counter() - start, 2)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--outputs", nargs="+", default=[])
    given = parser.parse_args()
    runs = given.runs
    rng = np.random.default_rng(0)
    big = rng.standard_normal((100_000, 1000), dtype=np.float32)
    labeled = rng.standard_normal((500, 1000), dtype=np.float32)
    print(
        json.dumps(
            {
                "audit": [audit(rng, 0.85, p, 2 * runs) for p in (0.85, 0.70, 0.75, 0.80, 0.90, 0.92, 0.95)],
                "shift": [shift(rng, move, runs) for move in (0.0, 0.25, 0.5, 1.0)],
                "scope": [guard(rng, away, runs // 4) for away in (0.0, 0.5, 1.0)],
                "ood": guard_on(given.outputs, runs // 10) if given.outputs else None,
                "seconds": {
                    "shift check, 500 against 100,000 items of 1,000 numbers": timed(
                        lambda: shift_check({"embedding": labeled}, {"embedding": big})
                    ),
                    "shift check, 500 against 100,000 confidences": timed(
                        lambda: shift_check({"confidence": labeled[:, 0]}, {"confidence": big[:, 0]})
                    ),
                    "out-of-distribution guard, 100,000 items of 1,000 numbers": timed(
                        lambda: ood_check(labeled, big)
                    ),
                },
            },
            indent=1,
        )
    )


if __name__ == "__main__":
    main()
