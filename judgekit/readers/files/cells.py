"""What a cell of an Excel workbook holds: texts that stay texts, and what is cut of those too long.

None is a formula, and what the file format cannot hold is escaped as its standard says (ECMA-376, ``ST_Xstring``:
``_x0007_``). A text longer than a cell holds is cut, with a word at its end and a warning.
"""

from __future__ import annotations

import logging
import re
from typing import Any

from judgekit.errors import MissingExtra

_LOG = logging.getLogger(__name__)

LONGEST = 32_767
"""Characters (of UTF-16) that a cell holds."""
MOST = 1_048_575
"""Rows that a sheet holds, below its header."""
_CUT = "\n[cut here: a cell holds no more]"
_UNWRITABLE = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")


def workbooks() -> Any:
    """The package that reads and writes workbooks.

    Raises
    ------
    MissingExtra
        It is not installed.
    """
    try:
        import openpyxl
    except ImportError as error:
        raise MissingExtra("an Excel workbook", "excel", error) from None
    return openpyxl


def as_text(cell: Any) -> Any:
    """The same cell of openpyxl, its text a text: no formula, number or date, also after it was edited."""
    cell.data_type, cell.number_format = "s", "@"
    return cell


def escaped(text: str) -> str:
    """A text that XML can hold; :func:`unescaped` undoes it, and so does Excel."""
    return _UNWRITABLE.sub(lambda found: f"_x{ord(found[0]):04X}_", text)


def unescaped(text: str) -> str:
    """The text that :func:`escaped` was given."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)


def fitting(text: str) -> str:
    """A text escaped for a cell, cut where it is longer than one holds."""
    whole = escaped(text)
    while _length(whole) > LONGEST:
        text = text[: len(text) * (LONGEST - len(_CUT)) // _length(whole)]
        whole = escaped(text) + _CUT
    return whole


def is_cut(text: str) -> bool:
    """Whether :func:`fitting` cut a text."""
    return text.endswith(_CUT)


def warn_of_cuts(count: int, whole: str) -> None:
    """Say how many texts were cut, if any, and where they stand whole."""
    if count:
        _LOG.warning(
            "%s texts are longer than the %s characters that a cell of Excel holds; they are cut and say so at their "
            "end. %s",
            f"{count:,}",
            f"{LONGEST:,}",
            whole,
        )


def _length(text: str) -> int:
    return len(text) + sum(character > "\uffff" for character in text)
