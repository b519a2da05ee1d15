"""Search for populations on which certificates from own ranks fail more often than they may; prints one JSON object.

    python -m benchmarks.worst_populations

A population is a row of ties, the strictest first, each with a mass and an error rate, and of items that never enter.
Every outcome is enumerated (how many of ``n`` labeled items are in each tie, how many of them wrong) with the package's
own steps: the probability that a level is certified whose risk is the target *or more* is exact. Random populations
with risks near the target are made worse by hill climbing. *Rule*: at target risks .2 and .3. *Exact last test*: at the
target where the test of all items passes with probability delta exactly. *Without f_j*: the rule that tests only the
first ``k_j`` items, not the ``f_j`` that the level takes; it shows what this search can find. *Agreement below .5*: the
rule at the target risk .6. On draws from the worst populations the package's whole
procedure must agree.
"""

from __future__ import annotations

import itertools
import json
from typing import Any

import numpy as np
from scipy.special import gammaln

from judgekit.trust.arrays import Floats, Ints
from judgekit.trust.bounds import binomial_p, clopper_pearson_upper
from judgekit.trust.selective.fixed_sequence import Step, descend, entry_order, own_steps, starts

TARGETS, LOW = (0.2, 0.3), (0.6,)  # target risks; an agreement below .5 is a risk above it
SIZES = ((20, 4, 0), (24, 3, 1), (30, 3, 1), (40, 3, 0), (60, 2, 1))  # items, ties, 1: some never enter
STARTS, DRAWS = 8, 40  # hill climbs, and draws checked, for each rule, target and size
Population = tuple[Floats, Floats]
"""Mass and error rate of each tie, the strictest first; what is missing to mass 1 never enters."""


def risks(population: Population) -> Floats:
    """Of the level that takes the first tie, the first two, ..."""
    mass, rate = population
    return np.cumsum(mass * rate) / np.cumsum(mass)


