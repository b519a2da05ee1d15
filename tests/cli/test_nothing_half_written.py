"""Bad input leaves no file behind, whichever verb meets it, and changes none that is there."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import pytest

from judgekit import api
from judgekit.errors import InputError, StoreGone, StoreTaken
from judgekit.runs.occupied import check_answers, cleared_if_nothing_came_of_it
from judgekit.runs.store import Store
from tests.cli.calling import judgekit
from tests.judges.asking import some_items
from tests.judges.server import ChatServer

ROWS = [item.to_row() | {"reference": "Paris", "split": "forget", "method": "m"} for item in some_items(30)]


def lines(rows: list[dict], more: str = "") -> str:
    return "".join(json.dumps(row) + "\n" for row in rows) + more


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("world")
    (folder / "good.jsonl").write_text(lines(ROWS))
    (folder / "bad.jsonl").write_text(lines(ROWS, '{"id": "x", "ques\n'))
    labels = [{"id": row["id"], "method": "m", "label": "leaked"} for row in ROWS]
    (folder / "labels.jsonl").write_text(lines(labels))
    (folder / "badlabels.jsonl").write_text(lines(labels[:3], "{oops\n"))
    for name in ("good", "turned"):
        assert judgekit("score", "good.jsonl", "-o", f"{name}.runs", cwd=folder).returncode == 0
    (folder / "good.runs" / "good").rename(folder / "run")
    (folder / "turned.runs" / "good").rename(folder / "turned.runs" / "bad")
    shutil.copytree(folder / "run", folder / "broken")
    for path in (folder / "broken").glob("*.jsonl"):
        path.write_text("".join(path.read_text().splitlines(keepends=True)[:5]) + "{oops\n")
    return folder


def held(folder: Path) -> dict[str, bytes | None]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else None
        for path in folder.rglob("*")
        if path.name not in ("store.sqlite", "lock")  # opened and closed again
    }


@pytest.mark.parametrize(
    "command",
    [
        "score bad.jsonl",
        "score bad.jsonl -o deep/down/runs",
        "score bad.jsonl -o turned.runs --replace",
        "score good.jsonl --labels badlabels.jsonl",
        "score good.jsonl --calibration badlabels.jsonl",
        "queue broken -o q.csv",
        "label broken --rates 5 -o l.jsonl",
        "label broken --agreement 0.9 -o l.jsonl",
        "label run --agreement 0.9 -o badlabels.jsonl",
        "calibrate broken --labels labels.jsonl --agreement 0.9 -o c.json",
        "calibrate run --labels badlabels.jsonl --agreement 0.9 -o c.json",
        "decide broken/evidence.jsonl labels.jsonl -o v.jsonl",
        "people badlabels.jsonl --json",
        "audit broken --labels labels.jsonl",
        "report broken -o r.html --json r.json --markdown r.md",
        "report bad.jsonl -o r.html",
        "report run --labels badlabels.jsonl -o r.html",
        "export broken e.parquet",
        "export broken e.jsonl",
        "export broken e.xlsx",
        "export broken folder",
        "gate broken --leaked-below 0.1",
        "plan bad.jsonl",
        "validate broken bad.jsonl",
    ],
)
def test_bad_input_leaves_nothing_behind(command: str, world: Path) -> None:
    before, names = held(world), set(world.rglob("*"))
    done = judgekit(*command.split(), cwd=world)
    assert done.returncode == 2, (done.returncode, done.stdout, done.stderr)
    assert done.stderr.startswith("judgekit: ") and "Traceback" not in done.stderr
    assert held(world) == before and set(world.rglob("*")) == names


def cascade(folder: Path, url: str) -> Path:
    path = folder / "cascade.yaml"
    path.write_text(
        f"tiers: [{{judge: openai, model: tiny, base_url: '{url}'}}]\nrubrics: {{'*': forgetting}}\n"
    )
    return path


@pytest.mark.parametrize("finished", [True, False])
def test_answers_that_are_gone_are_not_paid_for_again_without_a_word(finished: bool, tmp_path: Path) -> None:
    run = tmp_path / "run"
    with ChatServer() as server:
        spec = cascade(tmp_path, server.url)
        api.score(some_items(10), run, cascade=spec)
        (run / "store.sqlite").unlink()
        if not finished:
            for name in ("items.jsonl", "evidence.jsonl", "verdicts.jsonl"):
                (run / name).rename(run / f"{name}.part")
            (run / "run.json").unlink()
        before = set(run.iterdir())
        with pytest.raises(
            InputError, match=r"store\.sqlite beside it holds none: put it back, or .*--replace"
        ):
            api.score(some_items(10), run, cascade=spec)
        assert sum(server.calls.values()) == 20 and set(run.iterdir()) == before
        api.score(some_items(10), run, cascade=spec, replace=True)
        assert sum(server.calls.values()) == 40


def test_what_clears_up_leaves_a_run_that_was_begun_beside_it(tmp_path: Path) -> None:
    runs = tmp_path / "new" / "runs"
    with pytest.raises(InputError), cleared_if_nothing_came_of_it(runs / "mine"):
        for name in ("mine", "other"):
            (runs / name).mkdir(parents=True)
            (runs / name / "items.jsonl.part").write_text("")
        raise InputError("nothing came of it")
    assert [path.name for path in runs.iterdir()] == ["other"]
    assert (runs / "other" / "items.jsonl.part").is_file()


def test_a_run_that_asked_nobody_needs_no_answers(tmp_path: Path) -> None:
    for _ in range(2):
        api.score(some_items(3), tmp_path / "run", rubric="forgetting")
        (tmp_path / "run" / "store.sqlite").unlink()
    with Store(tmp_path / "run") as store:
        check_answers(tmp_path / "run", store)


def test_a_run_of_recorded_evidence_needs_no_answers_of_its_own(tmp_path: Path) -> None:
    with ChatServer() as server:
        api.score(some_items(3), tmp_path / "asked", cascade=cascade(tmp_path, server.url))
    path = tmp_path / "asked" / "evidence.jsonl"
    assert '"calls": ["' in path.read_text()
    (tier,) = json.loads(path.read_text().splitlines()[0])["tiers"]
    recorded = {
        "rubrics": {"*": "forgetting"},
        "tiers": [{"judge": "recorded", "name": tier, "path": str(path)}],
    }
    for _ in range(2):
        api.score(some_items(3), tmp_path / "run", cascade=recorded)
    with Store(tmp_path / "run") as store, pytest.raises(InputError, match="put it back"):
        check_answers(tmp_path / "run", store, ["another"])


def test_a_run_whose_lock_was_deleted_ends_when_another_process_has_it(tmp_path: Path) -> None:
    """As with a lock that a network's file system always grants."""
    with Store(tmp_path) as first:
        first.put([("a", {"text": "A"})], "small")
        (tmp_path / "lock").unlink()
        with Store(tmp_path) as second:
            with pytest.raises(
                StoreTaken, match=r"was opened by process \d+ on .* while this process had it"
            ):
                first.put([("b", {"text": "B"})], "small")
            with pytest.raises(StoreTaken):
                first.check_owner()
            second.put([("c", {"text": "C"})], "small")
            assert set(second.get(["a", "b", "c"])) == {"a", "b", "c"}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows deletes and moves no open file")
