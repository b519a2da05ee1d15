"""The Batch API: submit, leave, collect; against a local server that has its files and batches."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from judgekit import api
from judgekit.engine import local
from judgekit.errors import BatchPending, BudgetSpent, ConfigError
from judgekit.judges.openai import backend
from judgekit.judges.openai import batch as openai_batch
from judgekit.judges.openai.keys import Keys
from judgekit.runs.budget import Budget
from judgekit.runs.store import Store
from tests.judges.asking import evidence, some_items
from tests.judges.openai.test_chat import without_time
from tests.judges.server import ChatServer

PRICE = {"input": 1, "output": 1, "batch": 0.25}


def test_submit_leave_and_collect(tmp_path: Path) -> None:
    items = some_items(12)
    with ChatServer() as server:
        direct = without_time(evidence(server.url, items, price=PRICE))
        server.calls.clear()
        with (
            Store(tmp_path) as store,
            pytest.raises(BatchPending, match="24 prompts are with the provider"),
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


def first_output(server: ChatServer) -> tuple[str, list[dict[str, Any]]]:
    """Finish the batches; the file of the first one's answers, and its lines."""
    server.finish_batches()
    output = server.batches["batch-0"]["output_file_id"]
    return output, [json.loads(line) for line in server.files[output].splitlines()]


def test_a_refused_line_is_missing_with_its_reason(tmp_path: Path) -> None:
    with ChatServer() as server, Store(tmp_path) as store:
        with pytest.raises(BatchPending):
            evidence(server.url, some_items(2), store, batch=True)
        output, lines = first_output(server)
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
        backend({"model": "tiny", "base_url": "http://unused", "batch": True}, keys=Keys.of())


def test_a_batch_is_split_by_the_limits_of_the_api(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No file has more lines, or more bytes, than a batch may have; every prompt is in one of them."""
    monkeypatch.setattr(openai_batch, "MOST", 7)
    monkeypatch.setattr(openai_batch, "MOST_BYTES", 5_000)
    long = [one.model_copy(update={"outputs": (one.outputs[0] * 60,)}) for one in some_items(10)]
    items = [*some_items(30)[10:], *long]
    with ChatServer() as server, Store(tmp_path) as store:
        with pytest.raises(BatchPending, match="60 prompts"):
            evidence(server.url, items, store, batch=True)
        files = [server.files[batch["input_file_id"]] for batch in server.batches.values()]
        sizes = [(len(file.splitlines()), len(file.encode())) for file in files]
        assert all(lines <= 7 and size <= 5_000 for lines, size in sizes)
        assert any(lines == 7 for lines, _ in sizes) and any(size > 4_000 for _, size in sizes)
        server.finish_batches()
        assert all(one.probs for one in evidence(server.url, items, store, batch=True))
        assert len(server.calls) == 60 and set(server.calls.values()) == {1}


def test_stages_are_one_submission_and_give_the_evidence_of_stages_asked_one_by_one(tmp_path: Path) -> None:
    panel = {"n": 4, "k": 2, "stages": [1, 2, 4]}
    with ChatServer() as server:
        with Store(tmp_path / "batch") as store, pytest.raises(BatchPending, match="80 prompts"):
            evidence(server.url, some_items(10), store, batch=True, annotators=panel)
        server.finish_batches()
        for stage in (1, 2, 3):
            with Store(tmp_path / "batch") as store:
                one = evidence(server.url, some_items(10), store, stage=stage, batch=True, annotators=panel)
            with Store(tmp_path / "direct") as store:
                two = evidence(server.url, some_items(10), store, stage=stage, annotators=panel)
            assert without_time(one) == without_time(two)
        assert len(server.batches) == 1


def test_all_that_can_be_asked_is_submitted_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Over all blocks of a file, its rubrics and its judges; then one run collects everything."""
    monkeypatch.setattr(local, "BATCH", 10)
    tiers = [
        {"judge": "openai", "name": name, "model": "tiny", "top_logprobs": n}
        for name, n in (("a", 5), ("b", 6))
    ]
    with ChatServer() as server:
        for tier in tiers:
            tier["base_url"] = server.url
        path = tmp_path / "cascade.yaml"
        path.write_text(json.dumps({"tiers": tiers, "rubrics": {"forget": "forgetting", "*": "utility"}}))
        items = [
            one.model_copy(update={"split": "retain" if i % 2 else "forget"})
            for i, one in enumerate(some_items(30))
        ]
        spec = api.load_cascade(path)
        run, prompts = tmp_path / "run", 30 * 2 * len(tiers)
        for _ in range(2):
            with pytest.raises(BatchPending, match=f"{prompts} prompts"):
                api.score(items, run, cascade=spec.through_batches())
        assert len(server.batches) == 3 * 2 * 2
        server.finish_batches()
        api.score(items, run, cascade=spec.through_batches())
        assert len(server.calls) == prompts // 2  # the two judges read the same prompts
        assert set(server.calls.values()) == {2}
        api.score(items, tmp_path / "direct", cascade=spec)
        one, two = [(folder / "verdicts.jsonl").read_text() for folder in (run, tmp_path / "direct")]
        assert one == two


def test_what_is_with_the_provider_counts_against_the_budget(tmp_path: Path) -> None:
    with ChatServer() as server, Store(tmp_path) as store:
        with pytest.raises(BatchPending):
            evidence(server.url, some_items(5), store, Budget(calls=10), batch=True)
        with pytest.raises(BudgetSpent):
            evidence(server.url, some_items(6), store, Budget(calls=10, spent=store.spent()), batch=True)
        with pytest.raises(BatchPending, match="12 prompts"):
            evidence(server.url, some_items(6), store, Budget(calls=12, spent=store.spent()), batch=True)
        server.finish_batches()
        budget = Budget(calls=12, spent=store.spent())
        evidence(server.url, some_items(6), store, budget, batch=True)
        assert budget.spent_calls == store.spent().calls == 12


def test_an_answer_that_cannot_be_read_is_missing_with_its_reason(tmp_path: Path) -> None:
    """Also one with a line separator in the middle of its text, which is no end of a line."""
    with ChatServer() as server, Store(tmp_path) as store:
        with pytest.raises(BatchPending):
            evidence(server.url, some_items(2), store, batch=True)
        output, lines = first_output(server)
        for line in lines[:2]:
            line["response"]["body"] = {"error": "\u2028 \x85"}
        server.files[output] = "\n".join(json.dumps(line, ensure_ascii=False) for line in lines)
        found = evidence(server.url, some_items(2), store, batch=True)
        assert ["no choices in the answer" in (one.reason or "") for one in found] == [True, True]
        assert len(store) == 2


def test_one_refused_batch_does_not_keep_the_others_from_being_collected(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(openai_batch, "MOST", 10)
    with ChatServer() as server, Store(tmp_path) as store:
        with pytest.raises(BatchPending, match="20 prompts"):
            evidence(server.url, some_items(10), store, batch=True)
        server.batches["batch-0"]["status"] = "failed"
        server.finish_batches()
        with pytest.raises(ConfigError, match="refused the batch batch-0: no reason given"):
            evidence(server.url, some_items(10), store, batch=True)
        assert len(store) == 10
        with pytest.raises(BatchPending, match="10 prompts"):
            evidence(server.url, some_items(10), store, batch=True)
