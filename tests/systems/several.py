"""Runs several judgekit commands in one process: ``python several.py [--as-windows] COMMANDS`` (a JSON list of lists).

``--as-windows`` is a stand-in for Windows, not Windows: ``fcntl`` cannot be imported, ``sys.platform`` says ``win32``,
and a module ``msvcrt`` of the same locking function, made from ``fcntl``, takes its place. Names that Windows refuses
cannot be opened, and a file that is open can neither be moved, replaced nor removed. Line ends are not translated.
"""

from __future__ import annotations

import json
import os
import re
import sys
import types
from pathlib import Path

RESERVED = re.compile(r'(con|prn|aux|nul|com\d|lpt\d) *(\..*)?|.*[<>:"|?*\\].*|.*[. ]', re.IGNORECASE)


def as_windows() -> None:
    """From here on this process is as Windows would have it; what has a branch of its own for Windows is imported first."""
    import asyncio  # noqa: F401
    import fcntl

    import click  # noqa: F401
    import matplotlib.font_manager  # noqa: F401
    import openai  # noqa: F401
    import rich.console  # noqa: F401

    def locking(handle: int, mode: int, count: int) -> None:
        fcntl.lockf(handle, mode, count)

    msvcrt = types.ModuleType("msvcrt")
    vars(msvcrt).update(LK_NBLCK=fcntl.LOCK_EX | fcntl.LOCK_NB, locking=locking)
    sys.modules["msvcrt"] = msvcrt
    sys.modules["fcntl"] = None  # type: ignore[assignment]
    sys.platform = "win32"
    sys.addaudithook(_refuse)


def _refuse(event: str, arguments: tuple[object, ...]) -> None:
    if event in ("open", "os.mkdir", "os.rename"):
        for path in arguments[: 1 + (event == "os.rename")]:
            if isinstance(path, str | Path) and RESERVED.fullmatch(Path(path).name):
                raise OSError(22, "Invalid argument", str(path))
    if event in ("os.rename", "os.remove"):
        for path in arguments[: 1 + (event == "os.rename")]:
            if isinstance(path, str | Path) and os.path.realpath(path) in _open_here():
                raise PermissionError(13, "The process cannot access the file: it is open", str(path))


def _open_here() -> set[str]:
    return {
        os.path.realpath(f"/proc/self/fd/{name}")
        for name in os.listdir("/proc/self/fd")  # noqa: PTH208 - as text
    }


def main(commands: list[list[str]]) -> list[object]:
    """The exit code of each command."""
    from judgekit import cli

    codes = []
    for command in commands:
        sys.argv = ["judgekit", *command]
        try:
            cli.main()
        except SystemExit as stop:
            codes.append(stop.code or 0)
        sys.stdout.flush()
    return codes


if __name__ == "__main__":
    if sys.argv[1] == "--as-windows":
        as_windows()
    print("codes", json.dumps(main(json.loads(sys.argv[-1]))))
