"""The Batch API: submit, leave, collect; against a local server that has its files and batches."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from judgekit.errors import BatchPending, BudgetSpent, ConfigError
from judgekit.judges.openai import backend
from judgekit.store import Budget, Store
from tests.judges.asking import evidence, some_items
from tests.judges.server import ChatServer
from tests.judges.test_openai import without_time

PRICE = {"input": 1, "output": 1, "batch": 0.25}


def test_submit_leave_and_collect(tmp_path: Path) -> None:
    items = some_items(12)
    with ChatServer() as server:
        direct = without_time(evidence(server.url, items, price=PRICE))
        server.calls.clear()
        with (
            Store(tmp_path) as store,
            pytest.raises(BatchPending, match="24 prompts to 'tiny' are with the provider"),
        ):
            evidence(server.url, items, store, batch=True, price=PRICE)
        with (
            Store(tmp_path) as store,
            pytest.raises(BatchPending),
        ):  # not done yet: nothing is submitted again
            evidence(server.url, items, store, batch=True, price=PRICE)
        assert len(server.batches) == 1
        server.finish_batches()
        with Store(tmp_path) as store:
            found = without_time(evidence(server.url, items, store, batch=True, price=PRICE))
            assert [one.probs for one in found] == [one.probs for one in direct]
            assert [one.cost for one in found] == pytest.approx([0.25 * (one.cost or 0) for one in direct])
            assert store.state("batches of tiny") is None
            assert without_time(evidence(server.url, items, store, batch=True, price=PRICE)) == found
        assert set(server.calls.values()) == {1}
        assert len(server.batches) == 1


def test_a_batch_and_single_requests_answer_the_same_prompts(tmp_path: Path) -> None:
    """What was collected from a batch is not asked for again without one, and the other way round."""
    with ChatServer() as server, Store(tmp_path) as store:
        evidence(server.url, some_items(3), store)
        with pytest.raises(BatchPending, match="4 prompts"):
            evidence(server.url, some_items(5), store, batch=True)
        server.finish_batches()
        evidence(server.url, some_items(5), store, batch=True)
        evidence(server.url, some_items(5), store)
        assert set(server.calls.values()) == {1}


def test_what_a_batch_left_out_goes_into_the_next(tmp_path: Path) -> None:
    with ChatServer() as server, Store(tmp_path) as store:
        with pytest.raises(BatchPending, match="20 prompts"):
            evidence(server.url, some_items(10), store, batch=True)
        server.finish_batches(drop=3)
        with pytest.raises(BatchPending, match="3 prompts"):
            evidence(server.url, some_items(10), store, batch=True)
        assert len(store) == 17
        server.finish_batches()
        assert all(one.probs for one in evidence(server.url, some_items(10), store, batch=True))
        assert set(server.calls.values()) == {1}


def test_a_submission_that_was_cut_off_is_found_again_and_not_repeated(tmp_path: Path) -> None:
    with ChatServer() as server:
        server.lose_submission = True
        with Store(tmp_path) as store, pytest.raises(ConfigError, match="batch of 'tiny'"):
            evidence(server.url, some_items(4), store, batch=True)
        assert len(server.batches) == 1
        with Store(tmp_path) as store, pytest.raises(BatchPending, match="8 prompts"):
            evidence(server.url, some_items(4), store, batch=True)
        assert len(server.batches) == 1
        server.finish_batches()
        with Store(tmp_path) as store:
            assert all(one.probs for one in evidence(server.url, some_items(4), store, batch=True))


def test_a_batch_that_was_refused_says_why_and_is_forgotten(tmp_path: Path) -> None:
    with ChatServer() as server, Store(tmp_path) as store:
        with pytest.raises(BatchPending):
            evidence(server.url, some_items(2), store, batch=True)
        errors = {"object": "list", "data": [{"code": "x", "message": "too many tokens enqueued"}]}
        server.batches["batch-0"].update(status="failed", errors=errors)
        with pytest.raises(ConfigError, match="refused the batch batch-0: too many tokens enqueued"):
            evidence(server.url, some_items(2), store, batch=True)
        with pytest.raises(BatchPending):
            evidence(server.url, some_items(2), store, batch=True)


def test_a_refused_line_is_missing_with_its_reason(tmp_path: Path) -> None:
    with ChatServer() as server, Store(tmp_path) as store:
        with pytest.raises(BatchPending):
            evidence(server.url, some_items(2), store, batch=True)
        server.finish_batches()
        output = server.batches["batch-0"]["output_file_id"]
        lines = [json.loads(line) for line in server.files[output].splitlines()]
        for line in lines[:2]:
            line["response"] = {"status_code": 400, "body": {"error": {"message": "maximum context length"}}}
        server.files[output] = "\n".join(map(json.dumps, lines))
        found = evidence(server.url, some_items(2), store, batch=True)
        assert [one.reason for one in found] == ["refused in a batch: maximum context length"] * 2
        assert len(store) == 2


def test_a_budget_has_room_for_a_batch_or_it_is_not_submitted(tmp_path: Path) -> None:
    with ChatServer() as server, Store(tmp_path) as store:
        with pytest.raises(BudgetSpent):
            evidence(server.url, some_items(10), store, Budget(calls=19), batch=True)
        assert not server.batches


def test_a_batch_needs_a_store() -> None:
    with pytest.raises(ConfigError, match="needs a run"):
        backend({"model": "tiny", "base_url": "http://unused", "batch": True})
