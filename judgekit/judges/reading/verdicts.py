"""Reads a verdict, as log-probabilities of option letters, from what a chat endpoint sent back.

The text decides which letter is the answer (:mod:`judgekit.judges.reading.letters`); the log-probabilities of the
token that spells it say how sure the model was. A letter's probability is the sum over the reported tokens that spell
it once the marks around them are gone. A letter that is not among the reported top tokens has at most the probability
of the least of them (and at most what those leave over): this bound is its ``floor``, so a short list never overstates
confidence. A list with a number that cannot be a log-probability is believed in nothing.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from judgekit.judges.base import Answer
from judgekit.judges.reading.endings import broke_off, no_answer, was_cut
from judgekit.judges.reading.letters import named
from judgekit.judges.reading.marks import WIDE, bare
from judgekit.judges.reading.thinking import STARTS, after, ended_by, tokens_of

READING = 3
"""Goes up when an answer is read in another way: a judge is then another than the one calibrated."""

MIN_MASS = 0.5
"""A model that says something else, and puts less than this on the option letters, did not answer."""

_TINY = math.log(1e-9)
_LEAST = -9999.0
"""What servers write for minus infinity where they mind JSON."""

_ROUNDING = 1e-3
"""How far above zero a log-probability may lie by rounding alone."""

_OVER = 1.02
"""The most that the probabilities of different tokens may sum to, rounding allowed for."""

_APART = 0.05
"""How far two numbers for one token may lie apart by rounding alone."""

_END = re.compile(r"\s*(?:<[|｜]?[\w▁/.-]{1,40}[|｜]?>|\[(?:EOS|end)\])?\s*$", re.IGNORECASE)
"""A token that ends an answer and is not part of it."""

_ALONE = re.compile(r"(?<!\w)(?:[A-Z]|\d+)(?!\w)")
"""A letter that a token speaks of, other than by being it, or a number in the place of one."""

NO_LOGPROBS = "no log-probabilities in the answer"
CUT_OFF = "cut off before the verdict: raise max_tokens"


def read_logprobs(
    choice: Mapping[str, Any], letters: Iterable[str], thinking_end: str | None = None
) -> Answer:
    """The verdict in one choice of a chat completion asked with ``logprobs``.

    Parameters
    ----------
    choice : Mapping[str, Any]
        A member of ``choices`` as decoded from JSON, of which nothing is taken for granted.
    letters : Iterable[str]
        The option letters; a mapping letter -> label lets an answer spell its label out.
    thinking_end : str | None
        The text after which the verdict stands, where a model may think aloud; None: it may not.

    Returns
    -------
    An answer with ``logprobs`` (or ``error``), ``floor``, ``text`` and ``top``; usage is for the caller.
    """
    text = _text(choice)
    if broken := broke_off(choice):
        return Answer(text=text, error=broken, fault=True)
    if why := no_answer(choice):
        return Answer(text=text, error=why)
    tokens = [
        token for token in _list(_dict(choice.get("logprobs")).get("content")) if isinstance(token, dict)
    ]
    if not tokens:
        said = f" (it said {_quote(text)})" if text else ""
        return Answer(
            text=text,
            fault=True,
            error=f"{NO_LOGPROBS}{said}; for a server without them declare samples: n",
        )
    found = _locate(choice, tokens, text, letters, thinking_end)
    if isinstance(found, str):
        return Answer(text=text, error=found)
    token = tokens[found]
    top, wrong = _pairs(token)
    if wrong:
        return Answer(
            text=text, fault=True, error=f"the server's log-probabilities cannot be any: {wrong}", top=top
        )
    return _judge(top, str(token.get("token", "")), text, letters)


def _locate(
    choice: Mapping[str, Any],
    tokens: Sequence[Mapping[str, Any]],
    text: str,
    letters: Iterable[str],
    thinking_end: str | None,
) -> int | str:
    """The index of the token that gives the verdict, or why there is none.

    That is the only token that is not blank, or the one that spells the letter which the text names.
    """
    spelled = [str(token.get("token", "")) for token in tokens]
    thinking_end = ended_by(text or "".join(spelled), thinking_end)
    cut = was_cut(choice)
    start = tokens_of(spelled, thinking_end)
    if start is None:
        return CUT_OFF if cut else f"no verdict after the thinking: {_quote(text)}"
    if not start and thinking_end is not None and cut and len(tokens) > 1:
        return CUT_OFF  # the thought was opened in the prompt, and never closed
    end = len(spelled)
    while end - 1 > start and spelled[end - 1].strip() and _END.fullmatch(spelled[end - 1]):
        end -= 1
    solid = [i for i in range(start, end) if spelled[i].strip()]
    joined, said = "".join(spelled[start:end]), after(text, thinking_end)
    complete = not said.strip() or joined.strip() == said.strip()
    if not solid:
        return f"no verdict in the answer {_quote(text)}"
    if complete and len(solid) == 1:
        return CUT_OFF if cut and start else solid[0]
    if joined.lstrip().startswith(STARTS):
        return "the model thinks before it answers: set thinking: skip"
    name = named(joined if complete else said, letters, cut=cut)
    if name is None:
        return f"no verdict in the answer {_quote(said or joined)}"
    if complete:
        at = next(i for i in range(start, end) if name.at < sum(map(len, spelled[start : i + 1])))
        places = [at] if _letter(spelled[at]) == name.letter else []
    else:
        places = [i for i in solid if _letter(spelled[i]) == name.letter]
    if len(places) != 1:
        return f"the letter {name.letter} is no token of its own in {_quote(said or joined)}"
    if cut and places[0] == solid[-1]:
        return CUT_OFF  # what would have come next may have been the rest of a word
    return places[0]


def read_samples(
    choices: Sequence[Mapping[str, Any]], letters: Iterable[str], thinking_end: str | None
) -> Answer:
    """The verdict as counts of option letters among sampled answers; ``""`` counts the answers that are none."""
    texts = [_text(choice) for choice in choices]
    if why := next(filter(None, map(broke_off, choices)), ""):
        return Answer(text="\n".join(texts), error=why, fault=True)
    said = (
        "" if no_answer(choice) else letter_in(text, letters, thinking_end, cut=was_cut(choice))
        for text, choice in zip(texts, choices, strict=True)
    )
    counts = Counter(letter or "" for letter in said)
    share = 1 - counts[""] / len(texts)
    raw = "\n".join(texts)
    if share < MIN_MASS:
        return Answer(
            text=raw, error=f"{counts['']} of {len(texts)} samples are no option letter: {_quote(raw)}"
        )
    return Answer(text=raw, sampled=dict(sorted(counts.items())))


def letter_in(
    text: str, letters: Iterable[str], thinking_end: str | None = None, *, cut: bool = False
) -> str | None:
    """The option letter that a sampled text names after its thinking, or None; ``cut``: at the length limit."""
    thinking_end = ended_by(text, thinking_end)
    said = after(text, thinking_end)
    if any(start in said for start in STARTS):
        return None
    if cut and thinking_end is not None and said == text and len(text.split()) > 1:
        return None
    found = named(said, letters, cut=cut)
    if found is None:
        return None
    before = said[: found.at].strip() or said != text
    if cut and before and not said[found.at + 1 :].strip():
        return None  # what would have come next may have been the rest of a word
    return found.letter


def label_probs(answer: Answer, options: Mapping[str, str]) -> tuple[dict[str, float], float] | None:
    """Probabilities of the labels and the mass on them before renormalizing; None without a verdict.

    Parameters
    ----------
    options : Mapping[str, str]
        Option letter -> label, of the prompt that was answered.

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


