"""A budget is a hard cap, whatever the server bills."""

from __future__ import annotations

from pathlib import Path

import pytest

from judgekit.errors import BudgetSpent
from judgekit.judges.price import Price, Usage
from judgekit.runs.budget import Budget, Spent
from judgekit.runs.store import Store
from tests.judges.openai.billing import SERVERS, measure

CAP = 0.02


@pytest.mark.slow
@pytest.mark.parametrize("name", SERVERS)
def test_no_server_bills_more_than_the_cap(name: str) -> None:
    """But for the one call that is sent before anything is known of what calls cost."""
    make, runs = SERVERS[name]
    found = measure(make, runs, CAP, items=300)
    assert found["billed"] <= CAP + found["dearest_call"]
    assert found["billed"] <= found["believed"] + 1e-4
    assert found["calls"] < 600 * runs


def test_more_cached_tokens_than_there_were_make_nothing_cheaper() -> None:
    usage = Usage.read(
        {"prompt_tokens": 10, "completion_tokens": 1, "prompt_tokens_details": {"cached_tokens": 10**9}}
    )
    assert usage.cached_tokens is None
    price = Price(input=1, output=2, cached_input=0.1)
    assert usage.cost(price) == pytest.approx(12e-6)
    assert price.of(10, 10**9, 1) == pytest.approx(price.of(10, 10, 1)), "no more are cached than there were"


def test_what_is_set_aside_for_unknown_costs_outlives_the_process(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        store.put(
            [("a", {"text": "B", "cost": None, "reserved": 0.25}), ("b", {"text": "B", "cost": 0.5})], "j"
        )
    with Store(tmp_path) as store:
        assert store.spent() == Spent(2, 0.5, 1, 0.25)
        with pytest.raises(BudgetSpent):
            Budget(0.8, spent=store.spent()).hold(1, 0.1)


def test_a_cap_that_was_passed_is_said() -> None:
    assert "$0.0500 above the budget" in Spent(1, 1.05).over(1.0)
    assert "above" not in Spent(1, 0.9, 1, 0.05).over(1.0)
    assert "$0.0500 set aside" in Spent(1, 0.9, 1, 0.05).over(1.0)
