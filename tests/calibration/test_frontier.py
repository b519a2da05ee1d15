"""What budgets buy, as ``judgekit plan`` shows it, and as ``judgekit calibrate --max-mean-cost`` then buys it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import judgekit as jk
from tests.cli.calling import judgekit
from tests.cli.test_calibrate import opinions, others, write


def test_the_frontier_shows_what_a_budget_buys(tmp_path: Path) -> None:
    costs = {"rules": 0.0, "small": 0.0005, "big": 0.01}
    rows = [*opinions(400, costs), *others(40, costs)]
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
        made = jk.calibrate(rows, agreement=0.8, max_mean_cost=budget)
        reached = np.dot(made.certificate.reach, found.prices)
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


def test_evidence_without_labels_or_costs_says_what_is_missing(tmp_path: Path) -> None:
    rows = [row.model_copy(update={"human": ()}) for row in opinions(60, {"a": None, "b": None}, asks=0)]
    write(rows, tmp_path / "evidence.jsonl")
    done = judgekit("calibrate", "evidence.jsonl", "--agreement", "0.8", cwd=tmp_path)
    assert done.returncode == 2
    assert "none of the 60 items of rubric 'qa' has a label of people" in done.stderr
    assert not (tmp_path / "calibration.json").exists()
    done = judgekit("plan", "--agreement", "0.8", "--frontier", "evidence.jsonl", cwd=tmp_path)
    assert done.returncode == 2
    assert "give them (--cost TIER=COST)" in done.stderr
    with pytest.raises(jk.JudgekitError, match="the evidence states no cost"):
        rows = opinions(60, {"a": None, "b": None}, asks=0)
        jk.calibrate(
            [*rows[:30], *(row.model_copy(update={"human": ()}) for row in rows[30:])],
            agreement=0.8,
            budget=0.4,
        )
    assert not done.stdout
