"""The Ray engine on a real two-node cluster on this machine: same run, same store semantics as the local engine."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import yaml

from judgekit import api
from judgekit.engine.ray import Workers, workers_for
from judgekit.errors import BudgetSpent, ConfigError, StoreBusy
from judgekit.records import Item
from judgekit.runs.store import Store
from tests.engine.conftest import ENVIRONMENT, SPEC
from tests.judges.server import ChatServer

PROMPTS = 600


def items(count: int = PROMPTS) -> list[Item]:
    return [
        Item(
            id=str(i),
            question=f"Where does the river {i} end?",
            references=(f"in lake {i}",),
            outputs=(f"It ends in lake {i}." if i % 3 else "I do not know.",),
            split="forget" if i % 2 else "retain",
        )
        for i in range(count)
    ]


def cascade(folder: Path, url: str = "", **more: object) -> Path:
    path = folder / "cascade.yaml"
    tiers = [{"judge": "lexical"}]
    if url:
        endpoint = {"model": "tiny", "base_url": url, "max_concurrency": 8, "annotators": {"orders": 1}}
        tiers.append({"judge": "openai", **endpoint})
    path.write_text(yaml.safe_dump({"tiers": tiers, **more}))
    return path


def rows(folder: Path, name: str) -> list[dict]:
    """Rows of a run's file, without how long things took."""

    def timeless(value):
        if isinstance(value, dict):
            return {k: timeless(v) for k, v in value.items() if k != "seconds"}
        return value

    return [timeless(json.loads(line)) for line in (folder / name).read_text().splitlines()]


def same_run(one: Path, two: Path) -> None:
    for name in ("items.jsonl", "evidence.jsonl", "verdicts.jsonl"):
        assert rows(one, name) == rows(two, name)
    about = [json.loads((folder / "run.json").read_text()) for folder in (one, two)]
    for run in about:
        del run["created"], run["files"]["evidence.jsonl"]["sha256"]  # which holds how long things took
    assert about[0] == about[1]


def answered(folder: Path) -> int:
    with sqlite3.connect(folder / "store.sqlite") as db:
        return db.execute("SELECT count(*) FROM answers").fetchone()[0]


def wait_until_free(folder: Path) -> None:
    """Until the killed run's actor has gone."""
    until = time.monotonic() + 60
    while True:
        try:
            Store(folder).close()
            return
        except StoreBusy:
            assert time.monotonic() < until
            time.sleep(0.5)


@pytest.fixture(scope="module")
def cluster():
    os.environ.update(ENVIRONMENT, RAY_USAGE_STATS_ENABLED="0")  # inherited by the workers
    ray = pytest.importorskip(
        "ray", reason="ray is not installed here: pip install 'judgekit-certified[ray]'"
    )
    pytest.importorskip(
        "ray.data", reason="ray data is not installed here: pip install 'judgekit-certified[ray]'"
    )
    from ray.cluster_utils import Cluster

    made = Cluster(initialize_head=True, head_node_args={"num_cpus": 1})
    made.add_node(num_cpus=1)
    ray.init(address=made.address, log_to_driver=False)
    yield made
    ray.shutdown()
    made.shutdown()


@pytest.mark.parametrize(
    ("tiers", "cluster", "nodes", "expected"),
    [
        ([{"judge": "lexical"}, {"judge": "recorded"}], {"CPU": 8.0}, 2, Workers(8, 1, 0)),
        ([{"judge": "lexical"}, {"judge": "openai"}], {"CPU": 8.0}, 2, Workers(2, 1, 0)),
        ([{"judge": "vllm"}], {"CPU": 64.0, "GPU": 8.0}, 2, Workers(8, 1, 1)),
        (
            [{"judge": "vllm", "engine": {"tensor_parallel_size": 4}}, {"judge": "vllm"}],
            {"CPU": 64.0, "GPU": 8.0},
            2,
            Workers(2, 1, 4),
        ),
        ([{"judge": "vllm"}], {"CPU": 8.0}, 2, Workers(2, 1, 0)),
        ([{"judge": "somebody's"}], {}, 0, Workers(1, 1, 0)),
    ],
)
def test_the_pool_fits_the_cascade_and_the_cluster(tiers, cluster, nodes, expected):
    assert workers_for(tiers, cluster, nodes) == expected


def test_batches_are_for_the_local_engine(tmp_path):
    spec = api.load_cascade(cascade(tmp_path, "http://unused")).through_batches()
    with pytest.raises(ConfigError, match="--engine local"):
        api.score(items(1), tmp_path / "run", cascade=spec, engine="ray")


@pytest.mark.ray
def test_a_free_judge_on_two_nodes(cluster, tmp_path):
    import ray

    seen = []
    local, remote = tmp_path / "local", tmp_path / "ray"
    api.score(items(), local)
    scored = api.score(items(), remote, engine="ray", report=seen.append)
    same_run(local, remote)
    assert scored.progress.done == PROMPTS == seen[-1].done and len(seen) == 3
    actors = ray._private.state.actors().values()
    nodes = {a["Address"]["NodeID"] for a in actors if "MapWorker" in a["ActorClassName"]}
    assert len(nodes) == 2


