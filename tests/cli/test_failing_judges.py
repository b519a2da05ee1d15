"""A judge that fails is heard: in the terminal, in run.json, in the report, and in the exit code."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from tests.judges.asking import some_items
from tests.judges.server import ChatServer, refusal

pytestmark = pytest.mark.slow

COUNT = 60
ROOT = Path(__file__).resolve().parents[2]
Judgekit = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def judgekit(tmp_path: Path) -> Judgekit:
    """The command, beside 60 items with references."""
    rows = [item.to_row() | {"reference": "Paris", "split": "forget"} for item in some_items(COUNT)]
    (tmp_path / "outputs.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))

    def call(*args: str, url: str = "") -> subprocess.CompletedProcess[str]:
        (tmp_path / "cascade.yaml").write_text(
            "tiers:\n  - judge: lexical\n"
            f"  - {{judge: openai, name: strong, model: tiny, base_url: '{url}', retries: 0, patience: 0.2}}\n"
        )
        command = [sys.executable, "-m", "judgekit", *args]
        env = {**os.environ, "PYTHONPATH": str(ROOT)}
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, env=env, timeout=120)

    return call


SCORE = ("score", "outputs.jsonl", "--cascade", "cascade.yaml")


def garbage(_: web.Request, body: dict[str, Any]) -> web.Response:
    answer = ChatServer().completion(body)
    token = {"token": "<html>", "logprob": -0.01, "top_logprobs": [{"token": "<html>", "logprob": -0.01}]}
    answer["choices"][0] |= {"message": {"content": "<html>"}, "logprobs": {"content": [token]}}
    return web.json_response(answer)


def html(*_: Any) -> web.Response:
    return web.Response(text="<html>Welcome</html>", content_type="text/html")


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (garbage, "no option letter"),
        (html, "not JSON"),
        (lambda *_: refusal(500, "out of order"), "500: out of order"),
    ],
)
def test_first_calls_that_all_fail_alike_stop_the_run_at_once(
    judgekit: Judgekit, fault: Any, reason: str
) -> None:
    calls = 0

    def counted(request: web.Request, body: dict[str, Any]) -> Any:
        nonlocal calls
        calls += 1
        return fault(request, body)

    with ChatServer(counted) as server:
        done = judgekit(*SCORE, url=server.url)
    assert done.returncode == 4
    assert done.stdout == ""
    assert re.search(r"judge 'strong': the first 20 calls all failed alike: .*" + reason, done.stderr)
    assert "--keep-going" in done.stderr
    assert calls < 2 * COUNT


def test_a_refused_connection_says_so(judgekit: Judgekit) -> None:
    with ChatServer() as server:
        pass
    done = judgekit(*SCORE, url=server.url)
    assert done.returncode == 4
    assert "connection refused" in done.stderr.splitlines()[0]
    assert "trying again" in done.stderr.splitlines()[0]
    assert "the first 20 calls all failed alike: connection refused" in done.stderr


def test_a_server_without_log_probabilities_is_refused_before_money_is_spent(judgekit: Judgekit) -> None:
    def bare(_: web.Request, body: dict[str, Any]) -> web.Response:
        answer = ChatServer().completion(body)
        del answer["choices"][0]["logprobs"]
        return web.json_response(answer)

    calls = 0

    def counted(request: web.Request, body: dict[str, Any]) -> Any:
        nonlocal calls
        calls += 1
        return bare(request, body)

    with ChatServer(counted) as server:
        done = judgekit(*SCORE, url=server.url)
    assert done.returncode == 2
    assert "no log-probabilities" in done.stderr
    assert "samples: n" in done.stderr
    assert calls == 3


def item_number(body: dict[str, Any]) -> int:
    return int(re.findall(r"Output (\d+)\.", body["messages"][-1]["content"])[-1])


def some(share: int) -> Callable[[web.Request, dict[str, Any]], Any]:
    """Fails on so many of ten items."""
    return lambda request, body: garbage(request, body) if item_number(body) % 10 < share else None


def test_a_judge_that_fails_on_most_items_stops_the_run_after_the_first_block(judgekit: Judgekit) -> None:
    with ChatServer(some(7)) as server:
        done = judgekit(*SCORE, url=server.url)
    assert done.returncode == 4
    assert done.stderr.count("judge 'strong' failed on 42 of 60 items (42 x no option letter") == 1
    assert "--keep-going" in done.stderr and done.stderr.count("\n") == 1


def test_going_on_is_possible_and_everything_says_what_failed(judgekit: Judgekit, tmp_path: Path) -> None:
    with ChatServer(some(7)) as server:
        done = judgekit(*SCORE, "--keep-going", url=server.url)
    assert done.returncode == 4
    assert "failed on 42 of 60 items" in done.stderr
    run = json.loads((tmp_path / "runs/outputs/run.json").read_text())
    strong = run["answers"]["forgetting"]["strong"]
    assert (strong["asked"], strong["answered"]) == (60, 18)
    assert sum(strong["failed"].values()) == 42
    assert run["answers"]["forgetting"]["lexical"]["answered"] == 60
    shown = judgekit("report", "runs/outputs", "-o", "report.html")
    assert "judge 'strong' failed on 42 of 60 items" in " ".join(shown.stdout.split())
    assert "failed on 42 of 60 items" in (tmp_path / "report.html").read_text()


def test_a_few_failures_are_said_and_the_run_is_done(judgekit: Judgekit) -> None:
    with ChatServer(some(1)) as server:
        done = judgekit(*SCORE, url=server.url)
    assert done.returncode == 0
    assert "judge 'strong' failed on 6 of 60 items" in done.stderr


def test_a_judge_that_works_is_not_mentioned(judgekit: Judgekit) -> None:
    with ChatServer() as server:
        done = judgekit(*SCORE, url=server.url)
    assert done.returncode == 0
    assert done.stderr == ""
