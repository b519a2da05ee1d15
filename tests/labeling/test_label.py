"""From runs to what people's labels are worth: every kind of sample, and the command that each ends with."""

from __future__ import annotations

import asyncio
import json
import shlex
from dataclasses import replace
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

from judgekit.calibration.pool import Pool, pool_file
from judgekit.errors import ConfigError, InputError
from judgekit.labeling.label import sample
from judgekit.labeling.page.desk import Desk
from judgekit.labeling.page.store import LabelFile
from judgekit.labeling.samples import Outcome, Sample
from judgekit.labeling.sheet import write_sheet
from tests.cli.calling import judgekit
from tests.labeling.page.sittings import sheet, tasks
from tests.report.make_runs import TEXT, certified, make_run


def answer(made: Sample, labels: Path, count: int) -> Outcome:
    """A person gives so many labels, those that the invented outputs were written for, and stops."""

    async def person(desk: Desk) -> Outcome:
        await desk.settled()
        for _ in range(count):
            found = (await desk.next("ann", []))["items"]
            if not found:
                break
            said = next(label for label in desk.labels if TEXT[label] in found[0]["outputs"][0])
            await desk.answer("ann", found[0]["key"], said, seconds=5.0)
        return await desk.finish()

    with LabelFile(labels) as file:
        return asyncio.run(person(Desk(made, file)))


