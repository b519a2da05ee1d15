"""The promise on recorded judges and people: the recorded items are the population, draws are with replacement."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.promises.populations import Population, broken_share, overall
from tests.shared_data import shared

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks"))
import recorded

pytestmark = pytest.mark.slow

DELTA = 0.1
DRAWS = 200


def population(name: str, file: str, order: tuple[str, ...] = ()) -> tuple[Population, list[float]]:
    known = recorded.READERS[name](shared(f"data/judges/{file}"))
    known = known.order(order) if order else known
    keep = known.human >= 0
    return Population(known.probs[keep], np.eye(len(known.labels))[known.human[keep]]), known.costs


def run(case: tuple[Population, list[float]], target: float, n: int, **options: Any) -> tuple[float, float]:
    people, costs = case
    return broken_share(
        people, overall(target), n=n, draws=DRAWS, agreement=target, delta=DELTA, costs=costs, **options
    )


EDGE = DELTA + 3 * np.sqrt(DELTA * (1 - DELTA) / DRAWS)


@pytest.mark.parametrize(
    ("name", "file", "target", "n", "least"),
    [
        ("trust_or_escalate", "trust_or_escalate.csv", 0.80, 500, 0.90),
        ("trust_or_escalate", "trust_or_escalate.csv", 0.85, 500, 0.74),
        ("trust_or_escalate", "trust_or_escalate.csv", 0.90, 500, 0.40),
        ("trust_or_escalate", "trust_or_escalate.csv", 0.85, 250, 0.65),
        ("rewardbench2", "rewardbench2.jsonl", 0.90, 300, 0.73),
        ("openqa", "openqa_nq301.jsonl", 0.85, 500, 0.70),
    ],
)
def test_promise_holds_and_covers(name: str, file: str, target: float, n: int, least: float) -> None:
    broken, coverage = run(population(name, file), target, n)
    assert broken <= EDGE
    assert coverage >= least


def test_other_evidence_and_budgets_keep_the_promise() -> None:
    case = population("trust_or_escalate", "trust_or_escalate.csv")
    assert run(case, 0.85, 400, unlabeled=200)[0] <= EDGE
    assert run(case, 0.85, 400, max_mean_cost=0.4)[0] <= EDGE


@pytest.mark.parametrize("target", [0.8, 0.9])
def test_weak_judges_are_not_certified_for_what_they_cannot_do(target: float) -> None:
    broken, coverage = run(population("llmbar", "llmbar.jsonl", ("Falcon", "LLaMA2")), target, 400)
    assert broken <= EDGE
    assert coverage < 0.1


def test_evidence_rows_read_back_as_the_same_arrays(tmp_path: Path) -> None:
    known = recorded.rewardbench2(shared("data/judges/rewardbench2.jsonl"))
    path = tmp_path / "evidence.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in known.rows()), "utf-8")
    again = recorded.evidence(path).order(known.judges)
    assert again.ids == known.ids
    np.testing.assert_allclose(again.probs, known.probs)
    np.testing.assert_array_equal(again.human, known.human)


def test_the_protocol_prints_one_json_object(tmp_path: Path) -> None:
    known = recorded.trust_or_escalate(shared("data/judges/trust_or_escalate.csv"))
    path = tmp_path / "evidence.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in known.rows()), "utf-8")
    script = Path(recorded.__file__).with_name("guarantee.py")
    order = ["--order", ",".join(known.judges), "--costs", "0,.05,1"]
    done = subprocess.run(
        [sys.executable, str(script), "--evidence", str(path), *order, "--draws", "5", "--labels", "300"],
        capture_output=True,
        text=True,
        check=True,
    )
    got = json.loads(done.stdout)
    assert got["judgekit"]["draws"] == 5
    assert 0 < got["judgekit"]["coverage"] <= got["items"]
    assert list(got["judgekit"]["reach"]) == known.judges
