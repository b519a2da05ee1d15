"""Drawing a pool: fair, settled in a file before anybody answers, and the same when the command is given again."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from judgekit import api
from judgekit.calibration.pool import Pool, pool_file
from judgekit.errors import ConfigError, InputError
from judgekit.labeling.draw import draw
from judgekit.labeling.path import Along
from judgekit.records import LabelRow
from tests.cli.test_queue import outputs
from tests.report.make_runs import make_run


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two judged runs of the same 60 questions."""
    folder = tmp_path_factory.mktemp("draw")
    for method in ("npo", "original"):
        api.score(outputs(folder / f"{method}.jsonl", method, 60), folder / "runs" / method)
    return [folder / "runs" / method for method in ("npo", "original")]


def label(path: Path, pool: Pool, count: int) -> None:
    """Write labels of the first items of a pool."""
    with path.open("a") as file:
        for item in pool.items[:count]:
            row = LabelRow(
                id=item.id,
                model=item.model,
                method=item.method,
                annotator="ann",
                label="leaked",
                rubric=pool.rubric,
                pool=pool.fingerprint,
            )
            file.write(json.dumps(row.to_row()) + "\n")


def test_a_pool_is_one_output_a_question_at_random(runs: list[Path], tmp_path: Path) -> None:
    drawn = draw(runs, tmp_path / "l.jsonl", "path", agreement=0.8, size=40)
    assert len(drawn.pool.items) == len(drawn.pool.questions) == 40
    assert {item.method for item in drawn.pool.items} == {"npo", "original"}
    assert [task.item.key for task in drawn.tasks] == [item.key for item in drawn.pool.items]
    assert Pool.load(pool_file(tmp_path / "l.jsonl")) == drawn.pool, "written before anybody answers"
    times: Counter[tuple[str, str, str]] = Counter()
    for kind in ("path", "items"):
        for seed in range(40):
            (folder := tmp_path / f"{kind}{seed}").mkdir()
            promise: dict[str, Any] = {"agreement": 0.8} if kind == "path" else {}
            again = draw(runs, folder / "l.jsonl", kind, size=30, seed=seed, **promise)  # type: ignore[arg-type]
            times.update(item.key for item in again.pool.items)
    assert len(times) == 120 and max(times.values()) < 45, "each output in about a quarter of the draws"


def test_the_same_command_goes_on_with_the_same_pool(runs: list[Path], tmp_path: Path) -> None:
    labels = tmp_path / "l.jsonl"
    first = draw(runs, labels, "path", agreement=0.8, size=20)
    label(labels, first.pool, 5)
    for kind, wanted in (("path", {"agreement": 0.8, "size": 20}), ("path", {"agreement": 0.8}), (None, {})):
        again = draw(runs, labels, kind, **wanted)  # type: ignore[arg-type]
        assert again.pool == first.pool and again.tasks == first.tasks


@pytest.mark.parametrize(
    ("kind", "wanted", "said"),
    [
        ("path", {"agreement": 0.85}, "drawn with agreement 0.8, not 0.85"),
        ("path", {"agreement": 0.8, "delta": 0.05}, "drawn with delta 0.1, not 0.05"),
        ("path", {"agreement": 0.8, "size": 10}, "the pool has 20 items, not 10"),
        ("path", {"agreement": 0.8, "per_label": {"leaked": 0.95}}, "drawn with per_label"),
        ("path", {"agreement": 0.8, "rubric": "utility"}, "drawn with rubric forgetting, not utility"),
        ("open", {}, "for a promise .--agreement., not for open items"),
    ],
)
def test_another_promise_on_the_same_labels_is_refused(
    runs: list[Path], tmp_path: Path, kind: Any, wanted: dict[str, Any], said: str
) -> None:
    labels = tmp_path / "l.jsonl"
    draw(runs, labels, "path", agreement=0.8, size=20)
    with pytest.raises(InputError, match=f"l.pool.json: .*{said}.*another file"):
        draw(runs, labels, kind, **wanted)


def test_a_later_pool_has_no_question_of_an_earlier_one(runs: list[Path], tmp_path: Path) -> None:
    first = draw(runs, tmp_path / "a.jsonl", "path", agreement=0.8, size=20)
    label(tmp_path / "a.jsonl", first.pool, 3)  # most of its items are not labeled
    second = draw(runs, tmp_path / "b.jsonl", "path", agreement=0.8)
    assert len(second.pool.items) == 40 and not second.pool.questions & first.pool.questions


def test_the_rest_is_what_the_path_did_not_ask(runs: list[Path], tmp_path: Path) -> None:
    first = draw(runs, tmp_path / "a.jsonl", "path", agreement=0.8, size=20)
    label(tmp_path / "a.jsonl", first.pool, 12)
    rest = draw(runs, tmp_path / "b.jsonl", "rest", size=5)
    assert rest.pool.kind == "rest" and rest.pool.items == first.pool.items[12:17]
    with pytest.raises(InputError, match="no pool of a promise stands beside"):
        draw(runs, tmp_path / "elsewhere" / "b.jsonl", "rest", size=5)


def test_what_cannot_be_drawn_is_one_line(runs: list[Path], tmp_path: Path) -> None:
    labels = tmp_path / "l.jsonl"
    with pytest.raises(ConfigError, match="say what the labels are for"):
        draw(runs, labels, None)
    with pytest.raises(InputError, match="nothing is left to label"):
        draw(runs, labels, "open")
    with pytest.raises(InputError, match="no verdict is under a promise"):
        draw(runs, labels, "verdicts")
    label(labels, draw(runs, tmp_path / "other.jsonl", "items", size=3).pool, 3)
    with pytest.raises(InputError, match=r"holds labels, and no pool stands beside it \(l.pool.json\)"):
        draw(runs, labels, "items", size=3)
    draw(runs, tmp_path / "m.jsonl", "items")
    with pytest.raises(InputError, match="items are in none of the runs given"):
        draw(runs[:1], tmp_path / "m.jsonl", None)


def test_a_pool_is_as_large_as_the_wanted_labels_take(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", "original", forget=500, keep=4)
    sizes = []
    for number, wanted in enumerate((50, 100, 200)):
        (folder := tmp_path / f"{number}").mkdir()
        drawn = draw(run, folder / "l.jsonl", "path", rubric="forgetting", agreement=0.95, wanted=wanted)
        asked = Along.of(drawn.tasks, "", drawn.pool, (run,)).labels_at_most
        sizes.append(len(drawn.pool.items))
        assert wanted <= sizes[-1] and asked <= sizes[-1]
    assert sizes == sorted(set(sizes)), "more labels, a larger pool"
    drawn = draw(run, tmp_path / "all.jsonl", "path", rubric="forgetting", agreement=0.95, wanted=5000)
    assert len(drawn.pool.items) == 500, "all there are"
