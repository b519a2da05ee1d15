"""A disk that fills up in the middle of a run: nothing that was paid for is lost, and it is said in one line."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cli.test_stop import COUNT, score, stored, wait_for
from tests.judges.server import ChatServer

pytestmark = pytest.mark.slow

__all__ = ["score"]


@pytest.fixture
def tmp_path(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own, of 8 MiB."""
    if sys.platform != "linux":
        pytest.skip("a small file system is mounted on Linux only")
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(tmp_path)], capture_output=True
    )
    if made.returncode:
        pytest.skip("a small file system cannot be mounted here")
    yield tmp_path
    subprocess.run(["umount", str(tmp_path)], check=True)


def fill(folder: Path, leave: int = 0) -> Path:
    """Take all the room that is left, but for so many bytes."""
    path = folder / "filler"
    with path.open("wb", buffering=0) as file:
        for size in (1 << 16, 1 << 12, 1):
            try:
                while True:
                    file.write(os.urandom(size))
            except OSError:
                continue
        file.truncate(file.tell() - leave)
    return path


def test_a_full_disk_loses_no_answer(score: Callable[[str], subprocess.Popen[str]], tmp_path: Path) -> None:
    run = tmp_path / "runs" / "outputs"
    with ChatServer(latency=0.3) as server:
        process = score(server.url)
        wait_for(server, 30, process)
        filler = fill(tmp_path)
        out, err = process.communicate(timeout=60)
        answered = sum(server.calls.values())
        assert process.returncode == 1
        assert out == ""
        assert re.fullmatch(
            r"outputs: runs/outputs/store\.sqlite: .*(full|space).*\. [\d,]+ answers are kept; make room, and the same "
            r"command goes on from there\n",
            err,
        )
        assert answered < 2 * COUNT  # it stopped
        filler.unlink()
        assert stored(run) == answered
        process = score(server.url)
        out, err = process.communicate(timeout=60)
        assert process.returncode == 0, err
        assert sum(server.calls.values()) == 2 * COUNT  # every prompt once, two orders an item


def test_where_there_is_no_room_nothing_is_asked(
    score: Callable[[str], subprocess.Popen[str]], tmp_path: Path
) -> None:
    fill(tmp_path, leave=1 << 19)
    with ChatServer() as server:
        out, err = (process := score(server.url)).communicate(timeout=60)
        assert not server.calls
    assert process.returncode == 1
    assert out == ""
    assert err.count("\n") == 1
    assert "no room for a run's answers" in err
