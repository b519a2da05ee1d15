"""The store keeps every answer, whatever happens to the process."""

from __future__ import annotations

import errno
import json
import os
import pickle
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from judgekit.errors import BudgetSpent, InputError, StoreBusy, StoreFailed, StoreGone, StoreTaken
from judgekit.runs.budget import Budget, Spent
from judgekit.runs.store import Store, kept
from tests.judges.asking import make_judge, small_rubric, some_items
from tests.judges.server import ChatServer, prompt_hash

ROOT = Path(__file__).resolve().parents[2]


def test_answers_come_back_after_reopening(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        store.put(
            [("a", {"text": "é \ud800", "cost": 0.5, "top": [["A", -0.1]]}), ("b", {"text": "B"})], "small"
        )
    with Store(tmp_path) as store:
        assert store.get(["a", "b", "c"]) == {"a": {"text": "é ?", "cost": 0.5}, "b": {"text": "B"}}
        assert store.spent() == Spent(calls=2, dollars=0.5, unpriced=1)
        assert len(store) == 2


def test_a_store_that_was_stopped_before_it_had_tables_holds_nothing(tmp_path: Path) -> None:
    (tmp_path / "store.sqlite").touch()
    assert kept(tmp_path) == (0, Spent())
    with Store(tmp_path) as store:
        assert len(store) == 0


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other locks")
def test_a_file_system_without_locks_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr("fcntl.flock", refuse)
    with pytest.raises(InputError, match=r"no locks on this file system \(No locks available\)"):
        Store(tmp_path)


def test_the_first_answer_to_a_key_stays_and_is_paid_once(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        store.put([("a", {"text": "first", "cost": 1.0})], "small")
        store.put([("a", {"text": "second", "cost": 1.0})], "small")
        assert store.get(["a"])["a"]["text"] == "first"
        assert store.spent("small") == Spent(calls=1, dollars=1.0)
        assert store.spent("other") == Spent()


def test_a_fault_is_logged_and_answers_nothing(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        store.put([("a", {"error": "500", "fault": True, "cost": 0.25})], "small")
        assert store.get(["a"]) == {}
        assert store.spent().dollars == 0.25
    rows = (
        sqlite3.connect(tmp_path / "store.sqlite")
        .execute("SELECT key, judge, answer FROM attempts")
        .fetchall()
    )
    assert [(key, judge, json.loads(answer)["error"]) for key, judge, answer in rows] == [
        ("a", "small", "500")
    ]


@pytest.mark.parametrize(
    "error",
    [
        StoreFailed("no room", kept=True),
        StoreFailed("no room", kept=False),
        StoreTaken("by another"),
        StoreGone("moved"),
    ],
)
def test_what_a_store_fails_with_is_the_same_in_another_process(error: StoreFailed) -> None:
    """Workers on Ray hand it on, and what helps is told by its class."""
    copy = pickle.loads(pickle.dumps(error))
    assert (type(copy), str(copy), copy.kept) == (type(error), str(error), error.kept)


def test_more_keys_than_one_query_holds(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        store.put(((f"k{i}", {"n": i}) for i in range(1203)), "small")
        assert len(store.get([f"k{i}" for i in range(2000)])) == 1203


def test_a_second_process_is_refused_in_one_line_with_the_first_ones_id(tmp_path: Path) -> None:
    code = "import sys; from judgekit.runs.store import Store; Store(sys.argv[1])"
    with Store(tmp_path):
        done = subprocess.run(
            [sys.executable, "-c", code, tmp_path], cwd=ROOT, capture_output=True, text=True
        )
        assert f"is in use by process {os.getpid()}" in done.stderr.splitlines()[-1]
        with pytest.raises(StoreBusy):
            Store(tmp_path)
    assert subprocess.run([sys.executable, "-c", code, tmp_path], cwd=ROOT).returncode == 0


def test_what_is_no_store_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "store.sqlite").write_text(
        "this is a text file, and a long enough one for SQLite to notice\n" * 40
    )
    with pytest.raises(InputError, match="not a judgekit store"):
        Store(tmp_path)
    other = tmp_path / "newer"
    Store(other).close()
    sqlite3.connect(other / "store.sqlite").execute("PRAGMA user_version = 9")
    with pytest.raises(InputError, match="version 9"):
        Store(other)


def test_named_state_outlives_the_process(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        store.set_state("batch", {"id": "b1"})
    with Store(tmp_path) as store:
        assert store.state("batch") == {"id": "b1"}
        store.set_state("batch", None)
        assert store.state("batch") is None


@given(
    st.lists(st.tuples(st.floats(0, 0.5), st.one_of(st.none(), st.floats(0, 1))), max_size=60),
    st.floats(0, 5),
    st.integers(0, 50),
)
def test_a_budget_is_never_passed(calls: list[tuple[float, float | None]], dollars: float, most: int) -> None:
    """As long as no call costs more than was set aside for it, what is spent stays within both limits."""
    budget = Budget(dollars, most)
    for estimate, share in calls:
        try:
            assert budget.hold(1, estimate)
        except BudgetSpent:
            continue
        budget.settle(estimate, estimate if share is None else share * estimate)
        assert budget.spent_dollars <= dollars + 1e-9
        assert budget.spent_calls <= most


RUN = """
import sys
from judgekit.runs.store import Store
from tests.judges.asking import evidence, some_items
with Store(sys.argv[1]) as store:
    evidence(sys.argv[2], some_items(120), store, annotators={"n": 2, "k": 2})
"""


@pytest.mark.slow
def test_kill_9_loses_no_answer_and_pays_for_none_twice(tmp_path: Path) -> None:
    items, rubric = some_items(120), small_rubric()
    panel = make_judge("http://unused", annotators={"n": 2, "k": 2}).panel(rubric)
    hashes = {ask.key: prompt_hash(ask.prompt.messages) for item in items for ask in panel.asks(item, 2)}
    command = [sys.executable, "-c", RUN, str(tmp_path)]
    with ChatServer(latency=0.02) as server:
        for answered in (60, 200, 330):
            process = subprocess.Popen([*command, server.url], cwd=ROOT)
            while sum(server.calls.values()) < answered and process.poll() is None:
                time.sleep(0.002)
            process.kill()
            process.wait()
            with Store(tmp_path) as store:
                kept = store.get(list(hashes))
            before = dict(server.calls)
            assert len(kept) >= answered - 64 - sum(
                n - 1 for n in before.values()
            )  # all but what was on its way
        assert subprocess.run([*command, server.url], cwd=ROOT).returncode == 0
        paid = sum(server.calls.values())
        assert all(server.calls[hashes[key]] == before[hashes[key]] for key in kept)
        assert set(server.calls) == set(hashes.values())
        assert subprocess.run([*command, server.url], cwd=ROOT).returncode == 0
        assert sum(server.calls.values()) == paid
    with Store(tmp_path) as store:
        assert set(store.get(list(hashes))) == set(hashes)
