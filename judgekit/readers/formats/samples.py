"""Several outputs a question: ``{prompt, ground_truth, responses: [{response, ...}]}`` and the like, JSON or JSONL.

A row is a question with a list of generations (texts, or objects with a text and numbers), as leak@k
(Reisizadeh et al. 2025) writes them to ``generations_n200.json``; each is an item ``<row>#<n>`` of the same question. A
question that was put in several ways is a row with ``paraphrases``, a row that names its ``original_question``, or a
conversation (``turns``, ``messages``), of which every answer is an item (where there are generations beside it, it is
their prompt); the item's probe says which way.

Two outputs that are compared are no samples: a list ``outputs`` of two texts stays a pair, and rows with a preference,
or with generations of several models, are refused.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from judgekit.errors import InputError
from judgekit.readers.base import Format, Head, Place, Row, Source, measured, text, texts, whole
from judgekit.readers.files.jsonfile import rows
from judgekit.readers.prompts import bare_question
from judgekit.readers.turns import Turn, as_question
from judgekit.records import Item, Recorded, question_key

_QUESTIONS = ("question", "prompt", "query")
_ORIGINAL, _PARAPHRASES = "original_question", "paraphrases"
_GOLD = ("references", "reference", "ground_truth", "answer", "gt", "gold")
_TALKS = ("turns", "messages")
_MANY = ("responses", "generations", "samples", "completions", "predictions", "outputs")
_ONE = ("response", "text", "output", "generation", "completion", "prediction")
_COMPARED = ("preference", "preferences", "winner", "chosen", "rejected")
_MAKERS = ("model", "generator")
_PAIR = 2
_NAMES = {"CS": "cosine_similarity"}
_SPLITS = re.compile(r"(forget|retain|holdout)\d*", re.IGNORECASE)
_ABOVE = 3


class _Asked(NamedTuple):
    """A question as one probe puts it, and what was answered: ``key`` leads to ``outputs``, one or a list."""

    question: str
    probe: str
    key: str
    outputs: Any


def _matches(head: Head) -> bool:
    row = head.row
    if head.kind not in ("list", "lines") or str(row.get("schema", "")).startswith("judgekit."):
        return False
    if _compared(row):
        return False
    if _is_list(row.get("turns")) or (_is_list(row.get("messages")) and bool(_first(row, _GOLD))):
        return True
    has_outputs = _generations(row) or _PARAPHRASES in row or (_ORIGINAL in row and _first(row, _ONE))
    return bool(_first(row, _QUESTIONS) and has_outputs)


def _first(row: Row, keys: tuple[str, ...]) -> str:
    """The first of these keys that the row has; empty where it has none."""
    return next((key for key in keys if key in row), "")


def _is_list(value: object) -> bool:
    return isinstance(value, list) and bool(value)


def _generations(row: Row) -> str:
    """The key of a list of generations; two texts under ``outputs`` are a pair that somebody compares."""
    key = next((key for key in _MANY if isinstance(row.get(key), list)), "")
    values = row.get(key, ())
    is_pair = key == "outputs" and len(values) <= _PAIR and all(isinstance(one, str) for one in values)
    return "" if is_pair else key


def _compared(row: Row) -> str:
    """What says that the row compares outputs; empty where nothing does."""
    if key := _first(row, _COMPARED):
        return f"the key '{key}'"
    key = _generations(row)
    made_by = [one for one in row[key] if isinstance(one, Mapping)] if key else []
    for maker in _MAKERS:
        made = {str(one.get(maker)) for one in made_by}
        if len(made) > 1:
            return f"several values of '{maker}'"
    return ""


def _read(source: Source) -> Iterator[Item]:
    path, split = source.path, _split(source.path)
    met: Counter[str] = Counter()
    for place, row in rows(path):
        if why := _compared(row):
            raise InputError(f"the row compares outputs ({why}); they are no samples", path=path, row=place)
        original = _original(row, path, place)
        name = str(row["id"]) if isinstance(row.get("id"), str | int) else str(place)
        key = _first(row, _GOLD)
        shared = {
            "question_id": str(row.get("question_id") or question_key(original)),
            "references": texts(row, key, path, place) if key else (),
            **{field: str(row.get(field) or "") for field in ("model", "method")},
            "split": str(row.get("split") or split),
        }
        for asked in _asked(row, original, met, path, place):
            under = f"{name}/{asked.probe}" if asked.probe else name
            yield from _items(source, place, under, asked, shared)


def _original(row: Row, path: Path, place: Place) -> str:
    """The question that all probes of a row put."""
    for key in (_ORIGINAL, *_QUESTIONS):
        if isinstance(row.get(key), str):
            return bare_question(text(row, key, path, place))
    turns = _talk(row, path, place)
    if not turns:
        raise InputError(f"no question; expected {', '.join((*_QUESTIONS, *_TALKS))}", path=path, row=place)
    return turns[0].text


def _asked(row: Row, original: str, met: Counter[str], path: Path, place: Place) -> Iterator[_Asked]:
    """The row's question in each way it was put, with the outputs."""
    probe = str(row.get("probe") or "")
    key = _generations(row) or ("outputs" if "outputs" in row else _first(row, _ONE))
    turns = _talk(row, path, place)
    if turns and not key:
        yield from _answers(turns, original, probe, path, place)
    elif turns:
        if not turns[-1].asks:
            what = f"the conversation ends with an answer, and there is '{key}' too; which is the output?"
            raise InputError(what, path=path, row=place)
        yield _Asked(as_question(turns), probe or _turn(turns, original), key, row[key])
    else:
        question = bare_question(text(row, _first(row, _QUESTIONS) or _ORIGINAL, path, place))
        if key or _PARAPHRASES not in row:
            if not probe and question_key(question) != question_key(original):
                met[original] += 1
                probe = f"paraphrase {met[original]}"
            yield _Asked(question, probe, key, _there(row, key, path, place))
    paraphrases = row.get(_PARAPHRASES) or []
    if not isinstance(paraphrases, list):
        raise InputError(f"key '{_PARAPHRASES}': expected a list", path=path, row=place)
    for number, one in enumerate(paraphrases, 1):
        at = f"{place}.{_PARAPHRASES}.{number - 1}"
        if not isinstance(one, Mapping):
            raise InputError("expected an object with a question and its responses", path=path, row=at)
        key = _generations(one) or _first(one, _ONE)
        put = str(one.get("probe") or f"paraphrase {number}")
        question = text(one, _first(one, (*_QUESTIONS, "paraphrase")) or _QUESTIONS[0], path, at)
        yield _Asked(
            bare_question(question), put, f"{_PARAPHRASES}.{number - 1}.{key}", _there(one, key, path, at)
        )


