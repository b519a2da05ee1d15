"""What a question asks for: a person, a place, a number, a yes or no, and the noun it names ("country").

Read off the question's own words by rules: the asking word, and the first noun of a known kind that follows it
before the question turns to what it is about ("What is the *country* of Junnar?").
"""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache
from itertools import zip_longest
from typing import NamedTuple

from judgekit.judges.lexical.text import fold, listed


class Kind(StrEnum):
    """The kind of answer that a question asks for; ``THING`` where nothing narrower is known."""

    PERSON = "person"
    PLACE = "place"
    TIME = "time"
    NUMBER = "number"
    YES_NO = "yes or no"
    TITLE = "title"
    OCCUPATION = "occupation"
    LANGUAGE = "language"
    DESCRIPTION = "description"
    THING = "thing"


class Asked(NamedTuple):
    """The kind of answer, and the noun that the question names it by ("country"; empty where it names none)."""

    kind: Kind
    noun: str


_NOUNS = {
    Kind.PERSON: """person people man woman author writer novelist poet playwright actor actress singer musician
        composer artist painter director producer president king queen emperor leader minister mayor governor
        chancellor saint father mother parent brother sister sibling son daughter child wife husband spouse friend
        teacher professor student character hero player captain coach inventor founder discoverer scientist physicist
        chemist philosopher explorer general head owner editor translator mentor founder member wizard witch ghost""",
    Kind.PLACE: """country nation state city town village county district province region continent capital island
        river lake ocean sea mountain desert place location entity municipality border territory street planet
        birthplace hometown residence school university college museum airport stadium building headquarters
        destination settlement body""",
    Kind.TIME: "year date day month decade century time birthday birthdate birthyear season",
    Kind.NUMBER: """number age amount price population height length distance weight percentage proportion size
        temperature speed elevation duration""",
    Kind.TITLE: """title book novel song album film movie play poem story series work award prize newspaper magazine
        show article""",
    Kind.OCCUPATION: "occupation profession job career trade vocation position role office",
    Kind.LANGUAGE: "language tongue dialect",
    Kind.DESCRIPTION: """theme style impact influence effect reaction reception reason inspiration aspect characteristic
        approach way background contribution method feedback review advice significance""",
    Kind.THING: """genre gender nationality religion ethnicity instance event subject topic color animal creature food
        drink plant object item nickname word term company organization team sport game spell form kind type""",
}  # fmt: skip
NOUNS = {noun: kind for kind, nouns in _NOUNS.items() for noun in listed(nouns)}
"""Nouns that a question may ask for, and the kind of answer that each names."""
_IRREGULAR = {"people": "person", "men": "man", "women": "woman", "wives": "wife", "children": "child"}
_KEPT = frozenset({"series"})

_LEAD = re.compile(r"^(?:please )?(?:can|could|would|will) you (?:please )?|^do you know ", re.IGNORECASE)
_YES_NO = re.compile(
    r"^(?:is|are|was|were|do|does|did|can|could|has|have|had|will|would|should|may|might|am)\b", re.IGNORECASE
)
_AMOUNT = re.compile(
    r"\bhow (?:many|much|long|old|far|tall|high|often|big|large|fast|deep|wide|heavy)\b", re.IGNORECASE
)
_TELLING = re.compile(
    r"\bwhy\b|\bhow\b|^(?:tell|describe|explain|discuss|speculate|elaborate|summarize|outline)\b",
    re.IGNORECASE,
)
_LIVING = re.compile(
    r"\bfor a living\b|\bwork(?:ed|ing|s)? as\b|"
    r"^what (?:do|does|did|is|are|was|were) .{2,60} (?:parents?|father|mother)(?:'s?)? (?:do|by profession)\b",
    re.IGNORECASE,
)
_ASKING = re.compile(
    r"\b(what|which|whose|whom|who|where|when|name|list|give|identify|mention|provide|share)\b", re.IGNORECASE
)
_LATER = re.compile(r",.*?\b(what|which|who|whose|whom)\b", re.IGNORECASE)
_LOCATED = re.compile(
    r"^ (?:is|are) (?:the )?(?:located|shares border)\b(?:[ /](?:in|on|or|next|to|with)\b)*", re.IGNORECASE
)
_TURN = frozenset(
    listed("of in on at by for from to with that who whom which did do does has have had about as or next")
)
_SENTENCE = re.compile(r"(?<=[a-z]{3}[.!?])\s+(?=[A-Z'\"])")
_CENTURY = re.compile(r"\b\d+(?:st|nd|rd|th) century\b", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_LINKS = frozenset(
    listed(
        "is are was were be the a an one some any of this these those his her its their another "
        "example two three few several"
    )
)


@lru_cache(maxsize=4096)
def asked(question: str) -> Asked:
    """What a question asks for, by its words alone.

    Parameters
    ----------
    question : str
        In English; of several sentences, the last that ends with a question mark counts.
    """
    text = _LEAD.sub("", _last_question(fold(question).strip()))
    if _YES_NO.match(text):
        return Asked(Kind.YES_NO, "")
    if _LIVING.search(text):
        return Asked(Kind.OCCUPATION, "occupation")
    if _AMOUNT.search(text):
        return Asked(Kind.NUMBER, "")
    found, telling = _ASKING.search(text), _TELLING.search(text)
    if found is None or (telling is not None and telling.start() < found.start()):
        return Asked(Kind.DESCRIPTION if telling else Kind.THING, "")
    word, after = found[1].lower(), text[found.end() :]
    if word in ("when", "where") and (later := _LATER.search(after)):  # "When it fell, which city ...?"
        word, after = later[1].lower(), after[later.end() :]
    if word in ("when", "where"):
        return Asked(Kind.TIME if word == "when" else Kind.PLACE, "")
    if _LOCATED.match(after):
        return Asked(Kind.PLACE, _noun(_LOCATED.sub("", after)) or "location")
    noun = _noun(after)
    kind = NOUNS.get(noun, Kind.THING)
    if word in ("who", "whom", "whose") and kind is not Kind.PLACE:
        return Asked(Kind.PERSON, noun if kind is Kind.PERSON else "")
    return Asked(kind, noun)


def _last_question(text: str) -> str:
    parts = [part for part in _SENTENCE.split(text) if part.strip()]
    return next((part for part in reversed(parts) if "?" in part), text)


def _noun(after: str) -> str:
    """The noun asked for: the first of a known kind before the question turns to its subject.

    "name of the ..." looks past the name; two known nouns in a row are one ("capital city"). Of unknown nouns, the
    one that follows the asking word ("which volcano") or ends before "of" ("what is the culture of"). A capitalized
    word names a subject, not what is asked.
    """
    tokens = _WORD.findall(_CENTURY.sub(" ", after))[:14]
    named, before = False, ""
    unknown = tokens[0] if tokens and tokens[0].islower() and tokens[0] not in _LINKS | _TURN else ""
    for token, following in zip_longest(tokens, tokens[1:], fillvalue=""):
        word = _singular(token)
        if word == "name":
            named = True
        elif word in NOUNS:
            return _singular(following) if _singular(following) in NOUNS else word
        elif token in _TURN and not (token == "of" and (named or not before)):
            unknown = before if token == "of" else unknown
            break
        before = word if token.islower() and token not in _LINKS else ""
    return "name" if named else _singular(unknown)


def _singular(token: str) -> str:
    """A noun without its plural or possessive ending."""
    word = token.partition("'")[0]
    if word in _IRREGULAR or word in _KEPT:
        return _IRREGULAR.get(word, word)
    if len(word) > 3 and word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word