def _judge(top: list[tuple[str, float]], said: str, text: str, options: Iterable[str]) -> Answer:
    letters, labels = tuple(options), tuple(options.values()) if isinstance(options, Mapping) else ()
    found: dict[str, list[float]] = {}
    for token, value in top:
        if (letter := _letter(token)) in letters:
            found.setdefault(letter, []).append(value)
    logprobs = {letter: min(0.0, _logsumexp(found[letter])) for letter in letters if letter in found}
    if not logprobs:
        return Answer(
            text=text,
            top=top,
            error=f"no option letter among the top log-probabilities; it said {_quote(text)}",
        )
    mass = math.fsum(math.exp(value) for value in logprobs.values())
    if _letter(said) not in letters and (
        mass < MIN_MASS or _ALONE.search(said) or _begins_label(said, labels)
    ):
        if said.strip().startswith(STARTS):
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


def _letter(token: str) -> str | None:
    """The letter that a token spells, marks around it taken off."""
    plain = token.translate(WIDE).strip()
    if len(plain) == 1:
        return plain
    found = bare(token)
    return found.letter if found else None


def _begins_label(token: str, labels: Iterable[str]) -> bool:
    """Whether a token begins an option's label in the place of its letter (``No`` where an option is ``no``)."""
    plain = token.strip().lower()
    return len(plain) > 1 and any(label.lower().startswith(plain) for label in labels)


def _pairs(token: Mapping[str, Any]) -> tuple[list[tuple[str, float]], str]:
    """The tokens reported for a place, what was said among them, and what is wrong with their numbers, if anything.

    A pair given twice counts once; tokens of one spelling with different numbers are different tokens.
    """
    said, entries = token.get("token"), _list(token.get("top_logprobs"))
    pairs: list[tuple[str, float]] = []
    wrong = ""
    own = [token] if "logprob" in token or not entries else []
    for entry in [*entries, *own]:
        name, value = (entry.get("token"), entry.get("logprob")) if isinstance(entry, dict) else (None, None)
        if not isinstance(name, str):
            wrong = wrong or "a token without a name"
            continue
        number, fault = _number(value)
        wrong = wrong or fault
        if not fault and (name, number) not in pairs and not (entry is token and name in dict(pairs)):
            pairs.append((name, number))
    if not wrong and isinstance(said, str) and dict(pairs).get(said, _LEAST) <= _LEAST:
        wrong = "the token that was said has none"
    if not wrong and entries and "logprob" in token:
        listed = [value for name, value in pairs if name == said]
        if all(abs(value - _number(token["logprob"])[0]) > _APART for value in listed):
            wrong = "the token that was said has two"
    if not wrong and math.fsum(math.exp(value) for _, value in pairs) > _OVER:
        wrong = "they sum to more than one"
    return pairs, wrong


def _number(value: Any) -> tuple[float, str]:
    """A log-probability, minus infinity as the least there is; or what is wrong with it."""
    if isinstance(value, bool) or not isinstance(value, float | int):
        return 0.0, "null" if value is None else "no number"
    if value != value:
        return 0.0, "NaN"
    if value > _ROUNDING:
        return 0.0, "above zero"
    return float(max(_LEAST, min(0.0, value))), ""


def _text(choice: Mapping[str, Any]) -> str:
    content = _dict(choice.get("message")).get("content")
    if isinstance(content, list):  # in parts
        parts = [part if isinstance(part, str) else _dict(part).get("text") for part in content]
        content = "".join(part for part in parts if isinstance(part, str))
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
