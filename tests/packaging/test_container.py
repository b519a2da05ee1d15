"""The container file, step by step without a container: a stand-in for ``docker build`` and ``docker run``.

What the base image and its package manager do is not tried here, only what the steps do to a copy of the checkout.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.packaging.install import ROOT

pytestmark = pytest.mark.slow


def steps() -> list[tuple[str, str]]:
    """Instruction and argument of every line that is one."""
    lines = (ROOT / "Containerfile").read_text("utf-8").splitlines()
    return [tuple(line.split(" ", 1)) for line in lines if line and not line.startswith("#")]  # type: ignore[misc]


def test_its_steps_run_the_demo(tmp_path: Path) -> None:
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if tracked.returncode:
        pytest.skip("not a checkout: what COPY would take is not known")
    inside, out = tmp_path / "judgekit", tmp_path / "out"
    for name in filter(None, tracked.stdout.split("\0")):
        if (ROOT / name).is_file():
            (inside / name).parent.mkdir(parents=True, exist_ok=True)
            (inside / name).write_bytes((ROOT / name).read_bytes())
    out.mkdir()
    env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    env["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{env['PATH']}"

    def run(command: list[str]) -> None:
        done = subprocess.run(command, cwd=inside, env=env, capture_output=True, text=True)
        assert done.returncode == 0, f"{command}: {done.stdout[-2000:]}{done.stderr[-2000:]}"

    for instruction, argument in steps():
        here = re.sub(r"/judgekit\b", str(inside), argument).replace("/out/", f"{out}/")
        if instruction == "RUN" and not argument.startswith("apt-get"):
            run(["sh", "-c", here])
        elif instruction == "ENV":
            name, value = shlex.split(here)[0].split("=", 1)
            env[name] = value.replace("$PATH", env["PATH"])
        elif instruction == "CMD":
            run(json.loads(here))
    assert (out / "demo" / "report.html").stat().st_size > 100_000
    assert (out / "demo" / "runs" / "unlearned" / "verdicts.jsonl").exists()


def test_no_step_is_one_that_is_not_tried() -> None:
    assert [name for name, _ in steps()] == ["FROM", "RUN", "WORKDIR", "COPY", "RUN", "ENV", "CMD"]
