"""The report in files: whole or not at all."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from judgekit.report import load, summarize
from judgekit.report.render import write as module
from judgekit.report.render.write import write
from tests.cli.calling import judgekit
from tests.report.make_runs import make_run


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return make_run(tmp_path / "run", "IDK")


@pytest.mark.parametrize("form", ["page", "json", "markdown", "latex", "csv"])
def test_a_file_that_cannot_be_written_leaves_the_old_one(
    form: str, run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs, out = load([run]), tmp_path / "out"
    out.mkdir()
    (out / "report").write_text("as it was", "utf-8")

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match=r"No space left.*report"):
        list(write(summarize(runs), runs, **{form: out / "report"}))
    assert [one.name for one in out.iterdir()] == ["report"] and (out / "report").read_text(
        "utf-8"
    ) == "as it was"


def test_a_lone_surrogate_is_replaced(run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    runs = load([run])
    monkeypatch.setattr(module, "to_markdown", lambda _: "a \ud800 b")
    list(write(summarize(runs), runs, markdown=tmp_path / "r.md"))
    assert (tmp_path / "r.md").read_text("utf-8") == "a ? b"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a system without /dev/full")
@pytest.mark.parametrize("option", ["-o", "--markdown", "--latex", "--csv", "--json"])
def test_no_room_is_one_line_with_the_place_and_what_helps(option: str, run: Path, tmp_path: Path) -> None:
    done = judgekit("report", run, option, "/dev/full", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr == (
        "judgekit: /dev/full: No space left on device; make room there, and give the same command again\n"
    )


@pytest.mark.skipif(not Path("/dev/null").exists(), reason="a system without /dev/null")
def test_a_device_is_written_to_as_it_is(run: Path, tmp_path: Path) -> None:
    done = judgekit("report", run, "--csv", "/dev/null", cwd=tmp_path)
    assert (
        done.returncode == 0 and "written to /dev/null" in done.stdout and Path("/dev/null").is_char_device()
    )
