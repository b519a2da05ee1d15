"""Calls saved by asking simulated annotators only as long as the verdict is in doubt; prints one JSON object.

    python -m benchmarks.adaptive [--items 1500] [--draws 50] [--recorded] [--shared FOLDER]

*tiny*: the tiny judge in a vLLM engine (``make test-engine`` makes the environment), five annotators in both orders,
on items with words it never met, three or eight in ten of them harder than what it learned. All ten asks of every item
are gathered once. Then, over many random halves, the fixed panel (one tier: all ten) and two adaptive ones are
calibrated on one half and decide the other: *by annotator* (five tiers, one annotator more each) and *by order* (one
tier before them: the first annotator in one order). A panel may also get a budget of calls; the table gives what each
budget certifies. ``broken`` counts other halves that
agree less than promised; the luck of so small a half is in it (the promise itself is tested in
``benchmarks/guarantee.py``). *end_to_end*: one calibrated adaptive cascade then runs on new items, and its calls are
those the engine was asked.

*recorded* (``--recorded`` alone needs no engine): the 500 pairs of Jung, Brahman and Choi with the recorded
probabilities of their three judges, at costs 0, 0.05 and 1; calibration sets are drawn with replacement and all 500
are decided, as in their own check; the evidence of all 500, without labels, lays out the path. Cost is in passes of
the strong judge over all items.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import itertools
import os
import random
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.shared import DEFAULT, show
from judgekit.calibration import calibrate as calibration
from judgekit.calibration.evidence_table import to_arrays
from judgekit.calibration.stages import judge_index
from judgekit.cascade.run import Cascade
from judgekit.judges.annotators import Annotators, ModelJudge
from judgekit.records import HumanLabel, Item
from judgekit.rubrics import load_rubric
from judgekit.runs.store import Store
from judgekit.trust import calibrate

N, ORDERS = 5, 2
STAGES = (0.5, 1, 2, 3, 4, 5)
BUDGETS = (None, 8.0, 6.0, 4.0, 3.0)
"""Mean calls an item may cost (of ten)."""

JUDGES = {"mistral-7b-instruct": 0.0, "gpt-3.5-turbo": 0.05, "gpt-4-turbo": 1.0}
DELTA = 0.1


POPULATIONS = (("qa", 0.95, 0.3), ("forgetting", 0.95, 0.3), ("forgetting", 0.85, 0.8))
"""Rubric, wanted agreement, and the share of items that are harder than what the tiny judge learned."""


def labeled_items(rubric: str, n: int, seed: int, hard: float) -> list[Item]:
    """Items with their labels; a share of outputs talks of something else first, which training never showed."""
    from tests.engine.cases import make_cases, make_fact

    rng, items = random.Random(seed), []
    for item, label in make_cases(rubric, n, seed, held=True):
        aside = " ".join(make_fact(rng, held=True).statement for _ in range(rng.random() < hard))
        human = (HumanLabel(annotator="maker", label=label),)
        items.append(item.model_copy(update={"outputs": (f"{aside} {item.output}".strip(),), "human": human}))
    return items


def halves(probs: np.ndarray, human: np.ndarray, draws: int, seed: int = 0, **options: Any) -> dict[str, Any]:
    """Mean over random halves: what is certified on one half, and what the other half then gets."""
    rng, rows = np.random.default_rng(seed), []
    for _ in range(draws):
        order = rng.permutation(len(human))
        mine, other = order[: len(order) // 2], order[len(order) // 2 :]
        policy = calibrate(probs[mine], human[mine], delta=DELTA, **options)
        decided = policy.decide(probs[other])
        tier = np.where(decided.tier < 0, probs.shape[1] - 1, decided.tier)
        calls = (np.cumsum(options["costs"])[tier]).mean()
        accepted = decided.accepted
        agreed = (decided.label == human[other])[accepted].mean() if accepted.any() else 1.0
        rows.append((policy.certificate.coverage, accepted.mean(), calls, agreed < options["agreement"]))
    certified, coverage, calls, broken = np.mean(rows, axis=0)
    return {
        "certified_coverage": certified,
        "coverage": coverage,
        "calls_per_item": calls,
        "calls_per_verdict": calls / coverage if coverage else None,
        "broken": broken,
    }


async def tiny(rubric_name: str, agreement: float, hard: float, items: int, draws: int) -> dict[str, Any]:
    """Fixed against adaptive annotators on the tiny judge."""
    from judgekit.judges.vllm.backend import backend
    from tests.engine.conftest import ENVIRONMENT, SPEC

    os.environ.update(ENVIRONMENT)
    rubric = load_rubric(rubric_name)
    with tempfile.TemporaryDirectory() as folder, Store(folder) as store:
        staged = Annotators(n=N, k=3, orders=ORDERS, stages=STAGES)
        judge = ModelJudge("tiny", backend(SPEC), staged, store=store)
        outcomes = await Cascade(rubric, [judge]).run(labeled_items(rubric_name, items, 7, hard))
        rows = [outcome.evidence for outcome in outcomes]
        tiers = [f"tiny@{stage}" for stage in range(1, len(STAGES) + 1)]
        arrays = to_arrays(rows, tiers, rubric.labels)
        probs, human = arrays.probs, arrays.majority
        calls = np.diff(STAGES, prepend=0) * ORDERS
        fixed = halves(probs[:, -1:], human, draws, agreement=agreement, costs=[float(N * ORDERS)])
        adaptive, saved = {}, {}
        for kind, first in (("by annotator", 1), ("by order", 0)):
            costs = [float(calls[: first + 1].sum()), *calls[first + 1 :].tolist()]
            adaptive[kind] = {
                "no limit" if budget is None else f"{budget:g} calls": halves(
                    probs[:, first:],
                    human,
                    draws,
                    agreement=agreement,
                    costs=costs,
                    judges=judge_index(tiers[first:]),
                    budget=budget,
                )
                for budget in BUDGETS
            }
            equal = [row for row in adaptive[kind].values() if row["coverage"] >= fixed["coverage"] - 0.005]
            cheapest = min((row["calls_per_item"] for row in equal), default=float(N * ORDERS))
            saved[kind] = 1 - cheapest / (N * ORDERS) if fixed["coverage"] else None
        policy = calibration.calibrate(
            rows, agreement=agreement, tiers=tiers, labels=rubric.labels, costs=_cumulative(tiers)
        )
        fresh = labeled_items(rubric_name, items // 2, 8, hard)
        before = len(store)
        final = await Cascade(rubric, [judge], policy).run(fresh)
        asked = len(store) - before
        await judge.close()
    verdicts = [(one.verdict, item.human[0].label) for one, item in zip(final, fresh, strict=True)]
    given = [(verdict.label, label) for verdict, label in verdicts if verdict.state == "verdict"]
    right = (probs.argmax(axis=2) == human[:, None]).mean(axis=0)
    return {
        "rubric": rubric_name,
        "agreement": agreement,
        "harder": hard,
        "items": items,
        "accuracy_by_stage": right.tolist(),
        "fixed": fixed,
        "adaptive": adaptive,
        "saved_at_equal_coverage": saved,
        "end_to_end": {
            "items": len(fresh),
            "verdicts": len(given),
            "agreed": sum(said == label for said, label in given) / max(1, len(given)),
            "calls_of_the_engine": asked,
            "calls_per_item": asked / len(fresh),
            "fixed_would_be": N * ORDERS,
        },
    }


def _cumulative(tiers: list[str]) -> dict[str, float]:
    return {tier: stage * ORDERS for stage, tier in zip(STAGES, tiers, strict=True)}


def recorded(path: Path, draws: int) -> dict[str, Any]:
    """Cost of the cascade on the recorded pairs, in passes of the strong judge."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    human = np.array([int(row["human"]) - 1 for row in rows])
    probs = np.array([[[float(row[f"{name}_p{k}"]) for k in (1, 2)] for name in JUDGES] for row in rows])
    costs: list[float] = list(JUDGES.values())
    found: dict[str, dict[str, Any]] = {}
    for agreement, budget in itertools.product((0.8, 0.85, 0.9), (None, 0.4, 0.33)):
        rng, seen = np.random.default_rng(0), []
        for _ in range(draws):
            mine = rng.integers(len(human), size=len(human))
            policy = calibrate(
                probs[mine],
                human[mine],
                agreement=agreement,
                delta=DELTA,
                costs=costs,
                budget=budget,
                unlabeled=probs,
            )
            decided = policy.decide(probs)
            tier = np.where(decided.tier < 0, len(costs) - 1, decided.tier)
            accepted = decided.accepted
            agreed = (decided.label == human)[accepted].mean() if accepted.any() else 1.0
            seen.append(
                (accepted.mean(), np.cumsum(costs)[tier].mean(), (tier == 2).mean(), agreed < agreement)
            )
        coverage, cost, strong, broken = np.mean(seen, axis=0)
        found.setdefault(f"agreement {agreement}", {})[
            "no limit" if budget is None else f"at most {budget}"
        ] = {
            "coverage": coverage,
            "cost": cost,
            "asked_the_strong_judge": strong,
            "broken": broken,
        }
    return found


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--items", type=int, default=1500)
    parser.add_argument("--draws", type=int, default=50)
    parser.add_argument("--recorded", action="store_true", help="only the recorded pairs")
    parser.add_argument("--shared", type=Path, default=DEFAULT)
    arguments = parser.parse_args()
    result: dict[str, Any] = {"benchmark": "adaptive", "delta": DELTA, "draws": arguments.draws}
    pairs = arguments.shared / "data/judges/trust_or_escalate.csv"
    if pairs.is_file():
        result["recorded"] = recorded(pairs, arguments.draws)
    if not arguments.recorded:
        result["tiny"] = [
            asyncio.run(tiny(*population, arguments.items, arguments.draws)) for population in POPULATIONS
        ]
    show(result)
