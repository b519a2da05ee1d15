"""lm-evaluation-harness: ``samples_<task>_<date>.jsonl``, and open-unlearning's ``LMEval_EVAL.json``.

Multiple choice gives the text of the most likely option as output and the right option's as reference;
generation gives the raw response and the target. Each of a document's repeats is a sample of its question. Numbers,
booleans and lists may stand as texts. Where a task has several filters, the rows of the first are read: the others
repeat the same outputs. Ids are ``<task>/<doc_id>``, of samples ``<task>/<doc_id>#<n>``; the split is ``forget`` for
WMDP and the task's name for all others.

The log-likelihood of one given text (tasks of the types ``loglikelihood`` and ``loglikelihood_rolling``) does not say
what the model would have answered. Such a file is refused, and passed over in a folder.
"""

from __future__ import annotations

import ast
import json
import logging
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from judgekit.documents.lines import lines_of, opened
from judgekit.errors import InputError
from judgekit.readers.base import Format, Head, Place, Row, Source, require, whole
from judgekit.readers.files.columns import Column, outline
from judgekit.readers.files.jsonfile import first_row
from judgekit.readers.prompts import bare_question
from judgekit.records import Item, Recorded

_LOG = logging.getLogger(__name__)

_SAMPLES_NAME = re.compile(r"samples_(?P<task>.+?)(_\d{4}-\d\d-\d\dT[\d.:-]+)?$")
_QUESTION_KEYS = ("question", "query", "Question", "goal", "problem")
_OPTION_KEYS = ("choices", "endings", "options")
_RIGHT_KEYS = ("answer", "gold", "label", "answerKey")
_ROW = {"doc_id", "doc", "resps"}
_LETTERS = "ABCDEFGHIJ"
_TRUE_FALSE = {"True": 1.0, "False": 0.0}
_NO_METRIC = "bypass"
"""What stands for a metric under ``--predict_only``."""
_NOTHING = "log-likelihoods of given texts and no outputs of the model: there is nothing to judge"


class _Answer(NamedTuple):
    """What a row tells of its document.

    Attributes
    ----------
    outputs : tuple of str
        Several where the document was asked repeatedly.
    references : tuple of str
    recorded : dict
        Numbers that are known of the one output.
    """

    outputs: tuple[str, ...]
    references: tuple[str, ...]
    recorded: dict[str, Recorded]


def _matches(head: Head) -> bool:
    if head.kind == "object":
        return head.keys[2:] == ("[]",)
    return head.kind == "lines" and head.row.keys() >= _ROW


def _refuses(head: Head) -> str:
    return _NOTHING if head.kind == "lines" and _is_of_given_text(head.row) else ""


def _read(source: Source) -> Iterator[Item]:
    with opened(source.path) as file:
        if (first_row(file, source.path) or {}).keys() >= _ROW:
            named = _SAMPLES_NAME.fullmatch(source.path.stem)
            yield from _task(source, named["task"] if named else "", lines_of(file, source.path))
            return
        for keys, offset in outline(file, source.path).items():
            _, first = next(iter(Column(file, source.path, keys, offset)), ("", None))
            if isinstance(first, Mapping) and _is_of_given_text(first):
                _LOG.warning("%s:%s: %s (passed over)", source.path, ".".join(keys), _NOTHING)
                continue
            column = Column(file, source.path, keys, offset)
            yield from _task(source, keys[-1], ((column.place(index), row) for index, row in column))


def _task(source: Source, task: str, rows: Iterator[tuple[Place, Row]]) -> Iterator[Item]:
    first_filter: object = None
    for place, row in rows:
        doc_id = str(require(row, "doc_id", source.path, place))
        first_filter = row.get("filter") if first_filter is None else first_filter
        if row.get("filter") != first_filter:
            continue
        answer = _answer(row, source.path, place)
        question = _question(row, source.path, place)
        name = f"{task}/{doc_id}" if task else doc_id
        many = len(answer.outputs) > 1
        for number, output in enumerate(answer.outputs, 1):
            yield source.item(
                place,
                id=f"{name}#{number}" if many else name,
                question=question,
                references=answer.references,
                outputs=(output,),
                split="forget" if task.startswith("wmdp") else task,
                # of several samples the harness measures one, or all together
                recorded={} if many else answer.recorded | _measures(row),
            )


def _doc(row: Row) -> Mapping[str, Any]:
    doc = row.get("doc")
    return doc if isinstance(doc, Mapping) else {}


