"""Files that appear whole or not at all."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from judgekit.runs.atomic import replacing, replacing_bytes

needs_devices = pytest.mark.skipif(not Path("/dev/full").exists(), reason="a system without /dev/full")


@pytest.mark.parametrize("writing", [replacing, replacing_bytes])
def test_what_fails_leaves_the_old_file_and_nothing_else(writing, tmp_path: Path) -> None:
    path = tmp_path / "report.md"
    path.write_text("as it was", "utf-8")
    with pytest.raises(KeyboardInterrupt), writing(path) as file:
        file.write("half" if writing is replacing else b"half")
        raise KeyboardInterrupt
    assert path.read_text("utf-8") == "as it was" and [one.name for one in tmp_path.iterdir()] == [
        "report.md"
    ]


def test_an_error_without_a_name_gets_the_file_s(tmp_path: Path) -> None:
    """What a full disk says in the middle of a file names none."""
    with pytest.raises(OSError) as raised, replacing_bytes(tmp_path / "report.md"):
        raise OSError(28, "No space left on device")
    assert raised.value.filename == str(tmp_path / "report.md")


@pytest.mark.parametrize("above", ["nowhere", "file"])
def test_an_error_on_the_way_names_the_file_and_not_its_part(above: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    path = tmp_path / above / "report.md"
    with pytest.raises(OSError) as raised, replacing(path):
        pass
    assert raised.value.filename == str(path)


def test_an_error_about_another_file_keeps_its_name(tmp_path: Path) -> None:
    with pytest.raises(OSError) as raised, replacing(tmp_path / "report.md"):
        (tmp_path / "other").read_bytes()
    assert raised.value.filename == str(tmp_path / "other")


def test_a_link_stays_one(tmp_path: Path) -> None:
    real, link = tmp_path / "real.md", tmp_path / "link.md"
    real.write_text("old", "utf-8")
    link.symlink_to(real)
    with replacing(link) as file:
        file.write("new")
    assert link.is_symlink() and real.read_text("utf-8") == "new"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="a system without named pipes")
def test_a_pipe_is_written_to_and_stays_one(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    heard: list[bytes] = []
    reader = threading.Thread(target=lambda: heard.append(pipe.read_bytes()), daemon=True)
    reader.start()
    with replacing(pipe) as file:
        file.write("for a program")
    reader.join(20)
    assert (
        heard == [b"for a program"]
        and pipe.is_fifo()
        and [one.name for one in tmp_path.iterdir()] == ["pipe"]
    )


@needs_devices
def test_a_device_without_room_is_named() -> None:
    with pytest.raises(OSError) as raised, replacing(Path("/dev/full")) as file:
        file.write("too much")
    assert raised.value.filename == "/dev/full" and not Path("/dev/full.part").exists()
