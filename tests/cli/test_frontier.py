"""What budgets buy, as ``judgekit plan`` shows it, and as ``judgekit calibrate --budget`` then buys it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import judgekit as jk
from judgekit.arrays import Table
from judgekit.records import Evidence, EvidenceRow, HumanLabel
from tests.cli.test_verbs import judgekit


def opinions(count: int, costs: dict[str, float | None], asks: int = 1) -> list[EvidenceRow]:
    rng = np.random.default_rng(0)
    rows = []
    for i in range(count):
        truth = rng.random() < 0.5
        tiers = {}
        for k, (name, cost) in enumerate(costs.items()):
            odds = rng.normal((1 + k) * (1 if truth else -1), 1.5)
            right = float(1 / (1 + np.exp(-odds)))
            tiers[name] = Evidence(probs={"right": right, "wrong": 1 - right}, cost=cost, asks=asks * (3 - k))
        human = (HumanLabel(annotator="a", label="right" if truth else "wrong"),)
        rows.append(EvidenceRow(id=str(i), rubric="qa", tiers=tiers, human=human))
    return rows


def write(rows: list[EvidenceRow], path: Path) -> Path:
    path.write_text("".join(json.dumps(row.to_row()) + "\n" for row in rows))
    return path


@pytest.mark.parametrize(
    ("costs", "prices", "dollars"),
    [
        ({"rules": 0.0, "local": None, "api": 0.002}, [0.0, 0.0, 0.002], True),
        ({"nano": 0.001, "full": None}, [0.001, 0.001], True),
        ({"rules": 0.0, "local": None, "api": None}, [0.0, 20.0, 20.0], False),
        ({"small@1": 0.001, "small@2": 0.003, "big": 0.01}, [0.001, 0.002, 0.01], True),
    ],
)
def test_prices_are_those_of_the_rows_and_never_mix_dollars_with_calls(
    costs: dict[str, float | None], prices: list[float], dollars: bool
) -> None:
    table = Table.of(opinions(8, costs, asks=10))
    np.testing.assert_allclose(table.prices, prices)
    assert table.dollars is dollars


def test_the_frontier_shows_what_a_budget_buys(tmp_path: Path) -> None:
    rows = opinions(400, {"rules": 0.0, "small": 0.0005, "big": 0.01})
    write(rows, tmp_path / "evidence.jsonl")
    done = judgekit("plan", "--agreement", "0.8", "--frontier", "evidence.jsonl", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    head = next(k for k, line in enumerate(lines) if line.lstrip().startswith("budget"))
    assert "US dollars" in done.stdout
    assert "'big' is asked about" in done.stdout
    shown = [line.split() for line in lines[head + 1 :]]
    budgets = [float(line[0]) for line in shown]
    assert len(shown) > 2
    assert budgets == sorted(budgets, reverse=True)
    found = jk.frontier(rows, agreement=0.8)
    for budget, candidate in zip(budgets[:-1], found.candidates[:-1], strict=True):
        made = jk.calibrate(rows, agreement=0.8, budget=budget)
        reached = np.dot(made.certificate["reach"], found.prices)
        assert reached <= 1.2 * budget, "the fifth set aside stands for all only roughly"
        assert candidate.budget <= budget


def test_a_frontier_needs_a_promise_and_known_tiers(tmp_path: Path) -> None:
    write(opinions(20, {"a": 0.0, "b": 1.0}), tmp_path / "evidence.jsonl")
    done = judgekit("plan", "--frontier", "evidence.jsonl", cwd=tmp_path)
    assert done.returncode == 2
    assert "--frontier needs the agreement" in done.stderr
    done = judgekit(
        "plan", "--agreement", "0.8", "--frontier", "evidence.jsonl", "--cost", "c=1", cwd=tmp_path
    )
    assert done.returncode == 2
    assert "no row has evidence of tier c" in done.stderr


def test_a_calibration_says_how_much_it_asks(tmp_path: Path) -> None:
    write(opinions(400, {"small": 0.0005, "big": 0.01}), tmp_path / "evidence.jsonl")
    done = judgekit("calibrate", "evidence.jsonl", "--agreement", "0.8", "--budget", "0.006", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    reach = json.loads((tmp_path / "calibration.json").read_text())["certificate"]["reach"]
    assert f"small 100%, big {reach[1]:.0%} of the items" in done.stdout
    assert 0 < reach[1] < 0.7
