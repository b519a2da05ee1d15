"""A verb whose output nobody reads ends as a shell has it for any program, never as a failure or a decision."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="a closed pipe has no number of its own there"
)


@pytest.mark.parametrize("arguments", [("--help",), ("rubrics",), ("score", "--help"), ("judges", "--json")])
def test_a_closed_pipe_has_one_exit_code(arguments: tuple[str, ...]) -> None:
    unread, pipe = os.pipe()
    os.close(unread)
    command = [sys.executable, "-m", "judgekit", *arguments]
    done = subprocess.run(command, stdout=pipe, stderr=subprocess.PIPE, text=True)
    os.close(pipe)
    assert done.returncode == 141
    assert "judgekit:" not in done.stderr and "Exception ignored" not in done.stderr
