"""What an answer says of options beside the letter it names: their labels, and other letters.

``B. leaked`` names nothing where B is another label; so does ``Yes, the answer is A`` where A is no.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

_CLAUSE = re.compile(
    r"[.,:;!\n()–—]+(?=\s|$|[*_`\"'”»)])|[\s*_`\"'“”«»()]-\s|\b(?:so|hence|thus|therefore|and|but)\b"
)
_LETTER = re.compile(r"(?<![a-zA-Z0-9_\u00C0-\u024F'’])[A-Z](?![a-zA-Z0-9_\u00C0-\u024F'’])")
"""A letter on its own; scripts without spaces (``答えはBです``) leave none around it."""


_SUBJECT = r"(?:it|this|that|(?:the|its|this)\s+(?:output|answer|response|reply|model|label|verdict|text))"
_SAME = {"right": "correct", "wrong": "incorrect", "yes": "true", "no": "false"}
"""Words for a label that judges say as often."""
_NOT = re.compile(
    r"(?:\b(?:not|no|nothing|neither|nor|never|hardly|without|rather\s+than|instead\s+of)|n['’]t)\W+(?:\w+\W+){0,2}\Z",
    re.IGNORECASE,
)


@lru_cache(maxsize=64)
def gloss(label: str) -> re.Pattern[str]:
    """A label as an explanation would begin with it."""
    return re.compile(
        r"[\s*_`\"'(:–—-]*" + r"[\s_-]+".join(map(re.escape, _words(label))) + r"\b", re.IGNORECASE
    )


def _words(label: str) -> list[str]:
    return [word for word in re.split(r"[\W_]+", label) if word]


@lru_cache(maxsize=64)
def _verdict(label: str) -> re.Pattern[str]:
    """A clause that is a label, or says it of the output."""
    said = "|".join(
        part for part in (r"[\s_-]+".join(map(re.escape, _words(label))), _SAME.get(label.lower())) if part
    )
    return re.compile(
        rf"[\W_]*{_SUBJECT}\s*(?:is|was|['’]s|has)?\s+(?:clearly\s+)?(?:{said})\b|[\W_]*(?:{said})[\W_]*$",
        re.IGNORECASE,
    )


def begins(rest: str, label: str) -> int:
    """How far a label reaches at the beginning of an explanation; 0 where it does not stand there."""
    match = gloss(label).match(rest) if label else None
    return match.end() if match else 0


def others(letter: str, labels: Mapping[str, str]) -> Iterator[str]:
    """The labels of the other options."""
    return (label for other, label in labels.items() if label and other != letter and len(label) > 1)


def fits(rest: str, letter: str, labels: Mapping[str, str]) -> bool:
    """Whether an explanation begins with no other option's label."""
    if begins(rest, labels.get(letter, "")):
        return True
    return not any(label and other != letter and begins(rest, label) for other, label in labels.items())


def speaks_of_others(text: str, letter: str, labels: Mapping[str, str]) -> bool:
    """Whether a text speaks of another option by its letter."""
    return any(found != letter for found in _LETTER.findall(text) if found in labels)


def contradicted(text: str, letter: str, labels: Mapping[str, str]) -> bool:
    """Whether a clause of a text is another option's label (``Yes, the answer is A``)."""
    foreign = list(others(letter, labels))
    return bool(foreign) and any(
        _verdict(label).match(clause) for clause in _CLAUSE.split(text) for label in foreign
    )


def named_label(text: str, letter: str, labels: Mapping[str, str]) -> bool:
    """Whether a phrase holds another option's label (``is right``, said of B, where A is ``right``)."""
    return any(gloss(label).search(text) for label in others(letter, labels))


def spoken(text: str, letter: str, labels: Mapping[str, str]) -> bool:
    """Whether an explanation says another option's label, other than to deny it."""
    return any(
        not _NOT.search(text[max(0, found.start() - 60) : found.start()])
        for label in others(letter, labels)
        for found in re.finditer(
            r"(?<!\w)" + r"[\s_-]+".join(map(re.escape, _words(label))) + r"(?!\w)", text, re.IGNORECASE
        )
    )