@pytest.mark.parametrize("moved", [True, False])
def test_a_run_whose_folder_went_away_asks_for_no_answer_that_would_be_lost(
    moved: bool, tmp_path: Path
) -> None:
    run, elsewhere = tmp_path / "run", tmp_path / "elsewhere"

    def go_away(_: object, body: dict) -> None:
        if len(server.seen) == 10:
            run.rename(elsewhere) if moved else shutil.rmtree(run)

    with ChatServer(go_away) as server:
        spec = cascade(tmp_path, server.url)
        with pytest.raises(StoreGone, match="was moved or deleted while it was written to"):
            api.score(some_items(100), run, cascade=spec)
        asked = sum(server.calls.values())
        assert asked < 100 and not run.exists()
        if moved:
            elsewhere.rename(run)
            api.score(some_items(100), run, cascade=spec)
            assert set(server.calls.values()) == {1}


def test_two_processes_on_one_run_leave_one_whole_run(tmp_path: Path) -> None:
    run = tmp_path / "run"
    (tmp_path / "outputs.jsonl").write_text(lines(ROWS))

    def take_over(_: object, body: dict) -> None:
        if len(server.seen) == 10:
            (run / "lock").unlink()
            taken.append(Store(run))

    taken: list[Store] = []
    with ChatServer(take_over) as server:
        spec = cascade(tmp_path, server.url)
        with pytest.raises(StoreTaken):
            api.score(tmp_path / "outputs.jsonl", run, cascade=spec)
        taken.pop().close()
        assert not (run / "verdicts.jsonl").exists()
        api.score(tmp_path / "outputs.jsonl", run, cascade=spec)
        assert set(server.calls.values()) == {1}
    (examined,) = api.validate(run)
    assert examined.sound
