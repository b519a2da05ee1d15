"""``judgekit gate`` as a pipeline calls it: exit codes, files, and what GitHub shows."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

import judgekit as jk
from tests.cli.calling import judgekit
from tests.report.make_runs import make_run


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("gate")
    for name in ("IDK", "original"):
        make_run(made / name, name, forget=200, keep=200)
    (made / "unfinished").mkdir()
    shutil.copy(made / "IDK" / "verdicts.jsonl", made / "unfinished" / "verdicts.jsonl.part")
    (made / "empty").mkdir()
    return made


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("IDK", "--leaked-below", "0.3"), 0),
        (("IDK", "--leaked-below", "0.3", "--kept-above", "0.95"), 1),
        (("IDK", "--leaked-below", "0.05"), 3),
        (("IDK", "--leaked-below", "0.3", "--require-certified"), 2),
        (("IDK", "--against", "original"), 1),
        (("IDK", "--against", "unfinished"), 2),
        (("unfinished", "IDK", "--leaked-below", "0.3"), 2),
        (("empty", "--leaked-below", "0.3"), 2),
        (("nowhere", "--leaked-below", "0.3"), 2),
        (("IDK",), 2),
        (("IDK", "--leaked-below", "5"), 2),
        (("IDK", "--leaked"), 2),
    ],
)
def test_each_outcome_has_an_exit_code_of_its_own(
    folder: Path, arguments: tuple[str, ...], code: int
) -> None:
    done = judgekit("gate", *arguments, cwd=folder)
    assert done.returncode == code, done.stdout + done.stderr
    assert (code == 2) == ("judgekit: " in done.stderr), "one line says what is wrong"


def test_the_screen_says_what_was_decided_by_what(folder: Path) -> None:
    done = judgekit("gate", "IDK", "--leaked-below", "0.05", "--kept-above", "0.95", cwd=folder)
    first, *rest = done.stdout.splitlines()
    assert first == "FAIL for IDK: 1 of 2 conditions is broken"
    assert len(rest) < 23, "one screen"
    assert "judge only" in done.stdout and "at most 5 %" in done.stdout


def test_what_could_not_be_decided_is_one_line_without_what_is_merely_undecided(folder: Path) -> None:
    make_run(folder / "forget only", "IDK", forget=200, keep=0)
    done = judgekit("gate", "forget only", "--leaked-below", "0.05", "--kept-above", "0.9", cwd=folder)
    (line,) = done.stderr.splitlines()
    assert done.returncode == 2 and "undecided  leaked below 5 %" in done.stdout
    assert line == "judgekit: kept above 90 %: IDK: no verdicts on what should be kept."


def test_json_is_the_python_functions_result(folder: Path) -> None:
    done = judgekit("gate", "IDK", "--against", "original", "--leaked-below", "0.3", "--json", cwd=folder)
    told = json.loads(done.stdout)
    gate = jk.gate(folder / "IDK", against=folder / "original", leaked_below=0.3)
    assert told["exit_code"] == done.returncode == 1
    assert (
        told["gate"] == json.loads(json.dumps(gate.to_dict())) and told["gate"]["schema"] == "judgekit.gate/1"
    )


def test_a_base_of_several_models_is_refused(folder: Path, tmp_path: Path) -> None:
    two = shutil.copytree(folder / "original", tmp_path / "two")
    for name in ("verdicts.jsonl", "items.jsonl", "evidence.jsonl"):
        other = (folder / "IDK" / name).read_text()
        (two / name).write_text((two / name).read_text() + other)
    with pytest.raises(jk.JudgekitError, match="outputs of 2 models"):
        jk.gate(folder / "IDK", against=two)


def test_a_run_that_others_are_held_against_is_none_of_them(folder: Path) -> None:
    for runs in (("original", "IDK"), ("IDK", "original"), ("original",)):
        done = judgekit("gate", *runs, "--against", "./original/", "--leaked-below", "0.3", cwd=folder)
        assert done.returncode == 2 and done.stdout == ""
        assert "judgekit: original is the run that others are held against; leave it out" in done.stderr


def test_junit_holds_the_decision_and_an_operational_failure(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "gate.xml"
    judgekit("gate", "IDK", "--leaked-below", "0.05", "--kept-above", "0.95", "--junit", file, cwd=folder)
    (suite,) = ElementTree.parse(file).getroot()
    assert suite.get("failures") == "2" and suite.get("tests") == "2"
    done = judgekit("gate", "unfinished", "--leaked-below", "0.05", "--junit", file, cwd=folder)
    (suite,) = ElementTree.parse(file).getroot()
    assert done.returncode == 2 and suite.get("errors") == "1" and "unfinished run" in file.read_text()


def test_github_shows_a_summary_and_annotations_only_there(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "summary.md"
    arguments = ("gate", "IDK", "--leaked-below", "0.05", "--kept-above", "0.95", "--quiet")
    elsewhere = judgekit(*arguments, cwd=folder)
    assert elsewhere.stdout == elsewhere.stderr == "" and elsewhere.returncode == 1
    env = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(file)}
    there = judgekit(*arguments, cwd=folder, env=env)
    told = there.stderr.splitlines()
    assert len(told) == 2 and all(line.startswith("::error title=judgekit gate::") for line in told)
    assert "leaked below 5 %25" in told[0] and "undecided" in told[0]
    assert file.read_text().count("### judgekit gate: FAIL") == 1
    judgekit("gate", "nowhere", "--leaked-below", "0.05", cwd=folder, env=env)
    assert "not a run folder" in file.read_text(), "what could not be decided is told too"


def test_a_full_disk_is_no_broken_condition(folder: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full")
    done = judgekit("gate", "IDK", "--leaked-below", "0.3", "--junit", "/dev/full", cwd=folder)
    assert done.returncode == 2 and "No space left" in done.stderr


@pytest.mark.parametrize("more", [(), ("--json",)])
def test_a_decision_that_cannot_be_written_is_no_broken_condition(
    folder: Path, more: tuple[str, ...]
) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full")
    command = [sys.executable, "-m", "judgekit", "gate", "IDK", "--leaked-below", "0.3", *more]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command, cwd=folder, stdout=full, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 2 and "judgekit: standard output: No space left" in done.stderr
    unread, pipe = os.pipe()
    os.close(unread)
    done = subprocess.run(command, cwd=folder, stdout=pipe, stderr=subprocess.PIPE, text=True)
    os.close(pipe)
    assert done.returncode == 2 and "judgekit: standard output: " in done.stderr


def test_a_fault_of_judgekit_is_no_broken_condition(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> None:
        raise KeyError("boom\x1b[2J")

    monkeypatch.setattr("judgekit.api.gate", fails)
    done = judgekit("gate", "IDK", "--leaked-below", "0.3", cwd=folder)
    assert done.returncode == 70
    assert (
        "a fault of judgekit" in done.stderr.splitlines()[-1] and "\x1b" not in done.stderr.splitlines()[-1]
    )
