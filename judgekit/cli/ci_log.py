"""Standard output and error in a CI run, whose log may take lines of them for commands.

A model's name such as ``::set-output name=passed::true`` would else set an output of the step that prints it.
"""

from __future__ import annotations

import sys
from typing import Any, TextIO

from judgekit.display import is_log_obeyed, unobeyed


class Unobeyed:
    """A text stream in which a CI run finds no commands.

    Parameters
    ----------
    stream : TextIO
        Where the text goes.
    """

    def __init__(self, stream: TextIO) -> None:
        self.obeyed = stream

    def write(self, text: str) -> int:
        """Write the text with what would begin a command spelled out."""
        return self.obeyed.write(unobeyed(text))

    def __getattr__(self, name: str) -> Any:
        return getattr(self.obeyed, name)


def guard() -> None:
    """Guard what this process prints, where a CI run reads it."""
    if is_log_obeyed():
        sys.stdout, sys.stderr = Unobeyed(sys.stdout), Unobeyed(sys.stderr)


def command(line: str) -> None:
    """Print a command on standard error, to be obeyed."""
    print(line, file=getattr(sys.stderr, "obeyed", sys.stderr))
