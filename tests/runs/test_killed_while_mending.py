"""A process that is killed while it takes in what another left behind loses nothing of it, at whatever line it is."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from judgekit.runs.repair import forget_log, logged, mend
from judgekit.runs.schema import PAGE
from judgekit.runs.store import Store
from tests.runs.test_repair import flipped, key

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="a process cannot be forked on Windows"),
]
WATCHED = {function.__code__ for function in (Store._opened, logged, forget_log, mend)}
OLD, NEW = (
    {key(n): {"text": "x" * (5000 if n % 20 == 0 else 200), "cost": 0.5} for n in numbers}
    for numbers in (range(60), range(60, 100))
)
"""Answers, some too long for one page."""


def left_by_a_killed_process(folder: Path, left: Path) -> None:
    """A store of which only the write-ahead log holds the newer answers."""
    with Store(folder) as store:
        store.put(OLD.items(), "small")
    with Store(folder) as store:
        for name, row in NEW.items():
            store.put([(name, row)], "small")
        for ending in ("", "-wal"):
            shutil.copy(folder / f"store.sqlite{ending}", left)


def hurt_log(left: Path) -> None:
    """SQLite ends at the first frame that is not as it was written."""
    log = left / "store.sqlite-wal"
    log.write_bytes(flipped(log.read_bytes(), log.stat().st_size // 3))


def hurt_file(left: Path) -> None:
    """A row that no newer page hides."""
    path = left / "store.sqlite"
    path.write_bytes(flipped(path.read_bytes(), path.read_bytes().index(b"x" * 190)))


def cut_file_and_hurt_log(left: Path) -> None:
    hurt_log(left)
    path = left / "store.sqlite"
    path.write_bytes(path.read_bytes()[: 6 * PAGE + 700])


def found(folder: Path) -> dict[str, Any]:
    with Store(folder) as store:
        return store.get([*OLD, *NEW])


def killed_at(line: int, folder: Path) -> bool:
    """Open a store in a fork that dies before the nth line that it comes to of what opens and mends; whether it did."""
    child = os.fork()
    if not child:
        seen = set[tuple[str, int]]()

        def trace(frame: FrameType, event: str, _: object) -> Callable[..., Any] | None:
            if frame.f_code not in WATCHED:
                return None
            seen.add((frame.f_code.co_name, frame.f_lineno))
            if len(seen) == line:
                os._exit(9)
            return trace

        sys.settrace(trace)
        found(folder)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9


@pytest.mark.parametrize("damage", [hurt_log, hurt_file, cut_file_and_hurt_log])
def test_nothing_is_lost_by_a_kill(damage: Callable[[Path], None], tmp_path: Path) -> None:
    left = tmp_path / "left"
    left.mkdir()
    left_by_a_killed_process(tmp_path / "run", left)
    damage(left)
    shutil.copytree(left, tmp_path / "undisturbed")
    whole = found(tmp_path / "undisturbed")
    assert any(name in whole for name in NEW)
    line, once_more = 1, True
    while once_more:
        folder = tmp_path / str(line)
        shutil.copytree(left, folder)
        once_more = killed_at(line, folder)
        assert found(folder) == whole, line
        assert not (folder / "store.log").exists() and not list(folder.glob("*.part*"))
        shutil.rmtree(folder)
        line += 1
    assert line > 15
