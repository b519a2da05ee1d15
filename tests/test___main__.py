"""``python -m judgekit`` is the command line."""

from __future__ import annotations

import runpy
import sys

import pytest

from judgekit import __version__


def test_the_module_runs_as_the_command_does(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["judgekit", "--version"])
    with pytest.raises(SystemExit) as stop:
        runpy.run_module("judgekit", run_name="__main__")
    assert not stop.value.code
    assert __version__ in capsys.readouterr().out
