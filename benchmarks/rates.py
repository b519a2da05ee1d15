"""Real coverage of the intervals for rates, by simulation; prints one JSON object.

Items are made with known human labels and a judge that errs and abstains; some are labeled; the 95 % interval
holds the true figure or not. Beside `rate` stand the labels alone (Clopper-Pearson) and the large-sample
prediction-powered interval (PPI++), from the same labels, with their widths.

    python benchmarks/rates.py --draws 1000
    python benchmarks/rates.py --only alone             # how much a judge narrows the interval of the labels alone
    python benchmarks/rates.py --draws 500 --only difference
    python benchmarks/rates.py --draws 300 --only promise     # every rate under every kind of promise
    python benchmarks/rates.py --only enumerated        # exact, no simulation: every outcome of a few small designs
"""

from __future__ import annotations

import argparse
import itertools
import json
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from scipy.stats import binom

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from judgekit.trust.bounds import clopper_pearson
from judgekit.trust.prevalence.certified import Certified
from judgekit.trust.prevalence.core import prediction_powered
from judgekit.trust.prevalence.rates import Judged, Rate, rate, rate_difference, rate_ratio
from judgekit.trust.risk import Agreement
from judgekit.trust.sample_size import choose_items
from tests.promises.promised import WANTED, every_case
from tests.promises.promised import draw as world_of

# chance of verdict 1 where people say 1, of verdict 1 where they say 0, share of items without a verdict
JUDGES = {
    "good": (0.95, 0.02, 0.05),
    "fair": (0.8, 0.15, 0.1),
    "useless": (0.5, 0.5, 0.0),
    "unsure": (0.8, 0.05, 0.4),
}
ITEMS = 1000

Draw = tuple[float, dict[str, tuple[float, float]]]  # true figure; interval of each method
Case = Callable[[np.random.Generator], Draw]


def ask(rng: np.random.Generator, truth: np.ndarray, judge: str) -> np.ndarray:
    hit, false, silent = JUDGES[judge]
    verdict = (rng.random(truth.shape) < np.where(truth == 1, hit, false)).astype(int)
    verdict[rng.random(truth.shape) < silent] = -1
    return verdict


