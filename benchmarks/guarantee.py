"""Does the promise hold, and how much does it cover? The population protocol on recorded judges.

The recorded items are the population. A draw takes ``--labels`` items with replacement, a policy is fitted on
them, and its true agreement and coverage are those on the whole population. One run prints one JSON object:

    python benchmarks/guarantee.py --set trust_or_escalate SHARED/data/judges/trust_or_escalate.csv \\
        --agreement .85 --delta .1 --labels 500 --draws 1000
    python benchmarks/guarantee.py --evidence evidence.jsonl --order a,b,c --costs 0,.05,1 --agreement .85

``--peer mapie``, ``--peer cci`` (installed) or ``--peer PATH`` (a checkout of the code released with "Trust or
Escalate") runs a peer in the same draws. ``--table SHARED`` prints the table of the README instead. ``fit_ms`` is
processor time, ``broken`` the share of draws whose true agreement is below the target, with its standard error.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from recorded import READERS, Recorded

from judgekit.trust import Policy, calibrate


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
    unlabelled: int = 0
    budget: float | None = None


Method = Callable[[Task, np.ndarray, np.random.Generator], Outcome]


def judgekit(task: Task, drawn: np.ndarray, rng: np.random.Generator) -> Outcome:
    """This package."""
    known = task.population
    others = rng.integers(0, len(known.ids), task.unlabelled)
    policy = calibrate(
        known.probs[drawn],
        known.human[drawn],
        agreement=task.agreement,
        delta=task.delta,
        costs=known.costs,
        unlabelled=known.probs[others] if task.unlabelled else None,
        budget=task.budget,
    )
    return outcome_of(policy, known.probs)


def outcome_of(policy: Policy, probs: np.ndarray) -> Outcome:
    decided = policy.decide(probs)
    return Outcome(decided.label, np.where(decided.tier < 0, policy.exits.depth - 1, decided.tier))


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
    from judgekit.trust.evidence import Combination

    label, score = Combination.equal(len(known.judges)).without_inverted(known.probs).opinions(known.probs)
    scored = ~np.isnan(known.probs[:, -1, 0])
    order = np.argsort(np.where(scored, -score[:, -1], np.inf), kind="stable")
    ranked = score[order, -1]
    right = np.cumsum((label[:, -1] == known.human)[order]) / np.arange(1, len(order) + 1)
    whole = np.append(ranked[1:] < ranked[:-1], True) & scored[order]
    good = np.flatnonzero(whole & (right >= agreement - 1e-12))
    return float((good[-1] + 1) / len(order)) if len(good) else 0.0


TABLE: list[tuple[str, str, tuple[str, ...], int, tuple[float, ...]]] = [
    ("trust_or_escalate", "trust_or_escalate.csv", (), 500, (0.80, 0.85, 0.90)),
    ("trust_or_escalate", "trust_or_escalate.csv", (), 250, (0.80, 0.85, 0.90)),
    ("rewardbench2", "rewardbench2.jsonl", (), 300, (0.90, 0.95)),
    ("openqa", "openqa_nq301.jsonl", (), 500, (0.80, 0.85, 0.90)),
    ("llmbar", "llmbar.jsonl", ("GPT-4",), 500, (0.80, 0.85)),
    ("llmbar", "llmbar.jsonl", ("ChatGPT", "PaLM2", "GPT-4"), 500, (0.80, 0.85)),
    ("llmbar", "llmbar.jsonl", ("Falcon", "LLaMA2"), 500, (0.80, 0.85)),
]


def table(shared: Path, draws: int, peers: list[str]) -> None:
    """Print the README's table as markdown."""
    print(
        "| judges (labels) | agreement, best coverage | method | coverage (10 %) | broken | last tier asked | fit |"
    )
    print("|---|---|---|---|---|---|---|")
    for name, file, order, labels, targets in TABLE:
        known = labelled(READERS[name](shared / "data" / "judges" / file))
        known = known.order(order) if order else known
        title = f"{name}: {' → '.join(known.judges)} ({labels})"
        for target in targets:
            goal = f"{target:.2f}, {oracle(known, target):.2f}"
            for method_name, method in methods(peers).items():
                got = run(Task(known, target, 0.1, labels), method, draws)
                last = got["reach"].get(known.judges[-1])
                print(
                    f"| {title} | {goal} | {method_name} | {got['coverage']:.2f} ({got['coverage_q10']:.2f}) "
                    f"| {100 * got['broken']:.1f} ± {100 * got['broken_se']:.1f} % "
                    f"| {'–' if last is None else f'{100 * last:.0f} %'} | {got['fit_ms']:.0f} ms |",
                    flush=True,
                )
                title = goal = ""


def methods(peers: list[str]) -> dict[str, Method]:
    """This package and the peers asked for, by name."""
    found: dict[str, Method] = {"judgekit": judgekit}
    if peers:
        import guarantee_peers

        found |= {peer: guarantee_peers.method(peer) for peer in peers}
    return found


def labelled(known: Recorded) -> Recorded:
    """Only the items that people labelled."""
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


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", nargs="?", type=Path, help="a recorded file, with --set")
    parser.add_argument("--set", choices=sorted(READERS), help="what the file is")
    parser.add_argument("--evidence", type=Path, help="evidence JSONL instead of a recorded file")
    parser.add_argument("--order", help="judges, cheapest first, separated by commas")
    parser.add_argument("--costs", help="cost of each judge in that order")
    parser.add_argument("--agreement", type=float, default=0.85)
    parser.add_argument("--delta", type=float, default=0.1)
    parser.add_argument("--labels", type=int, default=500)
    parser.add_argument(
        "--unlabelled", type=int, default=0, help="items whose evidence is known beside, each draw"
    )
    parser.add_argument("--budget", type=float, help="highest mean cost per item")
    parser.add_argument("--draws", type=int, default=1000)
    parser.add_argument("--peer", action="append", default=[], help="mapie, cci, or the path of a checkout")
    parser.add_argument("--table", type=Path, metavar="SHARED", help="print the README's table")
    args = parser.parse_args()
    if args.table:
        table(args.table, args.draws, args.peer)
        return
    if bool(args.evidence) == bool(args.file) or (args.file and not args.set):
        parser.error("give --evidence FILE, or --set NAME FILE")
    known = labelled(READERS["evidence"](args.evidence) if args.evidence else READERS[args.set](args.file))
    if args.order:
        known = known.order(args.order.split(","))
    if args.costs:
        costs = [float(c) for c in args.costs.split(",")]
        known = Recorded(
            known.ids, known.questions, known.probs, known.human, known.judges, known.labels, costs
        )
    task = Task(known, args.agreement, args.delta, args.labels, args.unlabelled, args.budget)
    result: dict[str, Any] = {
        "items": len(known.ids),
        "judges": known.judges,
        "oracle_coverage": oracle(known, args.agreement),
    }
    for name, method in methods(args.peer).items():
        result[name] = run(task, method, args.draws)
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
