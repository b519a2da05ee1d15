"""Values made fit to show: text of models and servers in a terminal or spreadsheet, large records in one line."""

from __future__ import annotations

import os
import re
import reprlib
from collections.abc import Iterable, Mapping
from html import escape

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_SPELLED = {"·": "-", "–": "-", "—": "-", "−": "-", "…": "...", "×": "x", "≥": ">=", "≤": "<=", "→": "->"}
_FORMULA = re.compile(r"'*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
"""What a spreadsheet takes for the beginning of a formula (OWASP, CSV injection), in full width too, as where those are
typed; and an apostrophe before it."""


def printable(text: str) -> str:
    """A text without what a terminal would obey: control characters and changes of direction, spelled out instead."""
    return _CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", text)


_COMMAND = re.compile(r"##(?=\w*\[)|(?m:^\s*):(?=:)")
_RUNNERS = ("GITHUB_ACTIONS", "TF_BUILD", "TEAMCITY_VERSION")
"""Variables by which a run knows that its log is read by GitHub Actions, Azure Pipelines or TeamCity."""


def is_log_obeyed() -> bool:
    """Whether what is printed goes to a log in which lines may be commands."""
    return any(os.environ.get(name) for name in _RUNNERS)


def unobeyed(text: str) -> str:
    """A text in which such a log finds no command: what would begin one is spelled out, as JSON spells it.

    GitHub takes ``::name::`` at the beginning of a line, and ``##[name]`` anywhere in it.
    """
    return _COMMAND.sub(lambda found: f"{found[0][:-1]}\\u{ord(found[0][-1]):04x}", text)


def logged(text: str) -> str:
    """A text as a test run prints it: without what a terminal would obey, nor its log where that is one that obeys."""
    shown = printable(text)
    return unobeyed(shown) if is_log_obeyed() else shown


def whole(text: str) -> str:
    """The text with lone surrogates, which no UTF-8 file can hold, replaced by U+FFFD."""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


_NO_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def xml_text(text: str) -> str:
    """A text without what XML, and typefaces, may not hold: spelled out instead."""
    return _NO_XML.sub(lambda found: f"\\x{ord(found[0]):02x}", text)


def spelled(error: UnicodeError) -> tuple[str, int]:
    """An error handler (:func:`codecs.register_error`) that spells out what the output's encoding lacks."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end]
    said = (_SPELLED.get(one) or one.encode("ascii", "backslashreplace").decode() for one in lacking)
    return "".join(said), error.end


def some(count: int, what: str) -> str:
    """'1 question', '1,200 questions'."""
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def cell(text: str) -> str:
    """A text that no spreadsheet takes for a formula: one that begins like one gets an apostrophe in front."""
    return f"'{text}" if _FORMULA.match(text) else text


def uncell(text: str) -> str:
    """The text that :func:`cell` was given."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text


LONGEST = 100
"""Characters of one value; what is longer loses its middle."""

_SHORT = reprlib.Repr()
_SHORT.maxdict = _SHORT.maxlist = _SHORT.maxtuple = FEW = 6
_SHORT.maxstring = _SHORT.maxother = 80
_PLAIN = (str, int, float, bool, type(None))


def brief(value: object) -> str:
    """``repr``, cut; of many things, or of few that are not plain, only how many there are."""
    if isinstance(value, Mapping | list | tuple | set | frozenset):
        inside = value.values() if isinstance(value, Mapping) else value
        if len(value) > FEW or not all(isinstance(one, _PLAIN) for one in inside):
            return f"<{len(value):,}>"
    text = _SHORT.repr(value)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 30]}…{text[-29:]}"


def brief_repr(self: object) -> str:
    """``__repr__`` of a data class, its fields cut."""
    names: Iterable[str] = getattr(type(self), "__dataclass_fields__", ())
    said = ", ".join(f"{name}={brief(getattr(self, name))}" for name in names)
    return f"{type(self).__name__}({said})"


def html_table(rows: Iterable[Mapping[str, object]], note: str = "") -> str:
    """A small table for a notebook: a column for each name of which some row says something, every text escaped.

    Parameters
    ----------
    rows : iterable of mapping
        Column -> value; a long text loses its middle.
    note : str
        Said below it.
    """
    held = list(rows)
    names = [
        name
        for name in dict.fromkeys(name for row in held for name in row)
        if any(row.get(name) for row in held)
    ]
    head = "".join(f"<th>{escape(name.replace('_', ' '))}</th>" for name in names)
    body = "".join(
        f"<tr>{''.join(f'<td>{escape(_shown(row.get(name)))}</td>' for name in names)}</tr>" for row in held
    )
    below = f"<p>{escape(printable(note))}</p>" if note else ""
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{below}"


def _shown(value: object) -> str:
    if isinstance(value, list | tuple):
        value = ", ".join(map(str, value))
    if value is None:
        return ""
    text = (
        f"{value:,.4g}"
        if isinstance(value, float)
        else f"{value:,}"
        if isinstance(value, int)
        else str(value)
    )
    text = printable(" ".join(text.split()))
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 30]}…{text[-29:]}"
