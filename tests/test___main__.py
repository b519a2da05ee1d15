"""``python -m judgekit`` is the command line."""

from __future__ import annotations

import subprocess
import sys

from judgekit import __version__


def test_the_module_runs_as_the_command_does() -> None:
    done = subprocess.run([sys.executable, "-m", "judgekit", "--version"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert __version__ in done.stdout
