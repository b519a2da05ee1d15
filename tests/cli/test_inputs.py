"""The files that a verb is given: each once, scored once, and nothing in the way of a run taken for another one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.calling import judgekit
from tests.cli.test_verbs import ROWS
from tests.report.make_runs import make_run


def log(path: Path, output: str = "") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        "".join(json.dumps(row | {"output": output or row["output"]}) + "\n" for row in ROWS), "utf-8"
    )
    return path


def test_a_report_scores_every_log_under_a_folder(tmp_path: Path) -> None:
    for name in ("saves/a/out.jsonl", "saves/b/out.jsonl", "alone.jsonl"):
        log(tmp_path / name, output=f"said in {name}")
    run = make_run(tmp_path / "before", "IDK")
    done = judgekit("report", run, "saves", "alone.jsonl", "--csv", "r.csv", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    said = done.stderr.splitlines()
    assert said[0] == "saves: 2 files of outputs"
    assert sorted(line.split()[0] for line in said[1:]) == ["runs/a-out", "runs/alone", "runs/b-out"]
    table = (tmp_path / "r.csv").read_text("utf-8")
    assert all(name in table for name in ("before", "a-out", "b-out", "alone"))


def test_a_folder_without_runs_or_logs_is_one_line_and_one_of_runs_names_them(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    done = judgekit("report", "empty", cwd=tmp_path)
    assert done.returncode == 2 and done.stderr.count("\n") == 1 and "no file of outputs" in done.stderr
    make_run(tmp_path / "runs" / "x", "IDK")
    done = judgekit("report", "runs", cwd=tmp_path)
    assert done.returncode == 2 and "did you mean runs/x?" in done.stderr


def test_each_log_is_scored_and_told_once_though_it_is_in_the_report_and_in_a_pool(tmp_path: Path) -> None:
    logs = [log(tmp_path / name) for name in ("full.jsonl", "retain.jsonl")]
    for runs in ([], logs):
        done = judgekit(
            "report",
            *runs,
            "--known",
            logs[0],
            "--ignorant",
            logs[1],
            "--scored",
            f"r{len(runs)}",
            cwd=tmp_path,
        )
        assert done.returncode == 0, done.stderr
        assert done.stderr.count(" items: ") == 2


def test_what_the_pools_take_is_said(tmp_path: Path) -> None:
    runs = [make_run(tmp_path / name, name, forget=20, keep=5) for name in ("original", "retain90", "IDK")]
    done = judgekit("report", "--known", runs[0], "--ignorant", *runs[1:], cwd=tmp_path)
    takes = "runs of --known: 1, of --ignorant: 2 (each takes all paths up to the next option)"
    assert done.stderr == f"{takes}; there are no RUNS before them, so that the report is on these\n"
    done = judgekit("report", runs[2], "--known", runs[0], "--ignorant", runs[1], cwd=tmp_path)
    assert done.stderr == f"{takes.replace('2', '1')}\n"


@pytest.mark.parametrize("again", ["run", "./run", "../{here}/run"])
def test_a_run_given_twice_is_taken_once_and_said(again: str, tmp_path: Path) -> None:
    make_run(tmp_path / "run", "IDK")
    again = again.format(here=tmp_path.name)
    done = judgekit("report", "run", again, "--json", cwd=tmp_path)
    assert f"{Path(again)} is given twice; it is taken once" in done.stderr
    assert len(json.loads(done.stdout)["report"]["runs"]) == 1


def test_a_log_given_twice_is_scored_once_and_said(tmp_path: Path) -> None:
    log(tmp_path / "logs" / "a.jsonl")
    done = judgekit("score", "logs", "logs/a.jsonl", "logs/a.jsonl", cwd=tmp_path)
    assert done.returncode == 0 and done.stdout.count("\n") == 1
    assert done.stderr.count("logs/a.jsonl is given twice; it is taken once") == 2


@pytest.mark.parametrize(("verb", "option"), [("score", "--out"), ("report", "--scored")])
def test_a_run_that_would_stand_among_logs_is_refused(verb: str, option: str, tmp_path: Path) -> None:
    """a.jsonl in the folder a: its run is called a, and written there the folder would hold no logs any more."""
    log(tmp_path / "a" / "a.jsonl")
    log(tmp_path / "a" / "b.jsonl")
    done = judgekit(verb, "a/a.jsonl", option, ".", cwd=tmp_path)
    assert done.returncode == 2 and done.stderr == (
        "judgekit: a: the run of a/a.jsonl would stand among the files of outputs in this folder; name another place "
        f"({option})\n"
    )
    assert {path.name for path in (tmp_path / "a").iterdir()} == {"a.jsonl", "b.jsonl"}


@pytest.mark.parametrize(("verb", "option"), [("score", "--out"), ("report", "--scored")])
def test_a_file_in_the_way_of_a_run_is_said(verb: str, option: str, tmp_path: Path) -> None:
    log(tmp_path / "a")
    done = judgekit(verb, "a", option, ".", cwd=tmp_path)
    assert done.returncode == 2 and done.stderr == (
        f"judgekit: a: the run of a needs a folder of this name, and a file is there; name another place ({option})\n"
    )


def test_a_folder_that_cannot_be_made_is_no_finished_run(tmp_path: Path) -> None:
    log(tmp_path / "a.jsonl")
    (tmp_path / "place").write_text("a file", "utf-8")
    done = judgekit("report", "a.jsonl", "--scored", "place", cwd=tmp_path)
    assert done.returncode == 2 and done.stderr.count("\n") == 1
    assert "cannot make the run folder: Not a directory" in done.stderr and "finished run" not in done.stderr
