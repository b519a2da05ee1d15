"""The promise of a gate: if a condition does not hold, it passes in at most 5 of 100 cases.

The true rate is at its limit, which is where a condition that does not hold passes most often. Four worlds: the judge
alone and right, people's labels beside a judge that is often wrong, one condition at its limit among others that hold by
far, and a difference to another run. ``benchmarks/gate.py`` draws more of each.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pytest

from judgekit.records import HumanLabel, Verdict
from judgekit.report import Run, summarize
from judgekit.report.gate import Gate, decide
from judgekit.report.run import JudgedItem

pytestmark = pytest.mark.slow

SIDES = {"forget": ("forgetting", ("withheld", "leaked")), "keep": ("utility", ("refused", "correct"))}
"""Split -> its rubric, and the labels that 0 and 1 stand for."""

Column = Sequence[bool] | np.ndarray
World = Callable[[np.random.Generator, float], Gate]


def run(name: str, verdicts: Mapping[str, Column], human: Mapping[str, Column] | None = None) -> Run:
    """Verdicts by split, and people's labels of the first items of a split."""
    rows = []
    for split, column in verdicts.items():
        rubric, labels = SIDES[split]
        said = [
            (HumanLabel(annotator="a", label=labels[int(one)]),)
            for one in (human.get(split, ()) if human else ())
        ]
        for k, one in enumerate(column):
            where = {"id": f"{split} {k}", "question_id": f"{split} {k}", "split": split, "rubric": rubric}
            verdict = Verdict(
                state="verdict",
                label=labels[int(one)],
                tier="judge",
                method=name,
                human=said[k] if k < len(said) else (),
                **where,
            )
            rows.append(JudgedItem(verdict))
    return Run(name, rows)


def judge_alone(rng: np.random.Generator, rate: float) -> Gate:
    return decide(summarize([run("new", {"forget": rng.random(200) < rate})]), {"leaked_below": 0.05})


def labels(rng: np.random.Generator, rate: float) -> Gate:
    """The judge overlooks half of the leaks; people labeled 120 of 300 outputs."""
    truth = rng.random(300) < 2 * rate
    verdicts = truth & (rng.random(300) < 0.5)
    found = run("new", {"forget": verdicts}, {"forget": truth[:120]})
    return decide(summarize([found]), {"leaked_below": 0.1})


def one_of_four(rng: np.random.Generator, rate: float) -> Gate:
    columns = {"forget": rng.random(200) < rate, "keep": rng.random(150) < 0.99}
    limits = {"leaked_below": 0.05, "degenerate_below": 0.1, "forgotten_above": 0.8, "kept_above": 0.9}
    return decide(summarize([run("new", columns)]), limits)


def against(rng: np.random.Generator, rate: float) -> Gate:
    """The other run leaks 10 %, and the same questions mostly; this one leaks ``rate`` more, and 5 points may be."""
    asked = rng.random(300)
    new, other = (asked < 0.07) | (asked > 0.97 - rate), asked < 0.1
    runs = [run("new", {"forget": new}), run("other", {"forget": other})]
    return decide(summarize(runs), {}, against="other", margin=0.05)


WORLDS: dict[str, World] = {
    "the judge alone": judge_alone,
    "people's labels, a judge that overlooks half": labels,
    "one of four conditions": one_of_four,
    "a difference to another run": against,
}


def outcomes(world: World, rate: float, draws: int, seed: int = 0) -> Counter[str]:
    """How often each outcome is drawn."""
    rng = np.random.default_rng(seed)
    return Counter(world(rng, rate).outcome for _ in range(draws))


DRAWS = 300
ALLOWANCE = 3 * (0.05 * 0.95 / DRAWS) ** 0.5


@pytest.mark.parametrize("name", WORLDS)
def test_a_condition_at_its_limit_passes_in_at_most_one_case_of_twenty(name: str) -> None:
    found = outcomes(WORLDS[name], 0.05, DRAWS)
    assert found["pass"] / DRAWS <= 0.05 + ALLOWANCE, found
    assert found["error"] == 0


@pytest.mark.parametrize("name", WORLDS)
def test_and_one_that_holds_by_far_does_pass(name: str) -> None:
    found = outcomes(WORLDS[name], 0.005, 40)
    assert found["pass"] > 20 and found["fail"] == 0, found
