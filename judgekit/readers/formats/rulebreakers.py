"""RULEBREAKERS rows with a model's answers in an added column, as CSV, JSON list or JSONL.

The answer stands in ``output`` (or ``response``, ``generation``, ``prediction``). The question is the ready
prompt of the CSV variant, else premises and conclusion; the reference is the correct conclusion, else ``yes`` or
``no``. The split is ``rulebreaker`` or ``non_rulebreaker``; the two of a pair share their ``question_id``, since
they differ in one name only, and ``Item.recorded['pair']``.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from judgekit.documents.lines import opened
from judgekit.errors import InputError
from judgekit.readers.base import Format, Head, Place, Row, Source, require, text
from judgekit.readers.files.jsonfile import first_character, rows_of
from judgekit.readers.files.tables import table_of
from judgekit.records import Item, Recorded

_ID, _KIND, _CONCLUSION = "id", "rulebreaker_type", "conclusion"
_PROMPT, _RIGHT, _WRONG = (
    "kc_gen_formatted_prompt",
    "target_correct_conclusion",
    "target_incorrect_conclusion",
)
_ANSWERS = ("output", "response", "generation", "prediction")
_SUFFIXES = {"_nonrb": "non_rulebreaker", "_rb": "rulebreaker"}


def _matches(head: Head) -> bool:
    return head.kind in ("list", "lines", "table") and {_KIND, _CONCLUSION} <= set(head.row)


def _rows(path: Path) -> Iterator[tuple[int, Row]]:
    with opened(path) as file:
        is_json = first_character(file) in (b"{", b"[")
        yield from rows_of(file, path) if is_json else table_of(file, path)


def _read(source: Source) -> Iterator[Item]:
    path = source.path
    for place, row in _rows(path):
        name = text(row, _ID, path, place)
        suffix = next((end for end in _SUFFIXES if name.endswith(end)), "")
        answer = next((key for key in _ANSWERS if key in row), None)
        if answer is None:
            raise InputError(
                f"no column with the model's answer; expected {', '.join(_ANSWERS)}", path=path, row=place
            )
        recorded: dict[str, Recorded] = {
            "pair": name.removesuffix(suffix),
            **{key: str(row[key]) for key in (_KIND, "category", _WRONG) if row.get(key) is not None},
        }
        yield source.item(
            place,
            id=name,
            question_id=name.removesuffix(suffix),
            question=_question(row, path, place),
            references=(_reference(row, path, place),),
            outputs=(text(row, answer, path, place),),
            model=str(row.get("model") or ""),
            split=_SUFFIXES.get(suffix, ""),
            recorded=recorded,
        )


def _question(row: Row, path: Path, place: Place) -> str:
    if _PROMPT in row:
        return text(row, _PROMPT, path, place).strip()
    keys = ("premises",) if "premises" in row else ("premise1", "premise2")
    premises = " ".join(text(row, key, path, place).strip() for key in keys)
    conclusion = text(row, _CONCLUSION, path, place)
    return f"Premises: {premises}\nConclusion: {conclusion}\nDoes the conclusion follow from the premises?"


def _reference(row: Row, path: Path, place: Place) -> str:
    if _PROMPT in row and _RIGHT in row:
        return text(row, _RIGHT, path, place)
    label = str(require(row, "label", path, place)).lower()
    if label not in ("true", "false"):
        raise InputError(f"key 'label': expected true or false, found '{label}'", path=path, row=place)
    return "yes" if label == "true" else "no"


FORMAT = Format(
    "rulebreakers", "RULEBREAKERS rows with an added output column: CSV, JSON or JSONL", _matches, _read
)
