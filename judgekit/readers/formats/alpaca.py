"""AlpacaEval rows, in a JSON list or JSONL: {instruction, output, generator}, or pairs of annotated outputs.

A pair {instruction, output_1, output_2, generator_1, generator_2, preference} gives an item with two outputs; its
model is ``generator_2``, the evaluated one. Ids are the row's index.
"""

from __future__ import annotations

from collections.abc import Iterator

from judgekit.readers.base import Format, Head, Source, number, text
from judgekit.readers.files.jsonfile import rows
from judgekit.records import Item, Recorded

_ASKED, _INPUT = "instruction", "input"
_ONE, _TWO = ("output",), ("output_1", "output_2")


def _matches(head: Head) -> bool:
    there = set(head.row)
    return head.kind in ("list", "lines") and _ASKED in there and (_ONE[0] in there or set(_TWO) <= there)


def _read(source: Source) -> Iterator[Item]:
    path = source.path
    for place, row in rows(path):
        is_pair = _TWO[0] in row
        recorded: dict[str, Recorded] = {}
        if is_pair:
            recorded["preference"] = number(row.get("preference"), "preference", path, place)
            recorded["generators"] = f"{row.get('generator_1', '')} | {row.get('generator_2', '')}"
        asked = [text(row, _ASKED, path, place), str(row.get(_INPUT) or "")]
        yield source.item(
            place,
            id=str(place),
            question="\n\n".join(part for part in asked if part),
            outputs=tuple(text(row, key, path, place) for key in (_TWO if is_pair else _ONE)),
            model=str(row.get("generator_2" if is_pair else "generator") or ""),
            split=str(row.get("dataset") or ""),
            recorded=recorded,
        )


FORMAT = Format("alpaca_eval", "AlpacaEval outputs or annotated pairs, JSON or JSONL", _matches, _read)
