"""``make demo`` prints what the README says it prints, to the last figure."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
BLOCK = re.compile(r"<!-- demo -->\n```\n(.*?)```\n<!-- /demo -->", re.DOTALL)


def recipe() -> list[list[str]]:
    """The commands of the target ``demo``, run by this Python."""
    text = (ROOT / "Makefile").read_text("utf-8")
    lines = re.search(r"^demo:.*\n((?:\t.*\n)+)", text, re.MULTILINE)
    assert lines is not None
    told = lines[1].replace("$(DEMO)", "demo-out").replace("$(BIN)/judgekit", "judgekit").splitlines()
    words = [shlex.split(line) for line in told]
    return [[sys.executable, "-m", *line] for line in words if line[0] == "judgekit"]


def expanded(folder: Path, word: str) -> list[str]:
    """A wildcard as the shell expands it."""
    if "*" not in word:
        return [word]
    return sorted(path.relative_to(folder).as_posix() for path in folder.glob(word))


@pytest.mark.slow
def test_the_readme_shows_what_the_demo_prints(tmp_path: Path) -> None:
    shutil.copytree(
        ROOT / "calibration" / "demo", tmp_path / "calibration" / "demo", ignore=shutil.ignore_patterns(".*")
    )
    (tmp_path / "demo-out").mkdir()
    shutil.copy(tmp_path / "calibration" / "demo" / "labels.jsonl", tmp_path / "demo-out")
    told = ""
    for command in recipe():
        done = subprocess.run(
            [word for pattern in command for word in expanded(tmp_path, pattern)],
            cwd=tmp_path,
            env={**os.environ, "COLUMNS": "80", "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
            capture_output=True,
            encoding="utf-8",
            check=True,
        )
        told += done.stdout
    wanted = BLOCK.search((ROOT / "README.md").read_text("utf-8"))
    assert wanted is not None
    assert [line.rstrip() for line in told.splitlines()] == wanted[1].splitlines()
