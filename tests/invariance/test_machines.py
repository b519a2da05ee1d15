"""Verdicts and certificates are equal byte by byte on other processors, linear algebra libraries and thread counts.

Other processors are simulated on this one: NumPy's and glibc's code for newer instructions is switched off, and
OpenBLAS takes the kernels of others. ``JUDGEKIT_OTHER_PYTHON`` names a Python with other versions of NumPy and SciPy
(or another BLAS) to hold against this one.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.calibration.pools import answered, world
from tests.invariance.made import prepare
from tests.shared_data import ROOT as SHARED

ROOT = Path(__file__).resolve().parents[2]
RECORDED = {
    "rewardbench2": "rewardbench2.jsonl",
    "openqa": "openqa_nq301.jsonl",
    "trust_or_escalate": "trust_or_escalate.csv",
    "llmbar": "llmbar.jsonl",
}

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="the switches are those of Linux"),
]


def switched_off() -> str:
    """All that NumPy chooses at run time by what the processor can do."""
    inner = np._core if hasattr(np, "_core") else np.core
    umath = inner._multiarray_umath
    return " ".join(name for name in umath.__cpu_dispatch__ if umath.__cpu_features__.get(name))


MACHINES: dict[str, dict[str, str]] = {
    "1 thread": {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
    "4 threads": {"OMP_NUM_THREADS": "4", "OPENBLAS_NUM_THREADS": "4"},
    "OpenBLAS of 2004": {"OPENBLAS_CORETYPE": "Prescott"},
    "OpenBLAS of 2013": {"OPENBLAS_CORETYPE": "Haswell"},
    "NumPy without AVX": {"NPY_DISABLE_CPU_FEATURES": switched_off()},
    "glibc without FMA": {"GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX2,-FMA,-AVX2_Usable,-FMA_Usable,-FMA4"},
    "all of an old one": {
        "OPENBLAS_CORETYPE": "Prescott",
        "NPY_DISABLE_CPU_FEATURES": switched_off(),
        "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX2,-FMA,-AVX2_Usable,-FMA_Usable,-FMA4",
        "PYTHONHASHSEED": "1",
    },
}


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("inputs")
    rows, truth = world(500)
    invented = [{**row.to_row(), "split": row.split} for row in answered(rows, truth)]
    prepare(folder, {"invented": invented, **_recorded()})
    return folder


def _recorded() -> dict[str, list[dict[str, Any]]]:
    """The recorded judges, where they are at hand."""
    sys.path.insert(0, str(ROOT / "benchmarks"))
    import recorded

    found = {}
    for name, file in RECORDED.items():
        if (path := SHARED / "data" / "judges" / file).is_file():
            rows = list(recorded.READERS[name](path).rows())
            found[name] = [{**row, "split": "ab"[i % 2]} for i, row in enumerate(rows)]
    return found


def made(inputs: Path, out: Path, python: str = sys.executable, **switches: str) -> dict[str, str]:
    """Digests of all that a process makes of the inputs."""
    out.mkdir()
    done = subprocess.run(
        [python, "-m", "tests.invariance.made", str(inputs), str(out)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "0", **switches},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    digests: dict[str, str] = json.loads(done.stdout)
    return digests


@pytest.fixture(scope="module")
def here(inputs: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return made(inputs, tmp_path_factory.mktemp("here") / "out")


@pytest.mark.parametrize("machine", MACHINES)
def test_another_machine_makes_the_same(
    machine: str, inputs: Path, here: dict[str, str], tmp_path: Path
) -> None:
    there = made(inputs, tmp_path / "out", **MACHINES[machine])
    assert there.keys() == here.keys()
    assert [name for name, digest in there.items() if digest != here[name]] == []


def test_other_versions_make_the_same(inputs: Path, here: dict[str, str], tmp_path: Path) -> None:
    python = os.environ.get("JUDGEKIT_OTHER_PYTHON")
    if not python:
        pytest.skip(
            "no other Python: set JUDGEKIT_OTHER_PYTHON to one with other versions of NumPy and SciPy"
        )
    there = made(inputs, tmp_path / "out", python=python)
    assert [name for name, digest in there.items() if digest != here[name]] == []


def test_the_switches_switch_something(tmp_path: Path) -> None:
    """Matrix products and logarithms of the libraries differ under them, so that the tests above test something."""
    code = (
        "import hashlib, math, numpy as np; r = np.random.default_rng(0); a = r.normal(size=(999, 37));"
        "b = [math.exp(i / 977 - 30) for i in range(60000)];"
        "print(hashlib.sha256((a @ a.T).tobytes() + np.tanh(a).tobytes() + repr(b).encode()).hexdigest())"
    )
    said = {
        name: subprocess.run(
            [sys.executable, "-c", code], env={**os.environ, **switches}, capture_output=True, check=True
        ).stdout
        for name, switches in MACHINES.items()
    }
    assert len(set(said.values())) > 2
