"""Text that comes from models, files and servers, made safe to show: in a terminal, and in a spreadsheet."""

from __future__ import annotations

import re

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_FORMULA = re.compile(r"'*[=+\-@\t\r]")


def printable(text: str) -> str:
    """A text without what a terminal would obey: control characters and changes of direction, spelled out instead."""
    return _CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", text)


def cell(text: str) -> str:
    """A text that no spreadsheet takes for a formula: one that begins like one gets an apostrophe in front."""
    return f"'{text}" if _FORMULA.match(text) else text


def uncell(text: str) -> str:
    """The text that :func:`cell` was given."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text
