"""Whatever stands in a file, reading it gives a result or one line that says what is wrong; never another exception."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from judgekit.errors import InputError
from tests.fuzz.targets import TARGETS, Undocumented, attempt, case, documented, laid_out, sound

CASES = dict.fromkeys(TARGETS, 200) | {"calibration": 100, "run": 100, "report": 8}
"""Cases of each kind a target: a calibration is read in 30 ms, and everything that is made of runs takes a second."""

FIXED = {
    "derandomize": True,
    "database": None,
    "deadline": None,
    "phases": (Phase.explicit, Phase.generate, Phase.shrink),
}
"""The same cases every time, so that a change fails by what it did."""

Laid = tuple[str, Path]


@pytest.fixture(scope="module", params=TARGETS)
def target(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Laid:
    """A target's name, and its sound files in a folder."""
    name: str = request.param
    return name, laid_out(name, tmp_path_factory.mktemp(name))


def test_sound_files_are_read(target: Laid) -> None:
    name, folder = target
    for changed in sound(name):
        TARGETS[name].read(folder, changed)


def test_changed_files(target: Laid) -> None:
    name, folder = target

    @given(seed=st.integers(0, 2**32))
    @settings(max_examples=CASES[name], **FIXED)
    def search(seed: int) -> None:
        case(name, folder, Random(seed))

    search()


def test_other_bytes(target: Laid) -> None:
    name, folder = target
    files = sorted(sound(name))

    @given(raw=st.binary(max_size=200), changed=st.sampled_from(files))
    @settings(max_examples=CASES[name], **FIXED)
    def search(raw: bytes, changed: str) -> None:
        attempt(TARGETS[name], folder, changed, raw)

    search()


def test_an_exception_that_is_not_documented_is_found(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), documented():
        raise ZeroDivisionError
    with pytest.raises(Undocumented, match="not one line"), documented():
        raise InputError("")