@pytest.mark.ray
def test_an_endpoint_is_asked_once_whichever_engine_resumes(cluster, tmp_path):
    with ChatServer() as server:
        path = cascade(tmp_path, server.url)
        local, remote = tmp_path / "local", tmp_path / "ray"
        api.score(items(), remote, cascade=path, engine="ray")
        assert sum(server.calls.values()) == PROMPTS and set(server.calls.values()) == {1}
        api.score(items(), local, cascade=path)
        same_run(local, remote)
        before = server.calls.copy()
        api.score(items(), remote, cascade=path)
        api.score(items(), local, cascade=path, engine="ray")
        assert server.calls == before
        same_run(local, remote)


@pytest.mark.ray
@pytest.mark.vllm
def test_an_engine_inside_a_worker(cluster, tmp_path):
    path = tmp_path / "cascade.yaml"
    path.write_text(yaml.safe_dump({"tiers": [{"judge": "lexical"}, {"judge": "vllm", **SPEC}]}))
    few = items(120)  # one block, so one worker: the machine has room for one engine
    api.score(few, tmp_path / "ray", cascade=path, engine="ray")
    api.score(few, tmp_path / "local", cascade=path)
    same_run(tmp_path / "local", tmp_path / "ray")


@pytest.mark.ray
def test_one_budget_holds_for_all_workers(cluster, tmp_path):
    with ChatServer(latency=0.01) as server:
        path, folder = cascade(tmp_path, server.url), tmp_path / "run"
        with pytest.raises(BudgetSpent, match="budget of 100 calls"):
            api.score(items(), folder, cascade=path, engine="ray", max_calls=100)
        assert not (folder / "verdicts.jsonl").exists()
        assert sum(server.calls.values()) <= 100
        kept = answered(folder)
        assert kept <= 100
        api.score(items(), folder, cascade=path, engine="ray")
        assert answered(folder) == PROMPTS
        assert sum(server.calls.values()) - PROMPTS <= 100 - kept


@pytest.mark.ray
def test_an_error_of_a_worker_is_one_line_here(cluster, tmp_path):
    path = cascade(tmp_path, rubrics={"forget": "forgetting"})
    with pytest.raises(ConfigError, match="no rubric for split 'retain'") as caught:
        api.score(items(), tmp_path / "run", cascade=path, engine="ray")
    assert "\n" not in str(caught.value)


@pytest.mark.ray
def test_a_killed_worker_is_replaced_and_loses_no_answer(cluster, tmp_path):
    import ray

    with ChatServer(latency=0.05) as server:
        path, folder = cascade(tmp_path, server.url), tmp_path / "run"

        def kill() -> None:
            while sum(server.calls.values()) < 60:
                time.sleep(0.02)
            actors = ray._private.state.actors().values()
            alive = [a for a in actors if "MapWorker" in a["ActorClassName"] and a["State"] == "ALIVE"]
            os.kill(alive[0]["Pid"], signal.SIGKILL)

        killer = threading.Thread(target=kill)
        killer.start()
        scored = api.score(items(), folder, cascade=path, engine="ray")
        killer.join()
        assert scored.progress.done == PROMPTS and answered(folder) == PROMPTS
        # asked again is only what was on its way to the killed worker, or had come in but not yet been handed
        # to the actor: at most one of each on every connection
        assert sum(server.calls.values()) - PROMPTS <= 2 * 8
        api.score(items(), tmp_path / "local", cascade=path)
        same_run(tmp_path / "local", folder)


DRIVER = """
import sys, ray
from pathlib import Path
from judgekit import api
from tests.engine.test_ray import items
ray.init(address=sys.argv[1], log_to_driver=False)
api.score(items(), sys.argv[2], cascade=sys.argv[3], engine="ray")
"""


@pytest.mark.ray
def test_ctrl_c_waits_for_what_is_under_way_and_keeps_it(cluster, tmp_path):
    with ChatServer(latency=0.2) as server:
        path, folder = cascade(tmp_path, server.url), tmp_path / "run"
        driver = subprocess.Popen(
            [sys.executable, "-c", DRIVER, cluster.address, str(folder), str(path)],
            stderr=subprocess.PIPE,
            text=True,
        )
        until = time.monotonic() + 120
        while sum(server.calls.values()) < 100:
            assert driver.poll() is None and time.monotonic() < until
            time.sleep(0.02)
        driver.send_signal(signal.SIGINT)
        _, said = driver.communicate(timeout=60)
        assert said.rstrip().endswith("KeyboardInterrupt")
        wait_until_free(folder)
        assert 100 <= answered(folder) == sum(server.calls.values()) < PROMPTS
        api.score(items(), folder, cascade=path, engine="ray")
        assert sum(server.calls.values()) == PROMPTS and set(server.calls.values()) == {1}


@pytest.mark.ray
def test_a_killed_driver_loses_no_answer(cluster, tmp_path):
    with ChatServer(latency=0.05) as server:
        path, folder = cascade(tmp_path, server.url), tmp_path / "run"
        driver = subprocess.Popen([sys.executable, "-c", DRIVER, cluster.address, str(folder), str(path)])
        until = time.monotonic() + 120
        while sum(server.calls.values()) < 100:
            assert driver.poll() is None and time.monotonic() < until
            time.sleep(0.02)
        driver.kill()
        driver.wait()
        assert not (folder / "verdicts.jsonl").exists()
        wait_until_free(folder)
        kept, asked = answered(folder), sum(server.calls.values())
        assert 0 < kept <= asked
        scored = api.score(items(), folder, cascade=path, engine="ray")
        assert scored.progress.done == PROMPTS
        assert sum(server.calls.values()) - asked == PROMPTS - kept
