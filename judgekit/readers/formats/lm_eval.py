"""lm-evaluation-harness: ``samples_<task>_<date>.jsonl``, and open-unlearning's ``LMEval_EVAL.json``.

Multiple choice gives the text of the most likely option as output and the right option's as reference;
generation gives the raw response and the target. Numbers and booleans may stand as texts. Where a task has
several filters, the rows of the first are read: the others repeat the same outputs. Ids are ``<task>/<doc_id>``;
the split is ``forget`` for WMDP and the task's name for all others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from judgekit.errors import InputError
from judgekit.readers.base import Format, Head, Place, Row, Source, require, whole
from judgekit.readers.files.columns import Column, outline
from judgekit.readers.files.jsonfile import first_row, lines_of, opened
from judgekit.readers.prompts import bare_question
from judgekit.records import Item, Recorded

_SAMPLES_NAME = re.compile(r"samples_(?P<task>.+?)(_\d{4}-\d\d-\d\dT[\d.:-]+)?$")
_QUESTION_KEYS = ("question", "query", "Question", "goal", "problem")
_OPTION_KEYS = ("choices", "endings", "options")
_ROW = {"doc_id", "doc", "resps"}
_LETTERS = "ABCDEFGHIJ"
_TRUE_FALSE = {"True": 1.0, "False": 0.0}


def _matches(head: Head) -> bool:
    if head.kind == "object":
        return head.keys[2:] == ("[]",)
    return head.kind == "lines" and head.row.keys() >= _ROW


def _read(source: Source) -> Iterator[Item]:
    with opened(source.path) as file:
        if (first_row(file, source.path) or {}).keys() >= _ROW:
            named = _SAMPLES_NAME.fullmatch(source.path.stem)
            yield from _task(source, named["task"] if named else "", lines_of(file, source.path))
            return
        for keys, offset in outline(file, source.path).items():
            column = Column(file, source.path, keys, offset)
            yield from _task(source, keys[-1], ((column.place(index), row) for index, row in column))


def _task(source: Source, task: str, rows: Iterator[tuple[Place, Row]]) -> Iterator[Item]:
    first_filter: object = None
    folder = source.path.absolute().parent.name
    for place, row in rows:
        doc_id = str(require(row, "doc_id", source.path, place))
        first_filter = row.get("filter") if first_filter is None else first_filter
        if row.get("filter") != first_filter:
            continue
        output, references, recorded = _answer(row, source.path, place)
        yield source.item(
            place,
            id=f"{task}/{doc_id}" if task else doc_id,
            question=_question(row, source.path, place),
            references=references,
            outputs=(output,),
            # the harness writes a model "org/name" to the folder "org__name"
            model=folder.replace("__", "/") if "__" in folder else "",
            split="forget" if task.startswith("wmdp") else task,
            recorded=recorded | _measures(row),
        )


def _doc(row: Row) -> Mapping[str, Any]:
    doc = row.get("doc")
    return doc if isinstance(doc, Mapping) else {}


def _question(row: Row, path: Path, place: Place) -> str:
    for key in _QUESTION_KEYS:
        if isinstance(asked := _doc(row).get(key), str):
            return whole(asked).strip()
    arguments = _arguments(row)
    if not arguments or not isinstance(arguments[0][0], str):
        raise InputError(
            f"no question: expected doc.{' or doc.'.join(_QUESTION_KEYS)}, or arguments", path=path, row=place
        )
    return bare_question(whole(arguments[0][0]))


def _arguments(row: Row) -> list[Sequence[Any]]:
    """The (prompt, continuation) of each request, from the harness's two ways of writing them."""
    asked = row.get("arguments") or []
    requests = list(asked.values()) if isinstance(asked, Mapping) else list(asked)
    pairs = [list(one.values()) if isinstance(one, Mapping) else one for one in requests]
    return [pair for pair in pairs if isinstance(pair, Sequence) and not isinstance(pair, str) and pair]


def _answer(row: Row, path: Path, place: Place) -> tuple[str, tuple[str, ...], dict[str, Recorded]]:
    """Output, references, and the log-likelihood of every option."""
    answers = row.get("filtered_resps") or require(row, "resps", path, place)
    if not isinstance(answers, list) or not answers:
        raise InputError("key 'resps': expected a list of responses", path=path, row=place)
    likelihoods = [_likelihood(one) for one in answers]
    if all(one is not None for one in likelihoods):
        known = [one for one in likelihoods if one is not None]
        options = _options(row, len(known), path, place)
        right = _right(row, options)
        references = () if right is None else (options[right],)
        return (
            options[max(range(len(known)), key=known.__getitem__)],
            references,
            {"loglikelihoods": [*known]},
        )
    raw = row.get("resps") or answers
    while isinstance(raw, list) and raw:
        raw = raw[0]
    if not isinstance(raw, str):
        raise InputError(
            "key 'resps': expected texts or (log-likelihood, is-greedy) pairs", path=path, row=place
        )
    target = require(row, "target", path, place)
    targets = [whole(str(one)) for one in (target if isinstance(target, list) else [target])]
    # asked to name an option, a model may write its letter or its text
    choices = _doc(row).get("choices")
    if isinstance(choices, list) and targets[:1] and targets[0] in [*_LETTERS[: len(choices)]]:
        targets.append(whole(str(choices[_LETTERS.index(targets[0])])))
    return whole(raw), tuple(targets), {}


def _likelihood(answer: Any) -> float | None:
    while isinstance(answer, list) and len(answer) == 1:
        answer = answer[0]
    pair = isinstance(answer, list) and len(answer) == 2 and str(answer[1]) in _TRUE_FALSE
    return _number(answer[0]) if pair else None


def _number(value: Any) -> float | None:
    if isinstance(value, str) and value in _TRUE_FALSE:
        return _TRUE_FALSE[value]
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if abs(number) < float("inf") else None


def _options(row: Row, count: int, path: Path, place: Place) -> list[str]:
    for key in _OPTION_KEYS:
        options = _doc(row).get(key)
        options = options.get("text") if isinstance(options, Mapping) else options
        if isinstance(options, list) and len(options) == count and all(isinstance(o, str) for o in options):
            return [whole(option) for option in options]
    continuations = [str(pair[1]).strip() for pair in _arguments(row) if len(pair) > 1]
    if len(continuations) != count:
        raise InputError(f"expected {count} options in doc.choices, one a response", path=path, row=place)
    return continuations


def _right(row: Row, options: Sequence[str]) -> int | None:
    """The right option's index, from an index, a letter or the option's text."""
    for value in (
        row.get("target"),
        *(_doc(row).get(key) for key in ("answer", "gold", "label", "answerKey")),
    ):
        told = str(value).strip()
        if told.isdecimal() and int(told) < len(options):
            return int(told)
        if len(told) == 1 and told in _LETTERS[: len(options)]:
            return _LETTERS.index(told)
        if told in options:
            return options.index(told)
    return None


def _measures(row: Row) -> dict[str, Recorded]:
    named = row.get("metrics")
    names = [name for name in named if isinstance(name, str)] if isinstance(named, list) else []
    return {name: value for name in names if (value := _number(row.get(name))) is not None}


FORMAT = Format(
    "lm_eval",
    "lm-evaluation-harness samples_<task>.jsonl, and open-unlearning's LMEval_EVAL.json",
    _matches,
    _read,
)
