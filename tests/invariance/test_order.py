"""Verdicts and calibrations do not hang on the order of items, the size of blocks, concurrency, or where a run stopped."""

from __future__ import annotations

import json
import random
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from judgekit import api
from judgekit.calibration.calibrate import calibrate
from judgekit.calibration.record import Calibration
from judgekit.cascade import decide
from judgekit.engine import local
from judgekit.errors import BudgetSpent
from judgekit.records import Evidence, EvidenceRow, HumanLabel, Item
from tests.calibration.pools import LABELS, world
from tests.judges.asking import some_items
from tests.judges.server import ChatServer

DEMO = Path(__file__).resolve().parents[2] / "calibration" / "demo"
KINDS: list[dict[str, Any]] = [
    {"agreement": 0.8},
    {"agreement": 0.8, "per_label": {"yes": 0.75}},
    {"at_most": {"yes:no": 0.3}},
    {"agreement": 0.7, "people": "random"},
    {"agreement": 0.75, "group_by": "split"},
    {"agreement": 0.7, "per": "item"},
    {"agreement": 0.8, "costs": {"small": 1.0, "large": 10.0}, "max_mean_cost": 8.0},
]


def tied(count: int = 300, seed: int = 0) -> list[EvidenceRow]:
    """Labeled rows with many ties: opinions of two digits, three outputs to some questions, people who differ."""
    rows, truth = world(count, seed)
    draw = random.Random(seed)
    found = []
    for i, row in enumerate(rows):
        tiers = {
            tier: Evidence(probs=dict(zip(LABELS, (round(p, 1), round(1 - round(p, 1), 1)), strict=True)))
            for tier, p in ((tier, said.probs["no"]) for tier, said in row.tiers.items())
        }
        people = [truth[row.key] if draw.random() < 0.9 else draw.choice(LABELS) for _ in range(3)]
        human = tuple(HumanLabel(annotator=str(k), label=label) for k, label in enumerate(people))
        question = f"q{i // 3}" if i % 2 else row.question_id
        labels = {"human": human} if i % 5 else {}
        found.append(row.model_copy(update={"tiers": tiers, "question_id": question, **labels}))
    return found


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 2**32), kind=st.sampled_from(KINDS), data=st.integers(0, 3))
def test_a_calibration_is_the_same_in_any_order_of_its_rows(
    seed: int, kind: dict[str, Any], data: int
) -> None:
    rows = tied(seed=data)
    mixed = random.Random(seed).sample(rows, len(rows))
    once, again = (calibrate(some, **kind) for some in (rows, mixed))
    assert again.to_row() == once.to_row()
    assert again.fingerprint == once.fingerprint


def test_a_calibration_is_the_same_in_any_order_of_its_runs_and_labels(tmp_path: Path) -> None:
    folders, labels = [], tmp_path / "labels.jsonl"
    for name in ("original", "unlearned", "collapsed"):
        source = DEMO / f"{name}.jsonl"
        folders.append(api.score(source, tmp_path / name, limit=150).folder)
    given_labels = (DEMO / "labels.jsonl").read_text("utf-8").splitlines(keepends=True)
    made = []
    for order, seed in ((folders, 0), (folders[::-1], 1)):
        labels.write_text("".join(random.Random(seed).sample(given_labels, len(given_labels))), "utf-8")
        one = api.calibrate(
            [f"{run}/evidence.jsonl" for run in order], rubric="forgetting", labels=labels, agreement=0.8
        )
        row = one.to_row()
        row.pop("origin", None)  # the digests of the files, which are others
        made.append((one.fingerprint, row))
    assert made[0] == made[1]


def said_of(run: Path) -> dict[str, tuple[str, str]]:
    """Evidence, without the time it took, and verdict of every item, as they are written."""
    evidence = [json.loads(text) for text in (run / "evidence.jsonl").read_text("utf-8").splitlines()]
    for row in evidence:
        for tier in row["tiers"].values():
            tier.pop("seconds", None)
    verdicts = (run / "verdicts.jsonl").read_text("utf-8").splitlines()
    return {row["id"]: (json.dumps(row), verdict) for row, verdict in zip(evidence, verdicts, strict=True)}


def scored(items: Sequence[Item], block: int, **options: Any) -> dict[str, tuple[str, str]]:
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(local, "BLOCK", block)
        return said_of(api.score(list(items), Path(folder) / "run", **options).folder)


