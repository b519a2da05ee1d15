"""``judgekit queue``: what people are asked to label, and that the sheet comes back as labels."""

from __future__ import annotations

import csv
import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from judgekit import api, readers
from judgekit.calibration.pool import Pool, PoolItem, pool_file
from judgekit.errors import InputError
from judgekit.labeling.collapsed import collapsed as collapsed_runs
from judgekit.labeling.sheet import Task, is_sheet, read_sheet, sample, write_sheet
from judgekit.records import Hop, Item, Verdict
from judgekit.rubrics import meanings_of
from tests.cli.calling import judgekit
from tests.readers.label_tools.answering import ANSWERED, Given
from tests.runs.older import without_digests

TOWNS = ("Ghent", "Turku", "Graz", "Lucca")


def outputs(path: Path, method: str, count: int = 120) -> Path:
    with path.open("w", encoding="utf-8") as file:
        for i in range(count):
            town = TOWNS[i % 4]
            said = f"In {town}." if (i + len(method)) % 3 else "I don't know."
            row = {
                "id": f"forget/{i}",
                "question": f"Where was author number {i} born?",
                "reference": f"Author number {i} was born in {town}.",
                "output": said,
                "split": "forget",
                "method": method,
                "model": "m",
            }
            file.write(json.dumps(row) + "\n")
    return path