class Outcomes:
    """All outcomes of ``n`` items: right and wrong ones in each tie, and those (``beyond``: 1) that never enter.

    ``whole`` false: the rule without the test of the items that a level takes.
    """

    def __init__(self, n: int, ties: int, beyond: int, risk: float, delta: float, whole: bool = True) -> None:
        self.ties, self.beyond, self.risk, self.whole = ties, beyond, risk, whole
        self.starts = starts(n, risk, delta)
        number, parts, entry = np.arange(n + 1), ties + beyond, np.arange(ties, 0.0, -1)
        p_value = binomial_p(number[:, None], number, risk)
        found: list[list[Ints]] = [[np.zeros((0, parts + ties), dtype=np.intp)] for _ in range(ties)]
        for bars in itertools.combinations(range(n + parts - 1), parts - 1):
            counts = np.diff(bars, prepend=-1, append=n + parts - 1) - 1
            size = counts[:ties, None]
            wrong = np.indices([c + 1 for c in counts[:ties]]).reshape(ties, -1)
            right_until = np.cumsum(size, axis=0) - wrong  # within a tie the least charged come first
            taken = np.zeros(wrong.shape[1], dtype=np.intp)
            for start in self.starts:
                alive = np.ones(wrong.shape[1], dtype=bool)
                for step in own_steps(np.repeat(entry, counts[:ties]), start.points):
                    for first in self.sizes(step):
                        errors = np.clip(first - right_until, 0, wrong).sum(axis=0)
                        alive &= p_value[errors, first] <= start.delta
                    if step.certifies:
                        taken[alive] = np.maximum(taken[alive], (entry >= step.threshold).sum())
            cells = np.concatenate([size - wrong, wrong, np.repeat(counts[ties:, None], len(alive), axis=1)])
            for t in set(taken.tolist()) - {0}:
                found[t - 1].append(cells[:, taken == t].T)
        self.cells = [np.concatenate(part).astype(np.float64) for part in found]  # first: one tie certified
        self.log_ways = [gammaln(n + 1) - gammaln(part + 1).sum(axis=1) for part in self.cells]

    def sizes(self, step: Step) -> set[int]:
        return {step.first, step.whole} if step.certifies and self.whole else {step.first}

    def certified(self, outcome: Ints) -> int:
        """How many ties the package's procedure certifies on one outcome."""
        entry = np.arange(self.ties, 0.0, -1)
        entered = np.repeat([*entry, *entry, *[-np.inf] * self.beyond], outcome)
        charge = np.repeat(np.arange(len(outcome)) // self.ties % 2, outcome).astype(np.float64)
        order = entry_order(entered, charge)
        errors = np.append(0.0, np.cumsum(charge[order]))
        p_value = {k: float(binomial_p(errors[k], k, self.risk)) for k in range(len(errors))}
        ends = [
            descend(
                own_steps(entered[order], start.points),
                lambda step: max(p_value[k] for k in self.sizes(step)),
                start.delta,
            )
            for start in self.starts
        ]
        return max((int((entry >= won.threshold).sum()) for won in ends if won), default=0)

    def chance(self, population: Population) -> Floats:
        """Of each kind of item, in the order of an outcome."""
        mass, rate = population
        return np.concatenate([mass * (1 - rate), mass * rate, [max(0.0, 1 - mass.sum())] * self.beyond])

    def broken(self, population: Population) -> float:
        """Probability that a level with risk at the target or above is certified."""
        log = np.log(np.maximum(self.chance(population), 1e-300))
        bad = np.flatnonzero(risks(population) >= self.risk - 1e-12)
        return float(sum(np.exp(self.log_ways[t] + self.cells[t] @ log).sum() for t in bad))

    def agrees(self, outcome: Ints) -> bool:
        """Whether the package's procedure certifies what is listed here."""
        listed = [t for t, part in enumerate(self.cells, 1) if (part == outcome).all(axis=1).any()]
        return sum(listed) == self.certified(outcome)

    def near_target(self, place: Floats) -> Population:
        """From logarithms of masses, and each level's distance from the target (none for less than one unit)."""
        mass, away = np.exp(place[: -self.ties]) / np.exp(place[: -self.ties]).sum(), place[-self.ties :]
        risk = self.risk + 0.25 * np.sign(away) * np.maximum(np.abs(away) - 1, 0)
        rate = np.zeros(self.ties)
        for t, upto in enumerate(np.cumsum(mass)[: self.ties]):
            rate[t] = np.clip((risk[t] * upto - mass[:t] @ rate[:t]) / mass[t], 0, 1)
        return mass[: self.ties], rate

    def worst(self, rng: np.random.Generator) -> tuple[float, Population]:
        """The most often broken population that hill climbing finds from random ones."""
        spread, found = np.repeat([1.2, 1.5], [self.ties + self.beyond, self.ties]), []
        for _ in range(STARTS):
            place = rng.normal(size=len(spread)) * spread
            most, failures = self.broken(self.near_target(place)), 0
            while failures < 40:
                step = 0.6 * 0.5 ** (failures // 10) * (rng.random(len(spread)) < 0.5)
                moved = place + step * rng.normal(size=len(spread))
                share = self.broken(self.near_target(moved))
                place, most, failures = (moved, share, 0) if share > most else (place, most, failures + 1)
            found.append((most, self.near_target(place)))
        return max(found, key=lambda pair: pair[0])


def attack(delta: float, targets: tuple[float, ...], whole: bool, rng: np.random.Generator) -> dict[str, Any]:
    """The largest probability over all sizes, and where it was found; without targets at the exact last test's."""
    tried, agreed = [], []
    for n, ties, beyond in SIZES:
        for target in targets or (float(clopper_pearson_upper(n // 6, n, delta)) + 1e-9,):
            outcomes = Outcomes(n, ties, beyond, target, delta, whole)
            broken, at = outcomes.worst(rng)
            chance = outcomes.chance(at)
            agreed += [outcomes.agrees(o) for o in rng.multinomial(n, chance / chance.sum(), size=DRAWS)]
            shown = {"broken": broken, "more than delta": broken > delta, "n": n, "target": target}
            arrays = zip(("mass", "rate", "risk"), (*at, risks(at)), strict=True)
            tried.append(shown | {name: np.round(values, 4).tolist() for name, values in arrays})
    return max(tried, key=lambda found: found["broken"]) | {"draws": len(agreed), "agree": sum(agreed)}


def main() -> None:
    rng = np.random.default_rng(0)
    kinds = {"rule": (TARGETS, True), "exact last test": ((), True), "without f_j": (TARGETS, False)}
    result = {str(d): {name: attack(d, *kind, rng) for name, kind in kinds.items()} for d in (0.1, 0.2)}
    for d in (0.1, 0.2):
        result[str(d)]["agreement below .5"] = attack(d, LOW, True, rng)
    print(json.dumps({"delta": result}, indent=1))


if __name__ == "__main__":
    main()
