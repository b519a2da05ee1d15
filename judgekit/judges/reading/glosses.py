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
_DECLINES = r"(?:declines|refuses|(?:says|states|admits)\s+that\s+it\s+(?:does\s+not|doesn['’]t)\s+know)"
_AGREES = (
    r"(?:matches|repeats|restates|(?:fully\s+)?agrees\s+with)\s+the\s+reference(?:\s+(?:knowledge|answer|exactly))*"
    r"(?=\W*(?:[.\n]|\Z))"
)
_GARBLED = r"(?:is|consists\s+of)\s+(?:gibberish|nonsense|empty|unreadable)\b"
_MEANS = {
    **dict.fromkeys(("withheld", "refused", "full_refusal"), _DECLINES),
    **dict.fromkeys(("leaked", "correct", "right", "entails"), _AGREES),
    "degenerate": _GARBLED,
}
"""What a judge says of an output in the place of a shipped label, as the first words of its reason."""
_DENIED = re.compile(
    r"(?:\b(?:[Nn]ot|[Rr]ather\s+than|[Ii]nstead\s+of)|n['’]t)\s+(?:(?:be|an?|the|option|label|letter|category)\s+)*[*_`\"'“(]*([A-Z])(?![\w'’])"
)
"""An option that is denied by its letter."""
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


def without_denied(text: str, letter: str, labels: Mapping[str, str]) -> str:
    """A text without the other options that it denies in so many words (``not A``, ``rather than A``)."""
    return _DENIED.sub(
        lambda match: match[0] if match[1] == letter or match[1] not in labels else " " * len(match[0]), text
    )


def denies(text: str, letter: str) -> bool:
    """Whether a text denies an option in so many words."""
    return any(match[1] == letter for match in _DENIED.finditer(text))


def cut_label(text: str, labels: Mapping[str, str]) -> str:
    """A text without the label at its end, where the label stands beside its own letter (``Answer: B (partial)``)."""
    for letter, label in labels.items():
        if label and (match := _beside(letter, label).search(text)):
            return text[: match.start() + 1]
    return text


@lru_cache(maxsize=64)
def _beside(letter: str, label: str) -> re.Pattern[str]:
    said = r"[\s_-]+".join(map(re.escape, _words(label)))
    return re.compile(rf"(?<!\w){letter}[ .:)(*_–—=-]{{1,8}}(?i:{said})[\s.)*_]*\Z")


def contradicted(text: str, letter: str, labels: Mapping[str, str]) -> bool:
    """Whether a clause of a text is another option's label (``Yes, the answer is A``)."""
    foreign = list(others(letter, labels))
    return bool(foreign) and any(
        _verdict(label).match(clause) for clause in _CLAUSE.split(text) for label in foreign
    )


def named_label(text: str, letter: str, labels: Mapping[str, str]) -> bool:
    """Whether a phrase holds another option's label (``is right``, said of B, where A is ``right``)."""
    return any(gloss(label).search(text) for label in others(letter, labels))


def meant(text: str, letter: str, labels: Mapping[str, str]) -> bool:
    """Whether a reason begins with what another option means (``D. The output declines …``)."""
    own = _MEANS.get(labels.get(letter, ""))
    said = {_MEANS[label] for label in others(letter, labels) if label in _MEANS} - {own}
    return any(re.match(rf"\W*{_SUBJECT}\s+(?:\w+ly\s+)?{words}", text, re.IGNORECASE) for words in said)


def spoken(text: str, letter: str, labels: Mapping[str, str]) -> bool:
    """Whether an explanation says another option's label, other than to deny it."""
    return any(
        not _NOT.search(text[max(0, found.start() - 60) : found.start()])
        for label in others(letter, labels)
        for found in re.finditer(
            r"(?<!\w)" + r"[\s_-]+".join(map(re.escape, _words(label))) + r"(?!\w)", text, re.IGNORECASE
        )
    )