def follow(outcome: Outcome, cwd: Path) -> CompletedProcess[str]:
    """Run the command that a sitting ends with."""
    program, *arguments = shlex.split(outcome.command)
    assert program == "judgekit"
    return judgekit(*arguments, cwd=cwd)


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with runs of two methods: as judged, and as decided under a calibration with some left open."""
    folder = tmp_path_factory.mktemp("runs")
    for method in ("original", "IDK"):
        make_run(folder / "many" / method, method, forget=300, keep=4)
        make_run(folder / "judged" / method, method, forget=80, keep=4)
        make_run(
            folder / "decided" / method,
            method,
            forget=80,
            keep=4,
            abstain=0.2,
            calibrations=certified(method),
        )
    return folder


def test_labels_along_a_path_end_in_a_certified_report(runs: Path, tmp_path: Path) -> None:
    folders, labels = sorted((runs / "many").iterdir()), tmp_path / "labels.jsonl"
    made = sample(folders, labels, rubric="forgetting", agreement=0.8)
    assert "at least 80% of the verdicts agree with the people's label" in made.promise
    start = made.standing({})
    assert (start.certified, start.finished) == ("", False) and start.remaining == made.labels_at_most
    paused = answer(made, labels, 15)
    assert not paused.certified and "Nothing is certified" in paused.sentence
    assert paused.command == shlex.join(["judgekit", "label", *map(str, folders), "-o", str(labels)])
    again = sample(folders, labels)  # the same pool, from its file
    assert again.fingerprint == made.fingerprint
    outcome = answer(again, labels, 1000)
    rows = [json.loads(line) for line in labels.read_text().splitlines()]
    asked = [row["id"] for row in rows if not row.get("again")]
    assert len(asked) == len(set(asked)) <= made.labels_at_most <= len(made.tasks)
    assert outcome.certified and "at least 80%" in outcome.sentence and "get a verdict" in outcome.sentence
    assert outcome.written == (labels, tmp_path / "labels.calibration.json")
    given: dict[tuple[str, str, str], list[str]] = {}
    for row in rows:
        given.setdefault((row["id"], row["model"], row["method"]), []).append(row["label"])
    end = again.standing(
        {n: given[task.item.key][:1] for n, task in enumerate(again.tasks) if task.item.key in given}
    )
    assert end.finished and end.remaining == 0 and "80%" in end.certified and end.next == ""
    done = follow(outcome, tmp_path)
    assert done.returncode == 0 and "Certified for forgetting" in done.stdout, done.stderr
    with pytest.raises(InputError, match="drawn with agreement 0.8, not 0.9"):
        sample(folders, labels, rubric="forgetting", agreement=0.9)


def test_evidence_that_does_not_do_is_refused_before_anybody_is_asked(runs: Path, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    make_run(folder, "original", forget=60, keep=4)
    rows = [json.loads(line) for line in (folder / "evidence.jsonl").read_text().splitlines()]
    for row in rows[:10]:
        del row["tiers"]["gpt"]
    (folder / "evidence.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    labels = tmp_path / "labels.jsonl"
    with pytest.raises(InputError, match=r"tier 'gpt' was not asked about 10 of .*--complete"):
        sample([folder], labels, rubric="forgetting", agreement=0.8)
    make_run(tmp_path / "few", "original", forget=15, keep=4)
    with pytest.raises(InputError, match="15 items are too few: even if people agreed with every verdict"):
        sample([tmp_path / "few"], labels, rubric="forgetting", agreement=0.9)
    assert not pool_file(labels).exists()


def test_rates_are_asked_of_a_fair_sample_and_reported(runs: Path, tmp_path: Path) -> None:
    folders, labels = sorted((runs / "judged").iterdir()), tmp_path / "labels.jsonl"
    made = sample(folders, labels, "items", rubric="forgetting", size=30)
    assert (made.kind, len(made.tasks), made.labels_at_most) == ("items", 30, 30)
    pool = Pool.load(pool_file(labels))
    assert pool.fingerprint == made.fingerprint and pool.kind == "items"
    outcome = answer(made, labels, 12)
    rows = [json.loads(line) for line in labels.read_text().splitlines()]
    assert {row["pool"] for row in rows} == {pool.fingerprint} and len(rows) == 12
    assert [row["id"] for row in rows] == [item.id for item in pool.items[:12]], "in the order of the draw"
    done = follow(outcome, tmp_path)
    assert done.returncode == 0 and (tmp_path / "report.html").is_file(), done.stderr
    again = sample(folders, labels)
    assert again.fingerprint == made.fingerprint
    answer(again, labels, 1000)
    assert len(labels.read_text().splitlines()) == 30 + 1, "every item once, and one of them again"


def test_open_items_are_every_output_without_a_verdict(runs: Path, tmp_path: Path) -> None:
    folders, labels = sorted((runs / "decided").iterdir()), tmp_path / "labels.jsonl"
    made = sample(folders, labels, "open", rubric="forgetting")
    left = {
        (row["id"], row["method"])
        for run in folders
        for row in map(json.loads, (run / "verdicts.jsonl").read_text().splitlines())
        if row["state"] != "verdict" and row["rubric"] == "forgetting"
    }
    assert {(task.item.id, task.item.method) for task in made.tasks} == left and left
    outcome = answer(made, labels, 1000)
    assert not outcome.certified and str(labels) in outcome.sentence
    done = follow(outcome, tmp_path)
    assert done.returncode == 0, done.stderr


def test_an_audit_says_whether_the_promise_holds(runs: Path, tmp_path: Path) -> None:
    folders, labels = sorted((runs / "decided").iterdir()), tmp_path / "labels.jsonl"
    made = sample(folders, labels, "verdicts", rubric="forgetting")
    assert 60 < len(made.tasks) <= 80  # questions, one output of each
    outcome = answer(made, labels, 1000)
    assert "spot checks" in outcome.sentence and outcome.written == (labels,)
    done = follow(outcome, tmp_path)
    assert done.returncode in (0, 3) and outcome.sentence.split(" ", 1)[1][:40] in done.stdout, done.stderr


def test_runs_as_judged_are_audited_under_the_calibration_that_is_given(runs: Path, tmp_path: Path) -> None:
    folders, labels = sorted((runs / "judged").iterdir()), tmp_path / "labels.jsonl"
    certified("original")["forgetting"].save(tmp_path / "c.json")
    with pytest.raises(InputError, match="no verdict is under a promise"):
        sample(folders, labels, "verdicts", rubric="forgetting")
    by: dict[str, Any] = {"rubric": "forgetting", "calibrations": [tmp_path / "c.json"]}
    open_items = sample(folders, tmp_path / "open.jsonl", "open", **by)
    assert 0 < len(open_items.tasks) < 160
    made = sample(folders, labels, "verdicts", **by)
    left = {task.item.key for task in open_items.tasks}
    assert made.tasks and not {task.item.key for task in made.tasks} & left
    outcome = answer(made, labels, 1000)
    assert "spot checks" in outcome.sentence and f"--calibration {tmp_path / 'c.json'}" in outcome.command
    done = follow(outcome, tmp_path)
    assert done.returncode in (0, 3) and "spot checks" in done.stdout, done.stderr


async def _first(desk: Desk) -> None:
    await desk.settled()
    (item, *_) = (await desk.next("ann", []))["items"]
    await desk.answer("ann", item["key"], "leaked")


def test_a_sheet_is_taken_as_it_is(tmp_path: Path) -> None:
    path = sheet(tmp_path, 5)
    made = sample([path], tmp_path / "labels.jsonl")
    assert (made.kind, made.fingerprint, len(made.tasks)) == ("sheet", "", 5)
    assert not pool_file(tmp_path / "labels.jsonl").exists()
    with pytest.raises(ConfigError, match="a sheet is drawn already"):
        sample([path], tmp_path / "labels.jsonl", "open")
    write_sheet(path, [replace(task, pool="abcdef012345") for task in tasks(2)])
    labels = tmp_path / "of_a_pool.jsonl"
    with LabelFile(labels) as file:
        desk = Desk(sample([path], labels), file)
        asyncio.run(_first(desk))
    assert json.loads(labels.read_text())["pool"] == "abcdef012345", "its labels stay those of its pool"
    (tmp_path / "run").mkdir()
    with pytest.raises(InputError, match="not a sheet of 'judgekit queue', as the others are"):
        sample([path, tmp_path / "run"], tmp_path / "labels.jsonl")


def test_people_are_shown_the_words_of_a_rubric_of_ones_own(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    labels = ("leaked", "partial", "withheld", "wrong", "degenerate")
    meanings = "".join(f"- {{name: {label}, meaning: 'what {label} means'}}\n" for label in labels)
    (tmp_path / "mine" / "rubric.yaml").write_text(f"name: mine\nlabels:\n{meanings}")
    (tmp_path / "mine" / "template.j2").write_text(
        "{% block instruction %}\nDid it forget?\nAnswer with one letter.\n{% endblock %}"
        "{% block item %}{{ output | fence('output') }}{% endblock %}"
    )
    run = make_run(tmp_path / "run", "original", forget=40, keep=4)
    for name in ("verdicts.jsonl", "evidence.jsonl", "run.json"):
        text = (run / name).read_text().replace('"forgetting"', '"mine"')
        (run / name).write_text(text)
    made = sample([run], tmp_path / "l.jsonl", "items", rubric=str(tmp_path / "mine"), size=5)
    assert made.guidance == "Did it forget?" and made.tasks[0].rubric == "mine"
    assert made.tasks[0].definitions["wrong"] == "what wrong means"
    assert sample([run], tmp_path / "l.jsonl").guidance == "", "by name alone nobody knows its words"
    (tmp_path / "mine" / "rubric.yaml").write_text(
        f"name: mine\nlabels:\n{meanings}- {{name: other, meaning: x}}\n"
    )
    with pytest.raises(InputError, match="judged by rubric 'mine' with the labels leaked, .*; this one has"):
        sample([run], tmp_path / "l.jsonl", rubric=str(tmp_path / "mine"))