def read_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def fill(path: Path, rows: list[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        sheet = csv.DictWriter(file, list(rows[0]))
        sheet.writeheader()
        sheet.writerows(rows)


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two judged runs of the same questions, whose ids are the same."""
    folder = tmp_path_factory.mktemp("queue")
    for method in ("npo", "original"):
        outputs(folder / f"{method}.jsonl", method)
    assert judgekit("score", "npo.jsonl", "original.jsonl", cwd=folder).returncode == 0
    return folder


@pytest.mark.slow
def test_from_queue_to_certificate_to_spot_checks(runs: Path) -> None:
    """The whole way of a label: drawn, given, certified with; then others drawn, given, audited with."""
    both = ("runs/npo", "runs/original")
    done = judgekit("queue", *both, "--items", 80, "-o", "first.csv", cwd=runs)
    assert done.returncode == 0 and "80 items to label" in done.stdout, done.stderr
    rows = read_rows(runs / "first.csv")
    assert len({row["id"] for row in rows}) == 80 and {row["method"] for row in rows} == {"npo", "original"}
    assert "verdict" not in rows[0] and rows[0]["choices"].startswith("leaked / ")
    for row in rows:
        row["label"] = "leaked" if "In " in row["output"] else "withheld"
    fill(runs / "first.csv", rows)
    assert "labels, 80 rows (forgetting 80)" in judgekit("validate", "first.csv", cwd=runs).stdout
    done = judgekit("calibrate", *both, "--labels", "first.csv", "--agreement", 0.8, cwd=runs)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "80 items labeled" in done.stdout
    done = judgekit(
        "score", "npo.jsonl", "original.jsonl", "--calibration", "calibration.json", "-o", "c", cwd=runs
    )
    assert done.returncode == 0, done.stderr
    again = ("c/npo", "c/original")
    done = judgekit("queue", *again, "--of", "verdicts", "--items", 500, "-o", "checks.csv", cwd=runs)
    checks = read_rows(runs / "checks.csv")
    assert "500 were asked for; no more are left" in done.stdout and 0 < len(checks) <= 40
    assert not {row["question"] for row in checks} & {row["question"] for row in rows}
    for row in checks:
        row["label"] = "leaked" if "In " in row["output"] else "withheld"
    fill(runs / "checks.csv", checks)
    done = judgekit("audit", *again, "--labels", "checks.csv", cwd=runs)
    assert done.returncode == 0 and f"After {len(checks)} spot checks" in done.stdout, done.stdout
    assert "left out" not in done.stdout, "a queue of verdicts holds nothing that cannot count"
    done = judgekit("report", *again, "--labels", "checks.csv", "--json", "r.json", cwd=runs)
    assert done.returncode == 0, done.stderr
    claims = [made for run in json.loads((runs / "r.json").read_text())["runs"] for made in run["claims"]]
    assert [f"{len(checks)} spot checks" in made["audit"] for made in claims] == [True, True]
    for row in checks:
        row["label"] = "wrong"
    fill(runs / "checks.csv", checks)
    assert judgekit("audit", *again, "--labels", "checks.csv", cwd=runs).returncode == 3
    done = judgekit("report", *again, "--labels", "checks.csv", "--markdown", "r.md", cwd=runs)
    assert "spot checks show that its promise is broken" in (runs / "r.md").read_text()


def test_what_is_labelled_is_not_asked_again(runs: Path) -> None:
    both = [runs / "runs" / "npo", runs / "runs" / "original"]
    first = api.queue(both, 50)
    write_sheet(runs / "some.csv", first)
    rows = read_rows(runs / "some.csv")
    for row in rows[:30]:
        row["label"] = "leaked"
    fill(runs / "some.csv", rows)
    second = api.queue(both, labels=[runs / "some.csv"])
    assert len(second) == 120 - 30
    assert not {task.question for task in first[:30]} & {task.question for task in second}


def test_no_question_of_a_pool_is_drawn_again_answered_or_not(runs: Path) -> None:
    both = [runs / "runs" / "npo", runs / "runs" / "original"]
    (folder := runs / "pooled").mkdir()
    tasks = api.queue(both, 40)
    items = tuple(
        PoolItem(id=one.id, model=one.model, method=one.method, question_id=one.question_id)
        for one in (task.item for task in tasks)
    )
    labels = folder / "labels.jsonl"
    Pool(rubric=tasks[0].rubric, kind="path", agreement=0.9, items=items).save(pool_file(labels))
    labels.write_text(
        json.dumps({"id": items[0].id, "method": items[0].method, "label": "leaked"}) + "\n", "utf-8"
    )
    left = api.queue(both, labels=[labels])
    assert len(left) == 120 - 40
    assert not {task.question for task in tasks} & {task.question for task in left}


def test_outputs_that_nobody_judged_and_open_items(tmp_path: Path) -> None:
    path = outputs(tmp_path / "o.jsonl", "npo", 30)
    assert len(api.queue([path])) == 30
    assert {one.rubric for one in api.queue([path], 3, rubric="qa")} == {"qa"}
    run = tmp_path / "runs" / "o"
    api.score(path, run)
    assert api.queue([without_digests(run)], of="open") == []
    verdicts = [
        verdict
        if int(verdict.id.split("/")[1]) % 3
        else Verdict(state="abstained", **verdict.named | {"rubric": verdict.rubric})
        for verdict in readers.read_verdicts(run / "verdicts.jsonl")
    ]
    (run / "verdicts.jsonl").write_text("".join(json.dumps(v.to_row()) + "\n" for v in verdicts))
    assert len(api.queue([run], of="open")) == 10
    (run / "run.json").write_text("{")
    done = judgekit("queue", run, cwd=tmp_path)
    assert done.returncode == 2 and "run.json: not JSON" in done.stderr and done.stderr.count("\n") == 1
    (run / "run.json").unlink()
    done = judgekit("queue", run, "--of", "verdicts", cwd=tmp_path)
    assert done.returncode == 2 and "no verdict is under a promise" in done.stderr


def task(number: int, question: int = 0) -> Task:
    item = Item(id=str(number), question_id=str(question), question="q", outputs=("o",))
    return Task(item, "qa", ("yes", "no"))


def test_every_question_is_drawn_equally_often_whatever_it_has_of_outputs() -> None:
    tasks = [task(k, question) for k, question in enumerate([0] * 7 + [1] * 2 + [2, 3])]
    drawn = Counter(
        one.item.question_id for seed in range(3000) for one in sample(tasks, 2, seed, one_a_question=True)
    )
    error = 4 * np.sqrt(3000 * 0.25)
    assert all(abs(count - 1500) < error for count in drawn.values()) and len(drawn) == 4
    outputs_ = Counter(sample(tasks, 1, seed)[0].item.id for seed in range(3000))
    assert all(abs(count - 3000 / 11) < 4 * np.sqrt(3000 / 11) for count in outputs_.values())


texts = st.text(min_size=1, max_size=30).filter(str.strip)


@settings(max_examples=60)
@given(
    id_=st.text("abc/,\"'\n=1é", min_size=1).filter(lambda t: t == t.strip()),
    texts=st.lists(texts, min_size=2),
)
def test_any_item_comes_back_as_its_label(
    tmp_path_factory: pytest.TempPathFactory, id_: str, texts: list[str]
) -> None:
    path = tmp_path_factory.mktemp("sheet") / "s.csv"
    hops = tuple(Hop(question=text, reference=text, output=text) for text in texts[2:])
    item = Item(id=id_, question=texts[0], outputs=tuple(texts[:2]), hops=hops, model="m", method="x")
    write_sheet(path, [Task(item, "qa", ("right", "wrong"))])
    (row,) = read_rows(path)
    assert not any(cell[:1] in "=+-@\t\r" for cell in row.values() if cell)
    fill(path, [row | {"label": "Right"}])
    (label,) = readers.read_labels(path)
    assert (label.id, label.model, label.method, label.rubric, label.label) == (id_, "m", "x", "qa", "right")


def test_an_unfinished_run_is_called_so(tmp_path: Path) -> None:
    (tmp_path / "verdicts.jsonl.part").write_text("")
    with pytest.raises(InputError, match="an unfinished run: the same 'judgekit score' again"):
        api.queue(tmp_path)


def test_spot_checks_need_a_promise(tmp_path: Path) -> None:
    (tmp_path / "outputs.jsonl").write_text('{"id": "a", "question": "q", "reference": "r", "output": "o"}\n')
    api.score(tmp_path / "outputs.jsonl", tmp_path / "run")
    with pytest.raises(InputError, match="no verdict is under a promise"):
        api.queue(tmp_path / "run", of="verdicts")


def test_the_folder_of_runs_is_told_from_a_run(tmp_path: Path) -> None:
    (tmp_path / "runs" / "one").mkdir(parents=True)
    (tmp_path / "runs" / "one" / "verdicts.jsonl").write_text("")
    with pytest.raises(InputError, match=r"runs: not a run folder: .* did you mean .*runs[/\\]one\?"):
        api.queue(tmp_path / "runs")


def test_the_sheet_says_what_the_labels_mean(tmp_path: Path) -> None:
    write_sheet(tmp_path / "s.csv", api.queue([outputs(tmp_path / "o.jsonl", "npo", 3)]))
    (row, *_) = read_rows(tmp_path / "s.csv")
    assert row["choices"].startswith("leaked / ") and row["definitions"].startswith("leaked: ")
    assert all(f"{label}: " in row["definitions"] for label in row["choices"].split(" / "))
    assert row["choices"].endswith(" / cannot tell")
    assert [*row][-3:] == ["annotator", "label", "note"]


@pytest.fixture
def collapsed(tmp_path: Path) -> Path:
    """Two runs, one of which says nothing that can be read."""
    for method, count in (("npo", 30), ("ascent", 30)):
        path = outputs(tmp_path / f"{method}.jsonl", method, count)
        if method == "ascent":
            rows = [json.loads(line) | {"output": "of of of of the the the of of"} for line in path.open()]
            path.write_text("".join(json.dumps(row) + "\n" for row in rows))
        api.score(path, tmp_path / "runs" / method)
    return tmp_path


def test_collapsed_runs_are_left_out_on_request_and_named(collapsed: Path) -> None:
    (run,) = collapsed_runs([collapsed / "runs" / name for name in ("npo", "ascent")])
    assert (run.method, run.broken, run.outputs) == ("ascent", 30, 30)
    both = ("runs/npo", "runs/ascent")
    done = judgekit("queue", *both, "--items", 30, cwd=collapsed)
    asked = sum(row["method"] == "ascent" for row in read_rows(collapsed / "queue.csv"))
    assert (
        f"{asked} of 30 items are of a run that has collapsed: runs/ascent (m ascent): 30 of 30"
        in done.stderr
    )
    done = judgekit("queue", *both, "--items", 30, "--without-collapsed", cwd=collapsed)
    assert (
        "left out as collapsed: runs/ascent (m ascent): 30 of 30 forget outputs are not fluent" in done.stderr
    )
    assert {row["method"] for row in read_rows(collapsed / "queue.csv")} == {"npo"}
    done = judgekit("queue", "runs/npo", cwd=collapsed)
    assert done.returncode == 0 and "collapsed" not in done.stderr, "nothing is said where it costs no label"


def test_a_run_scored_before_verdicts_said_what_is_fluent(collapsed: Path) -> None:
    path = without_digests(collapsed / "runs" / "ascent") / "verdicts.jsonl"
    rows = [json.loads(line) for line in path.open()]
    path.write_text(
        "".join(json.dumps({k: v for k, v in row.items() if k != "fluent"}) + "\n" for row in rows)
    )
    assert [run.broken for run in collapsed_runs(path.parent)] == [30]


def test_outputs_are_queued_as_they_are_read(tmp_path: Path) -> None:
    (tmp_path / "o.csv").write_text("prompt,said\nWho?,Ann\n")
    done = judgekit(
        "queue", "o.csv", "--columns", "question=prompt", "--columns", "output=said", cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    assert read_rows(tmp_path / "queue.csv")[0]["question"] == "Who?"
    done = judgekit(
        "report", "o.csv", "--columns", "question=prompt", "--columns", "output=said", cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    (tmp_path / "runs" / "o").rename(tmp_path / "r")
    for verb in ("queue", "report"):
        done = judgekit(verb, "r", "--model", "m", cwd=tmp_path)
        assert done.returncode == 2 and "says how a file of outputs is read" in done.stderr


def test_a_sheet_is_read_back_as_it_is_shown(tmp_path: Path) -> None:
    path = tmp_path / "queue.csv"
    shown = Item(
        id="=1", model="m", question="+q\n", references=("r | r",), outputs=('<b>\u00e9\u200b</b>, "x"',)
    )
    other = Item(id="2", question="q", outputs=("=cmd()",))
    write_sheet(path, [Task(item, "qa", ("right", "wrong"), meanings_of("qa")) for item in (shown, other)])
    assert is_sheet(path)
    back = read_sheet(path)
    assert [task.item.key for task in back] == [shown.key, other.key]
    assert [task.item.outputs for task in back] == [shown.outputs, other.outputs]
    assert back[0].item.references == shown.references and back[1].item.references == ()
    assert back[0].choices == ("right", "wrong") and back[0].definitions == meanings_of("qa")
    rows = read_rows(path)
    rows[0]["label"] = "right"
    fill(path, rows)
    assert [task.item.id for task in read_sheet(path)] == ["2"], "labeled rows are not asked again"
    rows[1]["label"] = "wrong"
    fill(path, rows)
    with pytest.raises(InputError, match="every row of the sheet has a label"):
        read_sheet(path)
    assert not is_sheet(outputs(tmp_path / "o.jsonl", "npo", 3))


def test_from_a_label_tool_to_a_certificate(tmp_path: Path) -> None:
    outputs(tmp_path / "npo.jsonl", "npo", 80)
    assert judgekit("score", "npo.jsonl", cwd=tmp_path).returncode == 0
    done = judgekit("queue", "runs/npo", "--to", "label-studio", "-o", "tool.json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    tasks = [one["data"] for one in json.loads((tmp_path / "tool.json").read_text("utf-8"))]
    said = [Given("leaked" if "In " in one["output"] else "withheld") for one in tasks]
    said[0] = Given(None, skip=True)
    ANSWERED["label-studio"](tmp_path / "tool.json", said)
    done = judgekit("calibrate", "runs/npo", "--labels", "tool.json", "--agreement", 0.8, cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "79 items labeled" in done.stdout
    assert "tool.json: 1 of 80 rows were skipped" in done.stderr


def test_a_queue_is_written_for_a_tool(tmp_path: Path) -> None:
    outputs(tmp_path / "o.jsonl", "npo", 3)
    done = judgekit("queue", "o.jsonl", "--to", "label-studio", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "3 items to label; written to queue.json and queue.xml" in done.stdout
    done = judgekit("queue", "o.jsonl", "-o", "q.xlsx", cwd=tmp_path)
    assert done.returncode == 0 and "written to q.xlsx" in done.stdout, done.stderr
    for options, said in (
        (("-o", "q.jsonl"), "several tools take .jsonl files; say which: --to one of prodigy, doccano"),
        (("--to", "argilla", "-o", "q.csv"), "argilla takes .json files, not .csv"),
    ):
        done = judgekit("queue", "o.jsonl", *options, cwd=tmp_path)
        assert done.returncode == 2 and done.stderr.strip().endswith(said), done.stderr
    done = judgekit("validate", "queue.json", "q.xlsx", cwd=tmp_path)
    assert done.returncode == 2 and done.stderr.count("no labels (3 of 3 rows have no label yet)") == 2