def _there(row: Row, key: str, path: Path, place: Place) -> Any:
    if not key:
        raise InputError(f"no outputs; expected {', '.join((*_MANY, *_ONE))}", path=path, row=place)
    return row[key]


def _talk(row: Row, path: Path, place: Place) -> list[Turn]:
    """The turns of a row that is a conversation; what a system prompt says is no part of it."""
    key = next((key for key in (*_TALKS, *_QUESTIONS) if isinstance(row.get(key), list)), "")
    found: list[Turn] = []
    for number, one in enumerate(row.get(key) or () if key else ()):
        at = f"{place}.{key}.{number}"
        if isinstance(one, Mapping) and "user" in one:
            found.append(Turn(True, text(one, "user", path, at)))
            if one.get("assistant") is not None:
                found.append(Turn(False, text(one, "assistant", path, at)))
        elif text(one, "role", path, at) in ("user", "assistant"):
            found.append(Turn(one["role"] == "user", text(one, "content", path, at)))
    if found and not found[0].asks:
        raise InputError(f"key '{key}': expected a turn of the user first", path=path, row=place)
    return found


def _answers(turns: list[Turn], original: str, probe: str, path: Path, place: Place) -> Iterator[_Asked]:
    """Every answer in a conversation, each to all that was said before it."""
    if all(turn.asks for turn in turns):
        raise InputError("no turn of the assistant, and no responses", path=path, row=place)
    for number, turn in enumerate(turns):
        if not turn.asks:
            before = turns[:number]
            put = ", ".join(filter(None, (probe, _turn(before, original))))
            yield _Asked(as_question(before), put, "", turn.text)


def _turn(before: list[Turn], original: str) -> str:
    """Which turn it is; empty for the question itself, asked first."""
    number = sum(turn.asks for turn in before)
    is_plain = number == 1 and question_key(before[0].text) == question_key(original)
    return "" if is_plain else f"turn {number}"


def _items(
    source: Source, place: Place, name: str, asked: _Asked, shared: Mapping[str, Any]
) -> Iterator[Item]:
    path, outputs = source.path, asked.outputs
    is_list = isinstance(outputs, list)
    if is_list and not outputs:
        raise InputError(f"key '{asked.key}' is empty; a row needs an output", path=path, row=place)
    for number, one in enumerate(outputs if is_list else (outputs,)):
        at = f"{place}.{asked.key}.{number}" if is_list else place
        output, recorded = _output(one, path, at)
        yield source.item(
            at,
            id=f"{name}#{number + 1}" if is_list else name,
            question=asked.question,
            probe=asked.probe,
            outputs=(output,),
            recorded=recorded,
            **shared,
        )


def _output(one: object, path: Path, place: Place) -> tuple[str, dict[str, Recorded]]:
    """The text of a generation, and the numbers that stand beside it."""
    if isinstance(one, str):
        return whole(one), {}
    key = _first(one, (*_ONE, "content")) if isinstance(one, Mapping) else ""
    if not isinstance(one, Mapping) or not key:
        what = f"expected a text, or an object with {', '.join(_ONE)}"
        raise InputError(what, path=path, row=place)
    numbers = {_NAMES.get(name, name): value for name, value in measured(one, path, place).items()}
    return text(one, key, path, place), numbers


def _split(path: Path) -> str:
    """The split that one of the folders above names."""
    above = (folder.name for folder in list(path.absolute().parents)[:_ABOVE])
    found = next(filter(None, map(_SPLITS.fullmatch, above)), None)
    return found[1].lower() if found else ""


FORMAT = Format(
    "samples",
    "several outputs a question: responses, paraphrases or conversations, JSON or JSONL (leak@k)",
    _matches,
    _read,
)
