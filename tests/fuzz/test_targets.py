"""Whatever stands in a file, reading it gives a result or one line that says what is wrong; never another exception."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from tests.fuzz.targets import TARGETS, attempt, case, laid_out, sound

MANY, FEW = 200, 12
"""Cases a target: reports of a folder take a second each."""

fixed = {
    "derandomize": True,
    "database": None,
    "deadline": None,
    "phases": (Phase.explicit, Phase.generate, Phase.shrink),
    "suppress_health_check": (HealthCheck.function_scoped_fixture, HealthCheck.too_slow),
}
"""The same cases every time, so that a change fails by what it did."""


@pytest.fixture(scope="module", params=TARGETS)
def target(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """A target's name, and its sound files in a folder."""
    name: str = request.param
    return name, laid_out(name, tmp_path_factory.mktemp(name))


def test_sound_files_are_read(target: tuple[str, Path]) -> None:
    name, folder = target
    for changed in sound(name):
        TARGETS[name].read(folder, changed)


@given(seed=st.integers(0, 2**32))
@settings(max_examples=MANY, **fixed)
def test_changed_files(target: tuple[str, Path], seed: int) -> None:
    name, folder = target
    if name in ("report", "calibration", "run") and seed % (MANY // FEW):
        return
    case(name, folder, Random(seed))


@given(raw=st.binary(max_size=200), which=st.integers(0, 99))
@settings(max_examples=MANY, **fixed)
@example(raw=b"", which=0)
def test_other_bytes(target: tuple[str, Path], raw: bytes, which: int) -> None:
    name, folder = target
    if name == "report" and which > 9:
        return
    files = list(sound(name))
    attempt(TARGETS[name], folder, files[which % len(files)], raw)
