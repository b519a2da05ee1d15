"""Reads a verdict, as log-probabilities of option letters, from what a chat endpoint sent back.

A letter's probability is the sum over the reported tokens that spell it once whitespace around them is gone.
A letter that is not among the reported top tokens has at most the probability of the least of them (and at
most what those leave over): this bound is its ``floor``, so a short list never overstates confidence.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from judgekit.judges.base import Answer

MIN_MASS = 0.5
"""A model that says something else, and puts less than this on the option letters, did not answer."""

THINKING_STARTS = ("<think>", "<|channel|>", "<reasoning>")
THINKING_END = "</think>"

_TINY = math.log(1e-9)
_LEAST = -9999.0
"""What servers write for minus infinity where they mind JSON."""


def read_logprobs(
    choice: Mapping[str, Any], letters: Iterable[str], thinking_end: str | None = None
) -> Answer:
    """The verdict in one choice of a chat completion asked with ``logprobs``.

    Parameters
    ----------
    choice : a member of ``choices`` as decoded from JSON, of which nothing is taken for granted.
    letters : the option letters.
    thinking_end : the text after which the verdict stands, where a model may think aloud; None: it may not.

    Returns
    -------
    An answer with ``logprobs`` (or ``error``), ``floor``, ``text`` and ``top``; usage is for the caller.
    """
    text = _text(choice)
    tokens = [
        token for token in _list(_dict(choice.get("logprobs")).get("content")) if isinstance(token, dict)
    ]
    if not tokens:
        said = f" (it said {_quote(text)})" if text else ""
        return Answer(
            text=text,
            fault=True,
            error=f"no log-probabilities in the answer{said}; for a server without them declare samples: n",
        )
    position = _verdict_position([str(token.get("token", "")) for token in tokens], thinking_end)
    if position is None:
        if thinking_end is not None and choice.get("finish_reason") == "length":
            return Answer(text=text, error="cut off before the verdict: raise max_tokens")
        return Answer(text=text, error=f"no verdict in the answer {_quote(text)}")
    token = tokens[position]
    top = _pairs(_list(token.get("top_logprobs")))
    said = str(token.get("token", ""))
    if all(name != said for name, _ in top):
        top += _pairs([token])
    return _judge(top, said, text, tuple(letters))


def read_samples(
    choices: Sequence[Mapping[str, Any]], letters: Iterable[str], thinking_end: str | None
) -> Answer:
    """The verdict as counts of option letters among sampled answers; ``""`` counts the answers that are none."""
    texts = [_text(choice) for choice in choices]
    counts = Counter(letter_in(text, letters, thinking_end) or "" for text in texts)
    share = 1 - counts[""] / len(texts)
    raw = "\n".join(texts)
    if share < MIN_MASS:
        return Answer(
            text=raw, error=f"{counts['']} of {len(texts)} samples are no option letter: {_quote(raw)}"
        )
    return Answer(text=raw, sampled=dict(sorted(counts.items())))


def letter_in(text: str, letters: Iterable[str], thinking_end: str | None = None) -> str | None:
    """The option letter that a whole text is, but for marks around it (``"**B**."`` is B), or None."""
    if thinking_end and thinking_end in text:
        text = text.rpartition(thinking_end)[2]
    match = re.fullmatch(r"[\W_]*([A-Z])[\W_]*", text)
    return match[1] if match and match[1] in letters else None


def label_probs(answer: Answer, options: Mapping[str, str]) -> tuple[dict[str, float], float] | None:
    """Probabilities of the labels and the mass on them before renormalising; None without a verdict.

    Parameters
    ----------
    options : option letter -> label, of the prompt that was answered.

    Returns
    -------
    ``probs`` sums to 1 over the labels; an unreported letter has its floor. ``mass`` counts reported letters
    only (for samples: the share that were letters).
    """
    if answer.sampled:
        counts = {letter: answer.sampled.get(letter, 0) for letter in options}
        said = sum(counts.values())
        if not said:
            return None
        mass = said / sum(answer.sampled.values())
        return {options[letter]: n / said for letter, n in counts.items()}, mass
    reported = {letter: math.exp(value) for letter, value in answer.logprobs.items() if letter in options}
    mass = sum(reported.values())
    if not mass:
        return None
    least = math.exp(_TINY if answer.floor is None else answer.floor)
    total = mass + least * (len(options) - len(reported))
    return {label: reported.get(letter, least) / total for letter, label in options.items()}, min(1.0, mass)


def _judge(top: list[tuple[str, float]], said: str, text: str, letters: tuple[str, ...]) -> Answer:
    found: dict[str, list[float]] = {}
    for token, value in top:
        if (letter := token.strip()) in letters:
            found.setdefault(letter, []).append(value)
    logprobs = {letter: min(0.0, _logsumexp(found[letter])) for letter in letters if letter in found}
    if not logprobs:
        return Answer(
            text=text,
            top=top,
            error=f"no option letter among the top log-probabilities; it said {_quote(text)}",
        )
    mass = math.fsum(math.exp(value) for value in logprobs.values())
    if said.strip() not in letters and mass < MIN_MASS:
        if said.strip().startswith(THINKING_STARTS):
            return Answer(text=text, top=top, error="the model thinks before it answers: set thinking: skip")
        return Answer(
            text=text, top=top, error=f"said {_quote(said)}, no option letter (these have mass {mass:.2g})"
        )
    if mass <= 0:
        return Answer(text=text, top=top, error="option letters have no probability")
    floor = None
    if len(logprobs) < len(letters):
        rest = 1 - math.fsum(math.exp(value) for _, value in top)
        floor = max(_TINY, min(min(value for _, value in top), math.log(rest) if rest > 0 else _TINY))
    return Answer(logprobs=logprobs, floor=floor, text=text, top=top)


def _verdict_position(tokens: Sequence[str], thinking_end: str | None) -> int | None:
    start = 0
    if thinking_end is not None:
        seen = ""
        for index, token in enumerate(tokens):
            seen += token
            if thinking_end in seen:
                start, seen = index + 1, ""
        if not start and tokens[0].strip().startswith(THINKING_STARTS):
            return None
    return next((i for i in range(start, len(tokens)) if tokens[i].strip()), None)


def _pairs(entries: Iterable[Any]) -> list[tuple[str, float]]:
    pairs = []
    for entry in entries:
        if isinstance(entry, dict):
            token, value = entry.get("token"), entry.get("logprob")
            if isinstance(token, str) and isinstance(value, float | int) and value == value:  # not NaN
                pairs.append((token, float(max(_LEAST, min(0.0, value)))))
    return pairs


def _text(choice: Mapping[str, Any]) -> str:
    content = _dict(choice.get("message")).get("content")
    return content.encode("utf-8", "replace").decode() if isinstance(content, str) else ""


def _logsumexp(values: Sequence[float]) -> float:
    if len(values) == 1:
        return values[0]
    top = max(values)
    return top + math.log(math.fsum(math.exp(value - top) for value in values))


def _dict(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _quote(text: str) -> str:
    text = " ".join(text.split())
    return repr(text if len(text) <= 40 else text[:37] + "...")
