"""The wheel under each Python that is here: installed clean, and the whole way from outputs to a report."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.packaging.install import ROOT, Environment, build, python_of

pytestmark = pytest.mark.slow

VERSIONS = ("3.11", "3.12", "3.13", "3.14")

DEMO = ROOT / "calibration" / "demo"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("wheel", ROOT, tmp_path_factory.mktemp("dist"))


@pytest.mark.parametrize("version", VERSIONS)
def test_from_outputs_to_a_certified_report(version: str, wheel: Path, tmp_path: Path) -> None:
    python = python_of(version)
    if python is None:
        pytest.skip(f"no Python {version} here")
    environment = Environment(tmp_path / "env", python)
    environment.install(f"{wheel}[report]")
    # what was calibrated on labels is written beside them
    labels = shutil.copy(DEMO / "labels.jsonl", tmp_path)
    runs = ("opinions/original", "opinions/unlearned")
    promise = ("--agreement", "0.9", "--out", "forgetting.json")
    for command in (
        ("score", DEMO / "original.jsonl", DEMO / "unlearned.jsonl", "--out", "opinions"),
        ("calibrate", *runs, "--rubric", "forgetting", "--labels", labels, *promise),
        ("decide", "opinions/unlearned", "forgetting.json", "--out", "verdicts.jsonl"),
        ("validate", "opinions/unlearned", "forgetting.json"),
        ("report", *runs, "--labels", labels, "--out", "report.html"),
    ):
        done = environment.run("judgekit", *command, cwd=tmp_path)
        assert done.returncode == 0, f"{command[0]}: {done.stdout}{done.stderr}"
        assert "Warning" not in done.stderr, done.stderr
    page = (tmp_path / "report.html").read_text("utf-8")
    assert "90" in page and "certified" in page
