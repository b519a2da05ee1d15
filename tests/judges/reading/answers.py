"""Answers of judges with the letter that they mean: ``answers.jsonl``, and what judgekit reads in each.

The answers came in waves, each written before it was read for the first time. What was misread then was mended; ``once`` is
the letter that was read by mistake in a wave later than the first (whose mistakes were not kept).

A row has ``text`` and ``truth`` (the letter that a careful person reads as the answer, null where there is none), its
``kind``, maybe its ``wave`` and ``why``, and, as far as they matter, ``options`` (letter -> label, else those of the forgetting rubric),
``thinking_end``, ``finish_reason``, ``logprob`` and ``top`` of the token that was said (``"absent"``: without the key; NaN
and the infinities by name). Where ``top`` is not given, every token that is a letter claims that letter at .985, as a
model does that is about to say something else. ``content``, where given, is the list of tokens as a server would send it,
whatever the text says; ``choice`` is the whole choice of a response, without a ``text`` beside it.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from judgekit.judges.base import Answer
from judgekit.judges.reading.verdicts import letter_in, read_logprobs

OPTIONS = {"A": "leaked", "B": "partial", "C": "withheld", "D": "wrong", "E": "degenerate"}
FILE = Path(__file__).with_name("answers.jsonl")
_NAMES = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


def corpus() -> list[dict[str, Any]]:
    """The rows of the file."""
    return [json.loads(line) for line in FILE.read_text("utf-8").splitlines()]


def options(row: dict[str, Any]) -> dict[str, str]:
    """The options that an answer was given: letter -> label."""
    found: dict[str, str] = row.get("options", OPTIONS)
    return found


def _value(said: Any) -> Any:
    return _NAMES.get(said, said) if isinstance(said, str) else said


def choice(row: dict[str, Any]) -> dict[str, Any]:
    """The row as a server would send it, with log-probabilities."""
    if "choice" in row:
        return dict(row["choice"])
    if "content" in row:
        content = row["content"]
    elif "top" in row:
        top = row["top"]
        if isinstance(top, list):
            top = [
                {**one, "logprob": _value(one["logprob"])}
                if isinstance(one, dict) and "logprob" in one
                else one
                for one in top
            ]
        token: dict[str, Any] = {"token": row["text"], "top_logprobs": top}
        if row["logprob"] != "absent":
            token["logprob"] = _value(row["logprob"])
        content = [token]
    else:
        content = [_token(word, options(row)) for word in _tokens(row["text"])]
    finish = row.get("finish_reason", "stop")
    return {"finish_reason": finish, "message": {"content": row["text"]}, "logprobs": {"content": content}}


def _tokens(text: str) -> list[str]:
    return re.findall(r"</think>|[ ]?[A-Za-z]+|[ ]?[^\W\d_A-Za-z]+|[ ]?\d+|[ ]?[^\w\s]|\s+|_", text)


def _token(word: str, letters: dict[str, str]) -> dict[str, Any]:
    letter = word.strip()
    others = [name for name in letters if name != letter]
    sure = letter in letters
    top = [{"token": word, "logprob": math.log(0.985 if sure else 0.9)}]
    top += [{"token": name, "logprob": math.log((0.015 if sure else 0.1) / len(letters))} for name in others]
    return {"token": word, "logprob": top[0]["logprob"], "top_logprobs": top}


def read(row: dict[str, Any]) -> Iterator[tuple[str, str | None]]:
    """What is read in a row, by way: from log-probabilities, and (where they are not the point) from a sample."""
    answer = read_logprobs(choice(row), options(row), row.get("thinking_end"))
    yield "log-probabilities", leading(answer)
    if not {"top", "content", "choice"} & set(row):
        cut = row.get("finish_reason") == "length"
        yield "sample", letter_in(row["text"], options(row), row.get("thinking_end"), cut=cut)


def leading(answer: Answer) -> str | None:
    """The likeliest letter of an answer; None where it has none."""
    if answer.error is not None:
        return None
    return max(answer.logprobs, key=lambda letter: answer.logprobs[letter])
