"""What inspect finds in processes of its own: every command and every block of the documentation page."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest

pytest.importorskip("inspect_ai", reason="inspect-ai is not installed: make test-integrations")
pytestmark = pytest.mark.integrations

from inspect_ai.log import EvalLog, read_eval_log
from inspect_ai.scorer import includes
from inspect_ai.util import registry_info

from judgekit.integrations.inspect import registry
from tests.integrations.inspect import made

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "integrations" / "inspect.md").read_text("utf-8")
COMMANDS = re.findall(r"^((?:inspect score|judgekit (?:score|export)) .+)$", PAGE, re.MULTILINE)
BLOCKS = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
TASK, EDIT = BLOCKS

MOCKED = """
from inspect_ai import task_with
from tests.integrations.inspect import made

@task
def mocked():
    return task_with(forget(), model=made.model(made.demo(6)))
"""


def run(command: str, folder: Path, codes: tuple[int, ...] = (0, 4)) -> str:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = {**os.environ, "PATH": path, "PYTHONPATH": str(ROOT), "COLUMNS": "200"}
    done = subprocess.run(
        command.split(),
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=180,
    )
    said = done.stdout + done.stderr
    assert done.returncode in codes and "Traceback" not in said, f"{command}\n{said}"
    return said


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the page takes for granted: a log, a cascade file, a calibration and a data set."""
    here = tmp_path_factory.mktemp("page")
    log = made.log(made.demo(30), here / "made", scorer=includes())
    (here / "logs").mkdir()
    made.place(log).rename(here / "logs" / "forget.eval")
    made.calibration(here).rename(here / "forgetting.json")
    (here / "cascade.yaml").write_text("tiers: [{judge: lexical}]\n")
    rows = [
        made.sample(one).model_dump(include={"id", "input", "target", "metadata"}) for one in made.demo(6)
    ]
    (here / "forget.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return here


def read(path: Path) -> EvalLog:
    return read_eval_log(str(path))


def test_the_entry_point_names_the_registry_and_names_are_whole() -> None:
    (entry,) = entry_points(group="inspect_ai", name="judgekit")
    assert entry.load() is registry
    for name in ("trusted_judge", "outcomes", "verdict_rates", "outcome_rates"):
        assert registry_info(getattr(registry, name)).name == f"judgekit/{name}"


def test_every_command_of_the_page_runs(folder: Path) -> None:
    assert len(COMMANDS) == 8
    *before, labeled = COMMANDS
    for command in before:
        run(command, folder)
    judged, certified, exported = (
        read(folder / f"{name}.eval") for name in ("judged", "certified", "exported")
    )
    for log in (judged, exported):
        *_, verdicts, outcomes = log.results.scores
        assert verdicts.metrics["leaked"].value == outcomes.metrics["leaked"].value
        assert outcomes.metrics["coverage"].value == 1 and outcomes.name == "outcomes"
    assert judged.results.scores[-1].metrics == exported.results.scores[-1].metrics
    (_, score) = certified.results.scores
    assert (
        score.scored_samples
        and score.unscored_samples
        and score.scored_samples + score.unscored_samples == 30
    )
    assert (folder / "answers").is_dir()
    ran = subprocess.run([sys.executable, "-c", EDIT], cwd=folder, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    said = run(labeled, folder)
    assert "28 of 30 rows have no label yet" in said and "1 verdict edited by people who saw them" in said
    edited = read(folder / "labeled.eval")
    (label,) = (row for row in edited.results.scores if row.name == "forgetting")
    assert label.scored_samples == 1
    counts = [log.results.scores[1].metrics["wrong"].value * 30 for log in (judged, edited)]
    before_it = judged.samples[1].scores["trusted_judge"].value
    assert round(counts[1] - counts[0]) == (before_it != "wrong"), "metrics were computed again"


def test_the_task_of_the_page_runs(folder: Path) -> None:
    (folder / "task.py").write_text(TASK + MOCKED)
    run("inspect eval task.py@mocked --log-dir evaluated --display plain --no-log-realtime", folder)
    (path,) = (folder / "evaluated").glob("*.eval")
    log = read(path)
    assert log.status == "success"
    assert [score.name for score in log.results.scores] == ["trusted_judge", "outcomes"]
    assert log.results.scores[1].metrics["coverage"].value == 1


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (
            "-S rubric=forgetting -S calibration=nothing.json",
            "judgekit: nothing.json: not a calibration file",
        ),
        ("-S cascade=nothing.yaml", "judgekit: nothing.yaml: not a cascade file: No such file"),
    ],
)
def test_what_is_wrong_is_said_without_a_traceback(options: str, said: str, folder: Path) -> None:
    command = (
        "inspect score logs/forget.eval --scorer judgekit/trusted_judge --action append --model none/none"
    )
    told = " ".join(run(f"{command} --output-file no.eval {options}", folder, codes=(1,)).split())
    assert said in told and not (folder / "no.eval").exists()
