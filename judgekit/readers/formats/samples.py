"""Several outputs a question: ``{prompt, ground_truth, responses: [{response, ...}]}`` and the like, JSON or JSONL.

A row is a question with a list of generations (texts, or objects with a text and numbers), as leak@k
(Reisizadeh et al. 2025) writes them to ``generations_n200.json``; each is an item ``<row>#<n>`` of the same question. A
question that was put in several ways is a row with ``paraphrases``, a row that names its ``original_question``, or a
conversation (``turns``, ``messages``), of which every answer is an item (where there are generations beside it, it is
their prompt); the item's probe says which way.

A row of a table or of the own format stays one: with a ``question`` and an ``output``, or up to two texts under
``outputs``. Two outputs that are compared are no samples: rows with a preference, or with generations of several
models, are refused. So are rows with several keys of outputs, and files that hold one or two texts under ``outputs``
here and more there.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple, TypeGuard

from judgekit.errors import InputError
from judgekit.readers.base import PAIR, Counts, Format, Head, Place, Row, Source, measured, text, texts, whole
from judgekit.readers.files.jsonfile import rows
from judgekit.readers.prompts import bare_question
from judgekit.readers.turns import Turn, as_question
from judgekit.records import Item, Recorded, question_key

_QUESTIONS = ("question", "prompt", "query")
_ORIGINAL, _PARAPHRASES = "original_question", "paraphrases"
_GOLD = ("references", "reference", "ground_truth", "answer", "gt", "gold")
_TALKS = ("turns", "messages")
_MANY = ("responses", "generations", "samples", "completions", "predictions", "outputs")
_SINGLE = ("response", "output", "generation", "completion", "prediction")
_ONE = (*_SINGLE, "text")
"""Keys of one output; beside another a ``text`` may be anything."""
_COMPARED = ("preference", "preferences", "preferred", "better", "winner", "chosen", "rejected")
_COMPARED_TWO = ("label", "choice")
"""Keys that say which of two outputs is better; beside more of them, or beside samples by name, anything."""
_MAKERS = ("model", "generator")
_NAMES = {"CS": "cosine_similarity"}
_SPLITS = re.compile(r"(forget|retain|holdout)\d*", re.IGNORECASE)
_ABOVE = 3


class _Asked(NamedTuple):
    """A question as one probe puts it, and what was answered: ``key`` leads to ``outputs``, one or a list."""

    question: str
    probe: str
    key: str
    outputs: Any


def has_samples(head: Head) -> bool:
    """Whether a row holds several outputs, or is one of several that put the same question."""
    row = head.row
    if head.kind not in ("list", "lines") or str(row.get("schema", "")).startswith("judgekit."):
        return False
    many = _generations(row)
    if _is_plain(row) or _compared(row) or (many and _first(row, _SINGLE)):
        return False
    if _is_list(row.get("turns")) or (_is_list(row.get("messages")) and bool(_first(row, _GOLD))):
        return True
    has_outputs = many or _PARAPHRASES in row or (_ORIGINAL in row and _first(row, _ONE))
    return bool(_first(row, _QUESTIONS) and has_outputs)


def _first(row: Row, keys: tuple[str, ...]) -> str:
    """The first of these keys that the row has; empty where it has none."""
    return next((key for key in keys if key in row), "")


def _is_list(value: object) -> bool:
    return isinstance(value, list) and bool(value)


def _is_plain(row: Row) -> bool:
    """Whether a table or the own format reads the row: a question, and one output or two that are compared."""
    has_outputs = "output" in row or ("outputs" in row and (_is_short(row) or not _is_list(row["outputs"])))
    return isinstance(row.get("question"), str | int | float) and has_outputs


def _is_short(row: Row) -> bool:
    """Whether a row has one or two texts under ``outputs``: two are a pair that somebody compares."""
    outputs = row.get("outputs")
    return _are_texts(outputs) and len(outputs) <= PAIR


def _are_texts(value: object) -> TypeGuard[list[str]]:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _generations(row: Row) -> str:
    """The key of a list of generations."""
    key = next((key for key in _MANY if isinstance(row.get(key), list)), "")
    return "" if key == "outputs" and _is_short(row) else key


def _compared(row: Row, forced: bool = False) -> str:
    """What says that the row compares outputs; empty where nothing does."""
    if key := _first(row, _COMPARED):
        return f"the key '{key}'"
    key = _generations(row)
    if key and len(row[key]) == PAIR and not forced and (said := _first(row, _COMPARED_TWO)):
        return f"two of them and the key '{said}'; samples all the same: --format samples"
    made_by = [one for one in row[key] if isinstance(one, Mapping)] if key else []
    for maker in _MAKERS:
        made = {str(one.get(maker)) for one in made_by}
        if len(made) > 1:
            return f"several values of '{maker}'"
    return ""


class _Numbers:
    """Which number a wording of a question has: the same in all rows, whichever model or method answers it."""

    def __init__(self) -> None:
        self._given: defaultdict[str, dict[str, int]] = defaultdict(dict)

    def of(self, original: str, question: str) -> int:
        """Counted from 1, in the order in which the wordings of the original question come up."""
        given = self._given[question_key(original)]
        return given.setdefault(question_key(question), len(given) + 1)


def _read(source: Source) -> Iterator[Item]:
    path, split = source.path, _split(source.path)
    numbers, counts = _Numbers(), Counts(source, "table")
    for place, row in rows(path):
        if why := _compared(row, source.forced):
            raise InputError(f"the row compares outputs ({why}); they are no samples", path=path, row=place)
        if _are_texts(row.get("outputs")):
            counts.check(len(row["outputs"]), place)
        original = _original(row, path, place)
        name = str(row["id"]) if isinstance(row.get("id"), str | int) else str(place)
        key = _first(row, _GOLD)
        shared = {
            "question_id": str(row.get("question_id") or question_key(original)),
            "references": texts(row, key, path, place) if key else (),
            **{field: str(row.get(field) or "") for field in ("model", "method")},
            "split": str(row.get("split") or split),
        }
        met: Counter[str] = Counter()
        for asked in _asked(row, original, numbers, path, place):
            under = f"{name}/{asked.probe}" if asked.probe else name
            met[under] += 1
            under = f"{under}/{met[under]}" if met[under] > 1 else under
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


def _asked(row: Row, original: str, numbers: _Numbers, path: Path, place: Place) -> Iterator[_Asked]:
    """The row's question in each way it was put, with the outputs."""
    probe = str(row.get("probe") or "")
    key = _key(row, path, place)
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
                probe = f"paraphrase {numbers.of(original, question)}"
            yield _Asked(question, probe, key, _there(row, key, path, place))
    paraphrases = row.get(_PARAPHRASES) or []
    if not isinstance(paraphrases, list):
        raise InputError(f"key '{_PARAPHRASES}': expected a list", path=path, row=place)
    for number, one in enumerate(paraphrases):
        at = f"{place}.{_PARAPHRASES}.{number}"
        if not isinstance(one, Mapping):
            raise InputError("expected an object with a question and its responses", path=path, row=at)
        key = _key(one, path, at)
        asks = _first(one, (*_QUESTIONS, "paraphrase")) or _QUESTIONS[0]
        question = bare_question(text(one, asks, path, at))
        put = str(one.get("probe") or f"paraphrase {numbers.of(original, question)}")
        yield _Asked(question, put, f"{_PARAPHRASES}.{number}.{key}", _there(one, key, path, at))


def _key(row: Row, path: Path, place: Place) -> str:
    """The key of a row's outputs, or of its one; empty where it has none."""
    found = [key for key in _MANY if isinstance(row.get(key), list) or (key == "outputs" and key in row)]
    found += [key for key in _SINGLE if isinstance(row.get(key), str)]
    if len(found) > 1:
        what = f"{' and '.join(map(repr, found))} may all be the output; which is meant? Leave the others out"
        raise InputError(what, path=path, row=place)
    return found[0] if found else _first(row, _ONE)


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
    has_samples,
    _read,
)