def _requests(row: Row) -> list[Sequence[Any]]:
    """The (prompt, continuation or settings) of each request, from the harness's two ways of writing them."""
    asked = row.get("arguments")
    listed = asked if isinstance(asked, list) else []
    requests = list(asked.values()) if isinstance(asked, Mapping) else listed
    pairs = [list(one.values()) if isinstance(one, Mapping) else one for one in requests]
    return [pair for pair in pairs if isinstance(pair, Sequence) and not isinstance(pair, str) and pair]


def _is_generated(requests: Sequence[Sequence[Any]]) -> bool:
    """Whether settings of a generation follow the prompt."""
    return any(isinstance(part, Mapping) for request in requests for part in request[1:2])


def _is_of_given_text(row: Row) -> bool:
    """Whether a row holds the log-likelihood of one given text, with a prompt before it or without one."""
    requests, answers = _requests(row), row.get("resps")
    if not isinstance(answers, list) or len(answers) != 1 or _is_generated(requests):
        return False
    only = answers[0][0] if isinstance(answers[0], list) and answers[0] else None
    return _likelihood(answers[0]) is not None or (
        len(requests) == 1 and len(requests[0]) == 1 and isinstance(only, str | float) and _is_float(only)
    )


def _question(row: Row, path: Path, place: Place) -> str:
    for key in _QUESTION_KEYS:
        if isinstance(asked := _doc(row).get(key), str) and asked.strip():
            return whole(asked).strip()
    requests = _requests(row)
    asked = bare_question(whole(_shared(_conditional(requests)))) if requests else ""
    if not asked:
        keys = " or doc.".join(_QUESTION_KEYS)
        raise InputError(f"no question: expected doc.{keys}, or a prompt in arguments", path=path, row=place)
    return asked


