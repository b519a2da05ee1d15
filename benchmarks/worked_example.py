"""The worked example of ``docs/guarantee.md``: 20 labeled items on their path, by the package's own steps.

    python -m benchmarks.worked_example

prints its two tables as markdown; a test compares them with the page.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from judgekit.trust.arrays import Floats, Ints
from judgekit.trust.bounds import binomial_p
from judgekit.trust.selective.fixed_sequence import Start, Step, entry_order, own_steps, starts
from judgekit.trust.selective.layout import SECOND
from judgekit.trust.selective.opinion_pool import OpinionPool
from judgekit.trust.selective.stopping import USUAL_COST_WEIGHT, StoppingRule

ALPHA, DELTA, COSTS = 0.3, 0.1, (0.1, 1.0)
ITEMS = (
    "A .99 .99", "A .95 .99", "B .10 .01", "B .10 .02", "B .30 .01", "A .99 .60", "A .95 .95", "B .30 .02",
    "B .05 .10", "A .90 .90", "A .70 .95", "B .80 .01", "B .70 .02", "A .80 .90", "A .90 .70", "A .90 .60",
    "B .90 .60", "A .10 .40", "B .80 .80", "A .70 nan",
)  # fmt: skip
"""What people say, and the probability of A according to the first and to the last judge."""


@dataclass(frozen=True)
class Example:
    """The labeled items in the order in which they are tested; fields (items,) or (items, tiers).

    ``probs`` of A. ``entry``: the level from which on each tier would settle the item, ``label`` (0: A) how.
    ``entered`` and ``charge``: see ``StoppingRule.outcomes``. Those without a verdict at any level stand last.
    """

    probs: Floats
    human: Ints
    label: Ints
    entry: Floats
    entered: Floats
    charge: Floats

    @classmethod
    def of(cls) -> Example:
        rows = [item.split() for item in ITEMS]
        human, first = (
            np.array([int(row[0] == "B") for row in rows]),
            np.array([row[1:] for row in rows], float),
        )
        pool = OpinionPool.equal(2)
        stopping = StoppingRule.priced(pool, np.array(COSTS), USUAL_COST_WEIGHT, 1 - ALPHA, 2)
        label, score = pool.opinions(np.stack([first, 1 - first], axis=2))
        entry = stopping.entries(score, ~np.isnan(first))
        entered, charge = stopping.outcomes(entry, (label != human[:, None]).astype(float))
        order = entry_order(entered, charge)
        order = np.append(order, np.setdiff1d(np.arange(len(human)), order))
        return cls(*(part[order] for part in (first, human, label, entry, entered, charge)))

    delta = (1 - SECOND) * DELTA
    """What the path of both judges may spend."""

    @property
    def enter(self) -> int:
        """How many items enter."""
        return int((self.entered > -np.inf).sum())

    @property
    def start(self) -> Start:
        """The main way down; with so few items there is no early one."""
        (main,) = starts(len(self.human), ALPHA, self.delta)
        return main

    def steps(self) -> list[tuple[Step, bool]]:
        """The steps up to the first that fails, and whether each passes."""
        walked = []
        for step in own_steps(self.entered[: self.enter], self.start.points):
            sizes = {step.first, step.whole} if step.certifies else {step.first}
            walked.append((step, all(self.p_value(k) <= self.delta for k in sizes)))
            if not walked[-1][1]:
                break
        return walked

    def p_value(self, count: int) -> float:
        """Of "the mean charge is alpha or more", from the first so many items."""
        return float(binomial_p(self.charge[:count].sum(), count, ALPHA))

    def verdicts(self, item: int) -> list[tuple[float, int, int]]:
        """Level, tier and label of each verdict that an item gets along the path, the strictest level first."""
        got: list[tuple[float, int, int]] = []
        for tier, level in enumerate(self.entry[item]):
            if level > (got[0][0] if got else -np.inf):
                got.insert(0, (float(level), tier, int(self.label[item, tier])))
        return got

    def item_table(self) -> str:
        """What judges and people say of each item, and where it enters, as markdown."""
        rows = [
            ["item", "people", "first judge", "last judge", "verdict, from level on", "`U`", "charge `L`"]
        ]
        for i, probs in enumerate(self.probs):
            got = [f"{'AB'[k]} {('first', 'last')[t]} {u:.2f}" for u, t, k in self.verdicts(i)]
            ends = [f"{self.entered[i]:.2f}", f"{self.charge[i]:.0f}"] if got else ["–", "–"]
            said = ["–" if np.isnan(p) else f"{p:.2f}" for p in probs]
            rows.append([str(i + 1), "AB"[self.human[i]], *said, ", ".join(got) or "never", *ends])
        return _markdown(rows)

    def step_table(self) -> str:
        """The tests of each step, as markdown."""
        head = "step|first `k` items|charged|p|level|takes `f` items|charged|p|both p ≤ .095?"
        rows = [head.split("|")]
        for j, (step, passes) in enumerate(self.steps(), 1):
            level = "below all" if step.whole == self.enter else f"above {self.entered[step.whole]:.2f}"
            first, whole = (
                [str(k), f"{self.charge[:k].sum():.0f}", f"{self.p_value(k):.3f}"]
                for k in (step.first, step.whole)
            )
            rows.append([str(j), *first, level, *whole, "yes" if passes else "no: stop"])
        return _markdown(rows)


def _markdown(rows: list[list[str]]) -> str:
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join([lines[0], "|---" * len(rows[0]) + "|", *lines[1:]])


if __name__ == "__main__":
    example = Example.of()
    print(example.item_table(), example.step_table(), sep="\n\n")
