"""A machine that is out of memory or of open files is what failed, in one line: neither the input nor judgekit."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from judgekit import api
from tests.cli.calling import judgekit


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (MemoryError(), "judgekit: out of memory; the same command goes on where there is more\n"),
        (
            OSError(errno.EMFILE, os.strerror(errno.EMFILE), "x"),
            "(ulimit -n), and give the same command again\n",
        ),
    ],
)
def test_it_is_said_in_one_line(
    error: Exception, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(api, "score", fail)
    (tmp_path / "outputs.jsonl").write_text('{"id": "a", "question": "q?", "output": "o"}\n')
    done = judgekit("score", "outputs.jsonl", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "") and done.stderr.endswith(said)
    assert done.stderr.count("\n") == 1