def _conditional(requests: list[Sequence[Any]]) -> list[Sequence[Any]]:
    """The requests that have a prompt: ``acc_mutual_info`` asks for every option once more without it."""
    half = requests[: len(requests) // 2]
    without = requests[len(half) :]
    twice = len(half) == len(without) and all(one[0] for one in half) and not any(one[0] for one in without)
    return half if half and twice else requests


def _shared(requests: Sequence[Sequence[Any]]) -> str:
    """What every prompt begins with, up to a word's end: a task may put the options into the prompts."""
    prompts = [_prompt(request[0]) for request in requests]
    if len(set(prompts)) == 1:
        return prompts[0]
    shared = os.path.commonprefix(prompts)  # noqa: RUF071  of texts, character by character
    return shared[: len(shared) - len(re.split(r"\s", shared)[-1])]


def _prompt(asked: Any) -> str:
    """A prompt's text; of the chat that an endpoint was sent, as JSON, what its user asked last."""
    while isinstance(asked, list) and len(asked) == 1:
        asked = asked[0]
    if not isinstance(asked, str) or not asked.startswith("[{"):
        return asked if isinstance(asked, str) else ""
    try:
        turns = [turn["content"] for turn in json.loads(asked) if turn["role"] == "user"]
    except (ValueError, TypeError, KeyError, RecursionError):
        return asked
    return turns[-1] if turns and isinstance(turns[-1], str) else asked


def _answer(row: Row, path: Path, place: Place) -> _Answer:
    """Outputs and references, and the log-likelihood of every option."""
    answers = row.get("resps") or row.get("filtered_resps") or require(row, "resps", path, place)
    if not isinstance(answers, list) or not answers:
        raise InputError("key 'resps': expected a list of responses", path=path, row=place)
    requests = _requests(row)
    if _is_of_given_text(row):
        raise InputError(_NOTHING, path=path, row=place)
    likelihoods = [] if _is_generated(requests) else [_likelihood(one) for one in answers]
    known = [one for one in likelihoods if one is not None]
    if known and len(known) == len(answers):
        return _choice(row, known, path, place)
    texts = answers
    while isinstance(texts, list) and texts and isinstance(texts[0], list):
        texts = texts[0]
    if not texts or not all(isinstance(one, str) for one in texts):
        raise InputError(
            "key 'resps': expected texts or (log-likelihood, is-greedy) pairs", path=path, row=place
        )
    return _Answer(tuple(map(whole, texts)), _targets(row, path, place), {})


def _choice(row: Row, known: list[float], path: Path, place: Place) -> _Answer:
    """Of the options the one that the model finds most likely, and those that are right."""
    requests = _conditional(_requests(row))
    known = known[: len(requests)] if requests else known
    options = _options(row, requests, len(known), path, place)
    chosen = max(range(len(known)), key=known.__getitem__)
    right = _right(row, options, chosen)
    # a log-likelihood of minus infinity has no place in a file
    likelihoods = [one if one > float("-inf") else None for one in known]
    return _Answer(
        (options[chosen],), tuple(options[index] for index in right), {"loglikelihoods": likelihoods}
    )


def _targets(row: Row, path: Path, place: Place) -> tuple[str, ...]:
    """The accepted answers of a generation; none where the task has no target."""
    target = require(row, "target", path, place)
    is_written = isinstance(target, str) and target not in _doc(row).values()
    # the harness writes str(target): "['Ann', 'A. Lee']", or "None" where there is nothing
    written = _literal(target) if is_written else target
    if written is None:
        return ()
    listed = isinstance(written, list) and all(isinstance(one, str) for one in written)
    given = written if listed else target
    targets = [whole(str(one)) for one in (given if isinstance(given, list) else [given])]
    # asked to name an option, a model may write its letter or its text
    choices = _doc(row).get("choices")
    if isinstance(choices, list) and targets[:1] and targets[0] in [*_LETTERS[: len(choices)]]:
        targets.append(whole(str(choices[_LETTERS.index(targets[0])])))
    return tuple(filter(str.strip, targets))


def _literal(text: Any) -> Any:
    """A list or None that was written as a text; every other text as it is."""
    if not isinstance(text, str) or not (text == "None" or text.startswith("[")):
        return text
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return text


def _likelihood(answer: Any) -> float | None:
    while isinstance(answer, list) and len(answer) == 1:
        answer = answer[0]
    pair = isinstance(answer, list) and len(answer) == 2 and str(answer[1]) in _TRUE_FALSE
    return float(answer[0]) if pair and _is_float(answer[0]) else None


def _is_float(value: Any) -> bool:
    """Whether a value, or its text, is a number; minus infinity is one."""
    try:
        return float(value) < float("inf")
    except (TypeError, ValueError, OverflowError):
        return False


def _number(value: Any) -> float | None:
    if isinstance(value, str) and value in _TRUE_FALSE:
        return _TRUE_FALSE[value]
    return float(value) if _is_float(value) and float(value) > float("-inf") else None


def _options(row: Row, requests: Sequence[Sequence[Any]], count: int, path: Path, place: Place) -> list[str]:
    prompts = [_prompt(request[0]) for request in requests]
    if len(set(prompts)) > 1:
        begins = len(_shared(requests))
        pairs = zip(prompts, requests, strict=True)
        options = [f"{prompt[begins:]}{''.join(map(str, one[1:2]))}".strip() for prompt, one in pairs]
    else:
        for key in _OPTION_KEYS:
            told = _doc(row).get(key)
            told = told.get("text") if isinstance(told, Mapping) else told
            if isinstance(told, list) and len(told) == count and all(isinstance(o, str) for o in told):
                return [whole(option) for option in told]
        options = [str(request[1]).strip() for request in requests if len(request) > 1]
    if len(options) != count:
        raise InputError(f"expected {count} options in doc.choices, one a response", path=path, row=place)
    return [whole(option) for option in options]


def _right(row: Row, options: Sequence[str], chosen: int) -> tuple[int, ...]:
    """The right options' indices, as the row tells them by index, letter or text; empty where nothing does.

    The task's accuracy says whether the chosen option is right, and goes before what else the row says: a document
    may count its options from 1.
    """
    hit = _number(row.get("acc"))
    told = [_literal(row.get("target")), *(_doc(row).get(key) for key in _RIGHT_KEYS)]
    for value in told:
        found = [_index(one, options) for one in (value if isinstance(value, list) else [value])]
        right = tuple(dict.fromkeys(one for one in found if one is not None))
        if right and hit in (None, float(chosen in right)):
            return right
    if hit == 1:
        return (chosen,)
    return (1 - chosen,) if hit == 0 and len(options) == 2 else ()


def _index(value: Any, options: Sequence[str]) -> int | None:
    told = str(value).strip()
    if told.isdecimal() and int(told) < len(options):
        return int(told)
    if len(told) == 1 and told in _LETTERS[: len(options)]:
        return _LETTERS.index(told)
    return options.index(told) if told in options else None


def _measures(row: Row) -> dict[str, Recorded]:
    named = row.get("metrics")
    names = (
        [one for one in named if isinstance(one, str) and one != _NO_METRIC]
        if isinstance(named, list)
        else []
    )
    return {name: value for name in names if (value := _number(row.get(name))) is not None}


FORMAT = Format(
    "lm_eval",
    "lm-evaluation-harness samples_<task>.jsonl, and open-unlearning's LMEval_EVAL.json",
    _matches,
    _read,
    refuses=_refuses,
)