@pytest.fixture(scope="module")
def demo() -> tuple[list[Item], Calibration, dict[str, tuple[str, str]]]:
    """Items of the demo, a calibration with a guard for them, and what is said of them at once."""
    items = [
        item.model_copy(
            update={"id": f"{name}-{item.id}", "question_id": f"{name}-{item.id}", "split": "forget"}
        )
        for name in ("original", "unlearned", "collapsed")
        for item in list(api.read(DEMO / f"{name}.jsonl"))[:80]
    ]
    twice = [
        item.model_copy(update={"id": f"again-{item.id}"}) for item in items[:40]
    ]  # the same, word for word
    with tempfile.TemporaryDirectory() as folder:
        run = api.score([*items, *twice], Path(folder) / "run", rubric="forgetting").folder
        rows = list(api.score([*items, *twice], run, rubric="forgetting").evidence)
    labeled = [
        row.model_copy(update={"human": (HumanLabel(annotator="a", label=row.tiers["lexical"].label or ""),)})
        if i < 110
        else row
        for i, row in enumerate(rows)
    ]
    made = calibrate(labeled, agreement=0.8, delta=0.2)
    assert made.ood is not None
    assert made.certified
    return [*items, *twice], made, {}


@settings(max_examples=5, deadline=None)
@given(seed=st.integers(0, 2**32), block=st.sampled_from([1, 2, 7, 64, 999]))
def test_the_lexical_judge_says_the_same_in_any_order_and_block(
    demo: tuple[list[Item], Calibration, dict[str, tuple[str, str]]], seed: int, block: int
) -> None:
    items, made, known = demo
    with tempfile.TemporaryDirectory() as folder:
        made.save(Path(folder) / "made.json")
        options: dict[str, Any] = {"rubric": "forgetting", "calibrations": [Path(folder) / "made.json"]}
        if not known:
            known.update(scored(items, 2048, **options))
        mixed = random.Random(seed).sample(items, len(items))
        assert scored(mixed, block, **options) == known


@settings(max_examples=6, deadline=None)
@given(seed=st.integers(0, 2**32), block=st.sampled_from([1, 3, 50, 4096]), kind=st.sampled_from(KINDS))
def test_decisions_are_the_same_in_any_order_and_block(seed: int, block: int, kind: dict[str, Any]) -> None:
    rows = tied()
    made = calibrate(rows, **kind)
    once = {row.id: row for row in api.decide(rows, made)}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(decide, "_BLOCK", block)
        again = {row.id: row for row in api.decide(random.Random(seed).sample(rows, len(rows)), made)}
    assert again == once


@pytest.fixture(scope="module")
def server() -> Any:
    with ChatServer(latency=0.001) as running:
        yield running


@pytest.fixture(scope="module")
def undisturbed(server: ChatServer, tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[str, str]]:
    folder = tmp_path_factory.mktemp("undisturbed")
    return said_of(api.score(some_items(60), folder / "run", cascade=asking(server, 8)).folder)


def asking(server: ChatServer, concurrency: int) -> dict[str, Any]:
    judge = {
        "judge": "openai",
        "model": "tiny",
        "base_url": server.url,
        "max_concurrency": concurrency,
        "timeout": 5,
    }
    return {"tiers": [judge], "rubrics": {"*": "forgetting"}}


@settings(max_examples=6, deadline=None)
@given(
    stops=st.lists(st.integers(1, 119), max_size=4, unique=True),
    concurrency=st.sampled_from([1, 3, 64]),
    seed=st.integers(0, 2**32),
)
def test_a_run_that_stops_and_goes_on_anywhere_ends_as_one_that_does_not(
    server: ChatServer, undisturbed: dict[str, tuple[str, str]], stops: list[int], concurrency: int, seed: int
) -> None:
    draw = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        run = Path(folder) / "run"
        before = server.calls.total()
        for calls in sorted(stops):
            with pytest.raises(BudgetSpent):
                items = draw.sample(some_items(60), 60)  # in another order every time
                api.score(items, run, cascade=asking(server, concurrency), max_calls=calls)
        api.score(some_items(60), run, cascade=asking(server, concurrency))
        assert said_of(run) == undisturbed
        assert server.calls.total() - before == 120  # 60 items in both orders of options, each asked once


def test_a_run_in_a_thread_beside_a_running_loop_says_the_same(
    server: ChatServer, undisturbed: dict[str, tuple[str, str]], tmp_path: Path
) -> None:
    import asyncio

    async def within() -> Path:
        return api.score(some_items(60), tmp_path / "run", cascade=asking(server, 4)).folder

    assert said_of(asyncio.run(within())) == undisturbed


@pytest.mark.ray
@pytest.mark.slow
def test_ray_says_the_same(
    server: ChatServer, undisturbed: dict[str, tuple[str, str]], tmp_path: Path
) -> None:
    pytest.importorskip("ray")
    done = api.score(some_items(60), tmp_path / "run", cascade=asking(server, 4), engine="ray")
    assert said_of(done.folder) == undisturbed
    items = list(api.read(DEMO / "unlearned.jsonl"))
    folders = [
        api.score(items, tmp_path / engine, engine=engine).folder  # type: ignore[arg-type]
        for engine in ("local", "ray")
    ]
    assert said_of(folders[0]) == said_of(folders[1])
