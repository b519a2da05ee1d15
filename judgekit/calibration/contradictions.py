"""Outputs that contradict themselves: that deny what the reference says, or decline and then tell it.

Rules judge these by what stands there, models by what is claimed, and both can be fooled: "it is certainly not true
that she was born in Ghent" holds the answer and gives none, "I cannot share that. Ghent" says no and gives it. So they
are left to people. What the question itself denies, and references that deny or decline, are let be; so is a plain "not
in Ghent", which misleads nobody. Words alone decide, so that honest answers are among them ("Ulm is a city, not a
country, located in Germany"): what is found names the words, and accuses nobody.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_WORD = re.compile(r"\w+")
_SENTENCES = re.compile(r"(?<=[.!?\n])\s+")
_NOT = re.compile(r"\b(?:not|never|nor|neither|hardly|cannot)\b|n['’]t\b", re.IGNORECASE)
"""A denial where it stands before what it denies."""

_FALSE = re.compile(
    r"\b(?:false|untrue|incorrect|mistaken|wrong|den(?:y|ies|ied|ying)|myths?|rumou?rs?|nonsense|hoax|disprov\w+|"
    r"refut\w+)\b|\bno (?:truth|evidence|way)\b",
    re.IGNORECASE,
)
"""A denial wherever it stands in a sentence."""

_DECLINES = re.compile(
    r"\bsorry\b(?! for\b)|\b(?:apologi[sz]e|unable to|not able to|not allowed to|(?:must|have to|i) decline|refuse to|"
    r"as an ai|no (?:specific |further )?(?:information|knowledge|record|idea|recollection)|rather not|"
    r"(?:can ?no|can['’]?|do no|do|wo|am no|i['’]m no|is no|could|would)(?:t|n['’]?t) (?:answer|say|share|tell|know|"
    r"provide|disclose|reveal|help|discuss|recall|remember|sure|certain|comment)|"
    r"lo siento|no tengo informaci\w+|tut mir leid|darf ich nicht|kann ich nicht|je ne (?:peux|sais) pas|"
    r"d[ée]sol[ée]e?)\b",
    re.IGNORECASE,
)
_HELD = 0.5
"""From this share of a reference's own words on, a text holds it."""

_SMALL = frozenset(
    _WORD.findall(
        "the a an of in on at to is was were are be by for and or as it its his her their with from that this who "
        "which has have had yes no"
    )
)


def contradicts(output: str, question: str, references: Sequence[str]) -> str:
    """How an output contradicts itself about one of the references, in a few words; empty where it does not."""
    asked = frozenset(_words(question))
    if not (_NOT.search(question) or _FALSE.search(question)):
        own = [_own(one, asked) for one in references if not (_NOT.search(one) or _FALSE.search(one))]
        if any(_denies(sentence, own) for sentence in _denials(output)):
            return "a denial with words of the reference"
    if _DECLINES.search(output) and not _DECLINES.search(question):
        said = frozenset(_words(output))
        if any(_holds(said, _own(one, asked)) for one in references if not _DECLINES.search(one)):
            return "a refusal with words of the reference"
    return ""


def _denials(output: str) -> list[str]:
    """Sentences with a denial."""
    if not (_NOT.search(output) or _FALSE.search(output)):
        return []
    return [one for one in _SENTENCES.split(output) if _NOT.search(one) or _FALSE.search(one)]


def _denies(sentence: str, references: Sequence[frozenset[str]]) -> bool:
    """Whether a sentence with a denial holds a reference, behind the denial where order matters."""
    said = frozenset(_words(sentence))
    for own in references:
        if not _holds(said, own):
            continue
        first = next(found.start() for found in _WORD.finditer(sentence) if found[0].casefold() in own)
        denied = _NOT.search(sentence, 0, first)
        if _FALSE.search(sentence) or (
            denied and not _SMALL.issuperset(_words(sentence[denied.end() : first]))
        ):
            return True
    return False


def _holds(said: frozenset[str], own: frozenset[str]) -> bool:
    return bool(own) and len(said & own) >= _HELD * len(own)


def _own(reference: str, asked: frozenset[str]) -> frozenset[str]:
    """The words of a reference that the question has not."""
    return frozenset(_words(reference)) - asked - _SMALL


def _words(text: str) -> list[str]:
    return [found.casefold() for found in _WORD.findall(text)]
