"""Rates by labels that were asked along a path, with a fair few of the rest: they hold the true rate all the same.

People are asked as on the page until the path ends, a report decides by what is certified, and the interval is of the
source that the items were drawn from.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import pytest

from judgekit.calibration.pool import Pool, PoolItem
from judgekit.records import HumanLabel, Verdict
from judgekit.report.rates.judged import JudgedRate, judged_rates
from judgekit.report.run import JudgedItem
from judgekit.trust import progress

pytestmark = pytest.mark.slow

ITEMS, POOL, DRAWS = 600, 200, 120
LABELS = ("other", "leaked")


@dataclass(frozen=True)
class World:
    """One run, labeled along a path: the rows before any label, and in which pool's name an item was asked."""

    true: float
    verdicts: np.ndarray
    human: np.ndarray
    pool: Pool
    asked: np.ndarray
    rest: np.ndarray


@cache
def worlds() -> list[World]:
    """Judges that are nearly always right where they are sure, and miss most of what leaks where they are not."""
    rng = np.random.default_rng(5)
    found = []
    for _ in range(DRAWS):
        sure = rng.random(ITEMS)
        leaked = rng.random(ITEMS) < 0.1 + 0.5 * (1 - sure)
        said = np.where(rng.random(ITEMS) < 0.5 + 0.5 * sure**0.6, leaked, ~leaked)
        top = 0.5 + 0.49 * sure
        probs = np.where(said[:, None] == [False, True], top[:, None], 1 - top[:, None])[:, None, :]
        drawn = rng.permutation(ITEMS)[:POOL]
        inside = np.isin(np.arange(ITEMS), drawn)
        human = np.full(ITEMS, -1)
        while not (now := progress(probs, human, pool=inside, agreement=0.9, delta=0.1)).finished:
            human[now.next] = leaked[now.next]
        pool = Pool(kind="path", agreement=0.9, items=tuple(PoolItem(id=str(i)) for i in drawn))
        left = drawn[human[drawn] < 0]
        verdicts = now.policy.decide(probs).label
        found.append(World(0.35, verdicts, leaked.astype(int), pool, drawn[human[drawn] >= 0], left))
    return found


def rated(world: World, rest: int, naive: bool = False) -> JudgedRate:
    """The share of leaked outputs, with so many labels of the rest."""
    later = world.rest[:rest]
    beside = Pool(kind="rest", items=tuple(PoolItem(id=str(i)) for i in later)) if len(later) else None
    name = {int(i): world.pool.fingerprint for i in world.asked}
    name |= {int(i): beside.fingerprint for i in later} if beside else {}
    rows = []
    for i, said in enumerate(world.verdicts):
        label = HumanLabel(
            annotator="ada", label=LABELS[world.human[i]], pool="" if naive else name.get(i, "")
        )
        given = (label,) if i in name else ()
        state = (
            {"state": "verdict", "label": LABELS[said], "tier": "gpt"}
            if said >= 0
            else {"state": "abstained"}
        )
        rows.append(JudgedItem(Verdict(id=str(i), rubric="forgetting", human=given, **state)))
    pools = [world.pool, beside] if beside else [world.pool]
    return judged_rates(rows, LABELS, {}, only="leaked", pools=pools)["leaked"]


def held(rest: int, naive: bool = False) -> float:
    """How often the interval holds the true rate."""
    found = [(world.true, rated(world, rest, naive)) for world in worlds()]
    return float(np.mean([rate.low <= true <= rate.high for true, rate in found]))


ALLOWANCE = 3 * (0.95 * 0.05 / DRAWS) ** 0.5


@pytest.mark.parametrize("rest", [15, 40])
def test_labels_along_the_path_and_some_of_the_rest_hold_the_rate(rest: int) -> None:
    assert held(rest) >= 0.95 - ALLOWANCE


def test_taken_for_a_fair_sample_they_do_not() -> None:
    assert held(15, naive=True) < 0.95 - ALLOWANCE


def test_labels_along_the_path_alone_give_bounds_that_hold() -> None:
    assert held(0) >= 0.95 - ALLOWANCE
    assert all(rated(world, 0).value is None for world in worlds()[:5])
