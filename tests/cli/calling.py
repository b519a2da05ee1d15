"""The command line, called as a shell would call it but within this process, which saves two seconds of imports."""

from __future__ import annotations

import contextlib
import io
import logging
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from subprocess import CompletedProcess
from unittest.mock import patch

from judgekit.cli import main


def judgekit(*arguments: object, cwd: Path, env: dict[str, str] | None = None) -> CompletedProcess[str]:
    """``judgekit`` with these arguments in a folder; nothing that it sets for its process outlives it."""
    argv = ["judgekit", *map(str, arguments)]
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
    code: object = 0
    with (
        patch.object(sys, "argv", argv),
        patch.dict(os.environ, env or {}),
        contextlib.chdir(cwd),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        _own_logging(),
    ):
        try:
            main()
        except SystemExit as stop:
            code = stop.code or 0
    assert isinstance(code, int)
    said, told = (stream.buffer.getvalue().decode() for stream in (out, err))  # type: ignore[attr-defined]
    return CompletedProcess(argv, code, said, told)


@contextlib.contextmanager
def _own_logging() -> Iterator[None]:
    """A logging set-up of its own, as a new process has."""
    root, package, made = logging.getLogger(), logging.getLogger("judgekit"), logging.getLogRecordFactory()
    handlers, levels = root.handlers[:], (root.level, package.level)
    root.handlers[:] = []
    try:
        yield
    finally:
        root.handlers[:] = handlers
        root.setLevel(levels[0])
        package.setLevel(levels[1])
        logging.setLogRecordFactory(made)
