"""Addresses inside the page: a filter of the item table, or one item, as a URL fragment that can be sent.

``#items?key=value&...``: the same key several times means any of them, different keys mean all of them. The page's
``items.js`` reads the same grammar.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal
from urllib.parse import quote, urlencode

from judgekit.records import several

Key = Literal[
    "run",
    "rubric",
    "side",
    "split",
    "label",
    "state",
    "tier",
    "human",
    "flag",
    "probe",
    "against",
    "from",
    "was",
]


def items_link(wanted: dict[Key, str | Iterable[str]]) -> str:
    """The items that meet all of these.

    Parameters
    ----------
    wanted : mapping
        Key to a value or several of which any will do; the empty text is a value too (no label, no split).
    """
    pairs = [(key, value) for key, values in wanted.items() for value in several(values)]
    return "#items?" + urlencode(pairs, quote_via=quote, errors="replace")


def item_link(run: str, rubric: str, item: str) -> str:
    """One item, by its id within a run and rubric."""
    pairs = [("run", run), ("rubric", rubric), ("id", item)]
    return "#item?" + urlencode(pairs, quote_via=quote, errors="replace")
