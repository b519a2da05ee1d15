"""The workflow to copy is one that GitHub can read, and its steps do what they say."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml

from judgekit.cli.gate import EXITS

ROOT = Path(__file__).parents[1]
WORKFLOW = ROOT / "docs" / "examples" / "gate.yml"


@pytest.fixture(scope="module")
def job() -> dict[str, Any]:
    jobs = yaml.safe_load(WORKFLOW.read_text("utf-8"))["jobs"]
    assert list(jobs) == ["gate"]
    found: dict[str, Any] = jobs["gate"]
    return found


def test_the_workflow_asks_for_no_rights_and_pins_what_ci_uses(job: dict[str, Any]) -> None:
    said = yaml.safe_load(WORKFLOW.read_text("utf-8"))
    assert said["permissions"] == {"contents": "read"} and True in said  # YAML reads the key 'on' as true
    used = {step["uses"] for step in job["steps"] if "uses" in step}
    ours = "".join(path.read_text("utf-8") for path in (ROOT / ".github" / "workflows").glob("*.yml"))
    assert all(one in ours for one in used)


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("bash"), reason="the steps are written for bash")
def test_the_steps_run_on_the_demo(job: dict[str, Any], tmp_path: Path) -> None:
    demo, evals = ROOT / "calibration" / "demo", tmp_path / "evals"
    evals.mkdir()
    for name in ("original.jsonl", "unlearned.jsonl", "labels.jsonl"):
        shutil.copy(demo / name, evals)
    command = tmp_path / "bin" / "judgekit"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m judgekit "$@"\n')
    command.chmod(0o755)
    summary = tmp_path / "summary.md"
    env = {
        **os.environ,
        **job["env"],
        "PATH": f"{command.parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "GITHUB_ACTIONS": "true",
        "GITHUB_STEP_SUMMARY": str(summary),
    }
    ran = []
    for step in job["steps"]:
        if "run" not in step or step["name"] == "Install":
            continue
        done = subprocess.run(
            ["bash", "-e", "-c", step["run"]], cwd=tmp_path, env=env, capture_output=True, text=True
        )
        assert done.returncode == EXITS["pass"], f"{step['name']}: {done.stdout}{done.stderr}"
        ran.append(step["name"])
    assert ran == ["Score", "Gate", "Compare"]
    assert summary.read_text("utf-8").count("### judgekit gate: PASS") == 2
    cases = [len(ElementTree.parse(tmp_path / f"{name}.xml").getroot()[0]) for name in ("gate", "compare")]
    assert cases == [2, 2]
