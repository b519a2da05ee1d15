"""Ctrl-C, SIGTERM and SIGHUP in the middle of a run, as they are sent: to a process, before a slow server."""

from __future__ import annotations

import _thread
import asyncio
import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from judgekit import api
from tests.judges.asking import some_items
from tests.judges.server import ChatServer

pytestmark = pytest.mark.slow

COUNT = 150
sends_signals = pytest.mark.skipif(
    sys.platform == "win32", reason="a process cannot be sent SIGINT or SIGTERM on Windows"
)
STOPS = [signal.SIGINT, signal.SIGTERM]
HANGUP = getattr(signal, "SIGHUP", signal.SIGTERM)


def cascade(url: str) -> str:
    return (
        f"tiers: [{{judge: openai, name: small, model: tiny, base_url: '{url}', max_concurrency: 16}}]\n"
        "rubrics: {'*': forgetting}\n"
    )


@pytest.fixture
def score(tmp_path: Path) -> Callable[[str], subprocess.Popen[str]]:
    """Starts ``judgekit score`` on 150 items with one endpoint."""
    rows = [item.to_row() for item in some_items(COUNT)]
    (tmp_path / "outputs.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))

    def start(url: str) -> subprocess.Popen[str]:
        (tmp_path / "cascade.yaml").write_text(cascade(url))
        command = [sys.executable, "-m", "judgekit", "score", "outputs.jsonl", "--cascade", "cascade.yaml"]
        return subprocess.Popen(
            command,
            cwd=tmp_path,
            stderr=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])},
        )

    return start


def wait_for(server: ChatServer, calls: int, process: subprocess.Popen[str]) -> None:
    while sum(server.calls.values()) < calls:
        assert process.poll() is None, process.communicate()
        time.sleep(0.005)


def stored(run: Path) -> int:
    with sqlite3.connect(run / "store.sqlite") as db:
        (count,) = db.execute("SELECT count(*) FROM answers").fetchone()
    return int(count)


@sends_signals
@pytest.mark.parametrize("stop", [*STOPS, HANGUP])
def test_a_stopped_run_keeps_every_answer_and_the_next_pays_for_none_twice(
    stop: signal.Signals, score: Callable[[str], subprocess.Popen[str]], tmp_path: Path
) -> None:
    run = tmp_path / "runs" / "outputs"
    with ChatServer(latency=0.2) as server:
        for calls in (20, 120):
            process = score(server.url)
            wait_for(server, calls, process)
            process.send_signal(stop)
            out, err = process.communicate(timeout=30)
            answered = sum(server.calls.values())
            assert process.returncode == 130 and out == ""
            said = f"outputs: stopped. {answered} answers are kept in runs/outputs; the same command goes on from there\n"
            assert err == said
            assert stored(run) == answered < 2 * COUNT
            assert not (run / "verdicts.jsonl").exists()
        process = score(server.url)
        process.communicate(timeout=60)
        assert process.returncode == 0
        assert sum(server.calls.values()) == 2 * COUNT and set(server.calls.values()) == {1}
    assert len((run / "verdicts.jsonl").read_text().splitlines()) == COUNT


@sends_signals
@pytest.mark.parametrize("stop", STOPS)
def test_a_second_signal_waits_for_nothing(
    stop: signal.Signals, score: Callable[[str], subprocess.Popen[str]], tmp_path: Path
) -> None:
    with ChatServer() as server:
        process = score(server.url)
        wait_for(server, 1, process)
        server.latency = 50.0
        time.sleep(0.3)
        for _ in range(2):
            process.send_signal(stop)
            time.sleep(0.3)
        _, err = process.communicate(timeout=20)
        assert process.returncode == 130
        kept = re.fullmatch(r"outputs: stopped\. (\d+) answers are kept in [^\n]*\n", err)
        assert kept is not None, err
        assert int(kept[1]) == stored(tmp_path / "runs" / "outputs") == sum(server.calls.values())


@sends_signals
def test_behind_a_shell_sigterm_stops_and_ctrl_c_does_not(
    score: Callable[[str], subprocess.Popen[str]], tmp_path: Path
) -> None:
    """As with ``judgekit score … &`` in a script, where SIGINT is ignored from the start."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with ChatServer(latency=0.2) as server:
            process = score(server.url)
            wait_for(server, 20, process)
            process.send_signal(signal.SIGINT)
            wait_for(server, 60, process)
            process.send_signal(signal.SIGTERM)
            _, err = process.communicate(timeout=30)
            assert process.returncode == 130, err
            assert 60 <= sum(server.calls.values()) == stored(tmp_path / "runs" / "outputs") < 2 * COUNT
    finally:
        signal.signal(signal.SIGINT, before)


def test_judges_that_wait_for_nothing_can_be_stopped_too(tmp_path: Path) -> None:
    """Between two blocks at the latest: the lexical judge never gives the event loop a turn."""

    def stop(_: object) -> None:
        signal.raise_signal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        api.score(some_items(5000), tmp_path / "run", rubric="forgetting", report=stop)
    parts = (tmp_path / "run" / "verdicts.jsonl.part").read_text().splitlines()
    assert 0 < len(parts) < 5000


def in_a_running_loop(work: Callable[[], object]) -> None:
    """As a notebook does: its kernel's event loop is running while a cell is."""

    async def cell() -> None:
        work()

    loop = asyncio.new_event_loop()
    try:
        loop.run_until_complete(cell())
    finally:
        loop.close()


def test_a_notebook_can_score_and_stop_and_go_on(tmp_path: Path) -> None:
    items, run = some_items(COUNT), tmp_path / "run"
    with ChatServer(latency=0.2) as server:
        path = tmp_path / "cascade.yaml"
        path.write_text(cascade(server.url))

        def interrupt() -> None:
            while sum(server.calls.values()) < 60:
                time.sleep(0.005)
            _thread.interrupt_main()  # as a kernel on Windows: no signal comes that would end a wait

        thread = threading.Thread(target=interrupt)
        thread.start()
        with pytest.raises(KeyboardInterrupt):
            in_a_running_loop(lambda: api.score(items, run, cascade=path))
        thread.join()
        assert stored(run) == sum(server.calls.values()) < 2 * COUNT
        server.latency = 0.0
        in_a_running_loop(lambda: api.score(items, run, cascade=path))
        assert set(server.calls.values()) == {1} and len(server.calls) == 2 * COUNT
    assert len((run / "verdicts.jsonl").read_text().splitlines()) == COUNT