def seen(truth: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    human = np.full(len(truth), -1)
    human[chosen] = truth[chosen]
    return human


def ends(result: Rate) -> tuple[float, float]:
    return result.low, result.high


def random_sample(n: int, prevalence: float, judge: str, population: str) -> Case:
    fixed = np.arange(ITEMS) < round(ITEMS * prevalence)

    def draw(rng: np.random.Generator) -> Draw:
        truth = (fixed if population == "items" else rng.random(ITEMS) < prevalence).astype(int)
        verdict = ask(rng, truth, judge)
        human = seen(truth, rng.choice(ITEMS, n, replace=False))
        known = human >= 0
        guess = np.where(verdict >= 0, verdict, 0.5)
        return float(prevalence), {
            "rate": ends(rate(Judged(verdict, human, inclusion=n / ITEMS), 1, population=population)),
            "labels alone": clopper_pearson(int(truth[known].sum()), n),
            "PPI++": prediction_powered(truth[known].astype(float), guess[known], guess[~known])[1:],
        }

    return draw


def against_labels_alone(draws: int) -> list[dict]:
    """Width and coverage of `rate` beside the labels alone, for every judge; the labels are drawn from all items."""
    rows = []
    for population, n, p, judge in itertools.product(
        ("items", "source"), (100, 300), (0.0, 0.01, 0.05, 0.2, 0.5), JUDGES
    ):
        got = measure(random_sample(n, p, judge, population), draws)
        width = got["mean width"]
        rows.append(
            {
                "labels": n,
                "rate": p,
                "judge": judge,
                "of": population,
                "width": width["rate"],
                "width of labels alone": width["labels alone"],
                "ratio": round(width["rate"] / width["labels alone"], 3),
                "coverage": got["coverage"]["rate"],
                "coverage of labels alone": got["coverage"]["labels alone"],
            }
        )
    return rows


def class_sample(n: int, prevalence: float, judge: str) -> Case:
    """Half of the labels on accepted items, half on open ones: each class at its own rate."""
    truth = (np.arange(ITEMS) < round(ITEMS * prevalence)).astype(int)

    def draw(rng: np.random.Generator) -> Draw:
        verdict = ask(rng, truth, judge)
        classes = [np.flatnonzero(verdict >= 0), np.flatnonzero(verdict < 0)]
        chosen = np.concatenate([rng.choice(c, min(n // 2, len(c)), replace=False) for c in classes])
        return truth.mean(), {"rate": ends(rate(Judged(verdict, seen(truth, chosen)), 1))}

    return draw


def unlabeled_open(n: int, prevalence: float, judge: str) -> Case:
    truth = (np.arange(ITEMS) < round(ITEMS * prevalence)).astype(int)

    def draw(rng: np.random.Generator) -> Draw:
        verdict = ask(rng, truth, judge)
        chosen = rng.choice(np.flatnonzero(verdict >= 0), n, replace=False)
        return truth.mean(), {"rate": ends(rate(Judged(verdict, seen(truth, chosen)), 1))}

    return draw


def weighted_sample(n: int, prevalence: float, judge: str) -> Case:
    """Uncertain items are labeled more often."""
    truth = (np.arange(ITEMS) < round(ITEMS * prevalence)).astype(int)

    def draw(rng: np.random.Generator) -> Draw:
        verdict = ask(rng, truth, judge)
        unsure = np.where(verdict < 0, 1.0, 0.2) * rng.random(ITEMS)
        choice = choose_items(ITEMS, n, uncertainty=unsure, seed=int(rng.integers(2**31)))
        human = seen(truth, choice.index)
        return truth.mean(), {"rate": ends(rate(Judged(verdict, human, inclusion=choice.inclusion), 1))}

    return draw


def clustered(n_questions: int, prevalence: float, judge: str) -> Case:
    """Five answers a question that tend to share their label; whole questions are labeled."""

    def draw(rng: np.random.Generator) -> Draw:
        chance = rng.beta(2 * prevalence, 2 * (1 - prevalence), 400)
        truth = (rng.random((400, 5)) < chance[:, None]).astype(int).ravel()
        question = np.repeat(np.arange(400), 5)
        chosen = np.isin(question, rng.choice(400, n_questions, replace=False))
        human = np.where(chosen, truth, -1)
        judged = Judged(ask(rng, truth, judge), human, questions=question, inclusion=n_questions / 400)
        return prevalence, {
            "rate": ends(rate(judged, 1, population="source")),
            "labels alone": clopper_pearson(int(truth[chosen].sum()), int(chosen.sum())),
        }

    return draw


def two_models(
    n: int, first: float, second: float, judge: str, paired: bool, ratio: bool, population: str
) -> Case:
    """Two models on the same questions; what one leaks the other tends to leak."""
    number = np.arange(ITEMS)
    compare = rate_ratio if ratio else rate_difference

    def draw(rng: np.random.Generator) -> Draw:
        level = number / ITEMS if population == "items" else rng.random(ITEMS)
        a, b = (level < first).astype(int), (level < second).astype(int)
        for truth, share in ((a, first), (b, second)):  # a fifth of the questions behaves independently
            own = number % 5 == 0
            truth[own] = rng.random(own.sum()) < share
        chosen = rng.choice(ITEMS, n, replace=False)
        other = chosen if paired else rng.choice(ITEMS, n, replace=False)
        models = [
            Judged(ask(rng, t, judge), seen(t, c), questions=number, inclusion=n / ITEMS)
            for t, c in ((a, chosen), (b, other))
        ]
        alike = (first / second if ratio else first - second) if population == "source" else None
        at_hand = a.mean() / b.mean() if ratio else a.mean() - b.mean()
        return at_hand if alike is None else alike, {
            "rate": ends(compare(*models, 1, population=population)),
        }

    return draw


def certificate(prevalence: float, error: float) -> Case:
    """No human labels: the certificate speaks, at its worst, for every verdict."""

    def draw(rng: np.random.Generator) -> Draw:
        truth = (np.arange(ITEMS) < round(ITEMS * prevalence)).astype(int)
        verdict = np.where(rng.random(ITEMS) < error, 1 - truth, truth)
        verdict[rng.random(ITEMS) < 0.1] = -1
        human = np.full(ITEMS, -1)
        return truth.mean(), {
            "rate": ends(rate(Judged(verdict, human), 1, certificate=Certified(Agreement(1 - error, 0.001))))
        }

    return draw


def promised(kind: str, name: str, up: bool, opened: bool, labels: int) -> Case:
    """Verdicts as wrong as a promise of this kind allows, all errors pushed one way; labels on some of a class."""
    wanted = WANTED[name]

    def draw(rng: np.random.Generator) -> Draw:
        world = world_of(rng, kind, wanted, up, opened=opened)
        if (
            labels
        ):  # a random part of the verdicts that do not say the wanted label: the rest has the certificate
            others = rng.permutation(np.flatnonzero(~np.isin(world.judged.verdicts, [-1, *wanted])))[:labels]
            world = replace(world, judged=replace(world.judged, human=seen(world.people, others)))
        return float(np.isin(world.people, wanted).mean()), {"rate": ends(world.told(wanted))}

    return draw


def predicted(n: int, prevalence: float, population: str) -> Case:
    """Soft predictions for every item, half of the items without a verdict."""
    fixed = np.arange(ITEMS) < round(ITEMS * prevalence)

    def draw(rng: np.random.Generator) -> Draw:
        truth = (fixed if population == "items" else rng.random(ITEMS) < prevalence).astype(int)
        soft = 1 / (1 + np.exp(-(2.5 * (2 * truth - 1) + 1.5 * rng.standard_normal(ITEMS))))
        verdict = np.where(np.abs(soft - 0.5) > 0.4, (soft > 0.5).astype(int), -1)
        human = seen(truth, rng.choice(ITEMS, n, replace=False))
        known = human >= 0
        with_soft = Judged(verdict, human, inclusion=n / ITEMS, predicted=soft)
        without = Judged(verdict, human, inclusion=n / ITEMS)
        return float(prevalence), {
            "rate": ends(rate(with_soft, 1, population=population)),
            "rate without predictions": ends(rate(without, 1, population=population)),
            "labels alone": clopper_pearson(int(truth[known].sum()), n),
            "PPI++": prediction_powered(truth[known].astype(float), soft[known], soft[~known])[1:],
        }

    return draw


def cases() -> Iterator[tuple[str, dict, Case]]:
    for population, n, p, judge in itertools.product(
        ("items", "source"), (30, 100, 300), (0.01, 0.05, 0.2, 0.5), JUDGES
    ):
        if population == "items" or judge in ("good", "useless"):
            about = {"labels": n, "rate": p, "judge": judge, "of": population}
            yield "random sample", about, random_sample(n, p, judge, population)
    for n, p, judge in itertools.product((30, 100), (0.01, 0.2), ("fair", "unsure")):
        about = {"labels": n, "rate": p, "judge": judge}
        yield "sample by class", about, class_sample(n, p, judge)
        yield "open items unlabeled", about, unlabeled_open(n, p, judge)
        yield "weighted sample", about, weighted_sample(n, p, judge)
        yield "clustered", {**about, "labels": f"{n} questions"}, clustered(n, p, judge)
    pairs = ((0.01, 0.01), (0.1, 0.01), (0.3, 0.2), (0.5, 0.5))
    for n, (a, b), judge, paired in itertools.product(
        (30, 100, 300), pairs, ("good", "useless"), (True, False)
    ):
        about = {"labels": n, "rates": [a, b], "judge": judge, "same questions labeled": paired}
        yield "difference", about, two_models(n, a, b, judge, paired, False, "items")
        if n == 100 and judge == "good":
            yield "difference", {**about, "of": "source"}, two_models(n, a, b, judge, paired, False, "source")
            yield "ratio", about, two_models(n, a, b, judge, paired, True, "items")
    for p, error in itertools.product((0.01, 0.3), (0.05, 0.15)):
        yield "certificate only", {"rate": p, "error": error}, certificate(p, error)
    for kind, name, up, opened in every_case():
        for labels in (0, 60) if "outputs" not in kind else (0,):
            about = {"kind": kind, "rate": name, "errors": "towards it" if up else "away from it"}
            about |= {"open items": opened, "labels on other verdicts": labels}
            yield "promise", about, promised(kind, name, up, opened, labels)
    for population, n, p in itertools.product(("items", "source"), (50, 300), (0.05, 0.3)):
        yield "with predictions", {"labels": n, "rate": p, "of": population}, predicted(n, p, population)


def measure(case: Case, draws: int) -> dict[str, dict[str, float]]:
    """Coverage and mean width of each method; widths of ratios without an upper end are left out and counted."""
    rng = np.random.default_rng(0)
    inside: dict[str, list[bool]] = {}
    widths: dict[str, list[float]] = {}
    for _ in range(draws):
        true, intervals = case(rng)
        for name, (low, high) in intervals.items():
            inside.setdefault(name, []).append(bool(low - 1e-9 <= true <= high + 1e-9))
            widths.setdefault(name, []).append(float(high - low))
    finite = {name: np.array(w)[np.isfinite(w)] for name, w in widths.items()}
    result = {
        "coverage": {name: round(float(np.mean(held)), 4) for name, held in inside.items()},
        "mean width": {name: round(float(w.mean()), 4) for name, w in finite.items()},
    }
    if any(len(w) < draws for w in finite.values()):
        result["without an upper end"] = {name: 1 - len(w) / draws for name, w in finite.items()}
    return result


def enumerated(labels: tuple[int, ...], weights: tuple[float, ...], points: int) -> dict:
    """Exact least coverage over a grid of true stratum rates: every possible outcome, no simulation."""
    sizes = [round(20_000 * w) for w in weights]
    verdict = np.repeat([1, 0, -1][: len(labels)], sizes)
    starts = np.cumsum([0, *sizes[:-1]])
    outcomes = list(itertools.product(*[range(n + 1) for n in labels]))
    limits = np.empty((len(outcomes), 2))
    for row, successes in enumerate(outcomes):
        human = np.full(len(verdict), -1)
        for start, n, k in zip(starts, labels, successes, strict=True):
            human[start : start + n] = np.arange(n) < k
        limits[row] = ends(rate(Judged(verdict, human), 1))
    grid = np.linspace(0.005, 0.995, points)
    least, least_above = 1.0, 0.0
    for rates in itertools.product(grid, repeat=len(labels)):
        chance = 1.0
        for n, p, k in zip(labels, rates, np.transpose(outcomes), strict=True):
            chance = chance * binom.pmf(k, n, p)
        true = float(np.dot(rates, weights))
        missed = (limits[:, 0] > true + 1e-4) | (limits[:, 1] < true - 1e-4)
        least = min(least, 1.0 - float(chance[missed].sum()))
        above = limits[:, 1] < true - 1e-4
        least_above = max(least_above, float(chance[above].sum()))
    return {
        "labels in the strata": labels,
        "shares of the strata": weights,
        "least coverage": round(least, 4),
        "most often below the true rate": round(least_above, 4),
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--draws", type=int, default=200)
    parser.add_argument("--only", help="just the cases of this name")
    args = parser.parse_args()
    start = time.perf_counter()
    if args.only == "alone":
        rows = against_labels_alone(args.draws)
        print(
            json.dumps(
                {
                    "level": 0.95,
                    "draws": args.draws,
                    "monte_carlo_standard_error": round((0.95 * 0.05 / args.draws) ** 0.5, 4),
                    "widest_against_labels_alone": max(rows, key=lambda row: row["ratio"]),
                    "least_coverage": min(rows, key=lambda row: row["coverage"]),
                    "rows": rows,
                    "seconds": round(time.perf_counter() - start, 1),
                },
                indent=1,
            )
        )
        return
    if args.only == "enumerated":
        strata = [
            ((8, 8), (0.5, 0.5), 30),
            ((3, 20), (0.1, 0.9), 30),
            ((15, 5), (0.2, 0.8), 30),
            ((12, 12), (0.9, 0.1), 30),
            ((4, 4, 4), (0.34, 0.33, 0.33), 12),
            ((2, 5, 7), (0.2, 0.3, 0.5), 12),
        ]
        print(json.dumps({"level": 0.95, "rows": [enumerated(*s) for s in strata]}, indent=1))
        return
    rows = [
        {"case": name, **about, **measure(case, args.draws)}
        for name, about, case in cases()
        if args.only in (None, name)
    ]
    least = min(rows, key=lambda row: row["coverage"]["rate"])
    by_kind: dict[str, float] = {}
    for row in rows:
        if "kind" in row:
            by_kind[row["kind"]] = min(by_kind.get(row["kind"], 1.0), row["coverage"]["rate"])
    error = (0.95 * 0.05 / args.draws) ** 0.5
    print(
        json.dumps(
            {
                "level": 0.95,
                "draws": args.draws,
                "monte_carlo_standard_error": round(error, 4),
                "least_coverage": least,
                "least_coverage_by_kind_of_promise": by_kind,
                "below_level_by_more_than_3_errors": sum(
                    row["coverage"]["rate"] < 0.95 - 3 * error for row in rows
                ),
                "rows": rows,
                "seconds": round(time.perf_counter() - start, 1),
            },
            indent=1,
        )
    )


if __name__ == "__main__":
    main()
