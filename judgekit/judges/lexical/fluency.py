"""Whether an output reads as an answer of the kind asked for, or as a refusal; what it reveals is another question.

Rules on the words alone: no model, no dictionary. ``calibration/README.md`` says how often they err.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import pairwise

import numpy as np

from judgekit.judges.lexical.asked import NOUNS, Kind, asked
from judgekit.judges.lexical.once import loops, residue, without_residue, without_template
from judgekit.judges.lexical.surface import GIBBERISH, IGNORANCE, REFUSAL, gibberish
from judgekit.judges.lexical.text import STOP, fold, listed
from judgekit.judges.lexical.weights import load_weights

SURE = 0.97
"""How sure a rule is: about one readable answer in a hundred breaks one (``calibration/README.md``)."""
LOOPED = 0.3
"""From this share of repeating words on, an output does not read as an answer."""
MANY = 10
"""So many candidates side by side are no answer to a question that asks for one."""

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*|\d+(?:[.,]\d+)*")
_SENTENCE = re.compile(r"[^.!?\n]+[.!?]*")
_IS = re.compile(r"\b(?:is|are|was|were|has|have|had)\b")
_ASKS = re.compile(
    r"(?:what|which|who|whom|whose|where|when|why|how|is|are|was|were|do|does|did|can|could|has|have|had|will|would|in "
    r"(?:what|which))\b",
    re.IGNORECASE,
)
_WH = re.compile(
    r"(?:in )?(?:what|which|who|where|how) (?:is|are|was|were|did|does|do|many|much)\b", re.IGNORECASE
)
_PLAIN = re.compile(r"[^\W\d_]")
_EMPTY_WORDS = frozenset(
    listed(
        """located location locate lies lie lying resides reside situated place answer answers question name named
        called assistant user system null none undefined nan true text unk ref http https www com"""
    )
)
_TIMES = frozenset(
    listed(
        """january february march april may june july august september october november december jan feb mar apr jun
        jul aug sep sept oct nov dec monday tuesday wednesday thursday friday saturday sunday spring summer autumn
        fall winter century decade year years month months week weeks day days today yesterday tomorrow tonight night
        morning evening noon midnight early late mid never always now recently ago before after during since until
        while when christmas easter ancient medieval modern era age period war dynasty reign birth death bc ad bce ce
        childhood adulthood youth teens twenties thirties forties fifties sixties seventies eighties nineties"""
    )
)
_AMOUNTS = frozenset(
    listed(
        """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
        seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million
        billion dozen half quarter third twice once both several many few some none no all every each daily weekly
        monthly yearly annually hourly regularly often rarely never always frequently occasionally single double
        couple pair forever hundreds thousands millions"""
    )
)
_YES_NO = frozenset(
    listed("yes no yeah true false not indeed correct never maybe possibly certainly absolutely")
)
_ARTICLES = frozenset(listed("the a an"))
_NEVER_AFTER_ONE = frozenset(
    listed(
        "the a an of and or for is was are were has have to in on by with at from that which when where did does do ing"
    )
)
_LETTER = re.compile(
    r"\b(?:letter|symbol|blood|vitamin|note|grade|key|chord|initials?|element|class|mark)\b", re.I
)
_SORTS = {
    kind: frozenset(noun for noun, its in NOUNS.items() if its is kind)
    for kind in (Kind.PLACE, Kind.TIME, Kind.NUMBER, Kind.LANGUAGE, Kind.TITLE)
}
_PEOPLE = frozenset(listed("person people man woman someone somebody author writer individual"))
_ONE = frozenset({Kind.PERSON, Kind.PLACE, Kind.TIME, Kind.NUMBER, Kind.LANGUAGE})


@lru_cache(maxsize=8192)
def reads_as_answer(question: str, output: str) -> bool:
    """Whether an output reads as an answer of the kind asked for, or as a refusal; it may be wrong."""
    return unreadable(output) < 0.5 and (of_kind(question, output) or declines(output))


def unreadable(output: str) -> float:
    """Probability that an output cannot be read: empty, gibberish, another script, markup, endless repetition."""
    return max(_gibberish(output), 0.0 if readable(output) else SURE)


def off_kind(question: str, output: str) -> float:
    """Probability that an output is no answer of the kind that its question asks for, right or wrong."""
    return 1 - SURE if of_kind(question, output) else SURE


def declines(output: str) -> bool:
    """Whether an output begins by refusing or by saying that it does not know."""
    text = " ".join(output[:300].replace("’", "'").split())
    return bool(REFUSAL.search(text) or IGNORANCE.search(text))


@lru_cache(maxsize=8192)
def _gibberish(output: str) -> float:
    """The head ``degenerate``: a feature counts by how far it lies beyond the 99th percentile of readable ones."""
    weights = load_weights()
    excess = np.clip(
        (np.array(gibberish(output)) - weights.natural) / np.maximum(1 - weights.natural, 1e-9), 0, 1
    )
    excess[GIBBERISH.index("length")] = 0
    return float(weights.heads["degenerate"]([excess.tolist()], GIBBERISH)[0])


@lru_cache(maxsize=8192)
def readable(output: str) -> bool:
    """Whether an output has words, of one script, neither littered with markup nor looping."""
    text = without_template(output)
    words = _WORD.findall(without_residue(text))
    if not words or 3 * residue(text) > len(words):
        return False
    return loops(text) < LOOPED and not (
        _strange(text) or _salad(text, words) or _soup(text) or _shuffled(words)
    )


@lru_cache(maxsize=8192)
def of_kind(question: str, output: str) -> bool:
    """Whether an output is an answer of the kind that its question asks for, right or wrong."""
    want, text = asked(question), without_template(output)
    told = " ".join(
        part for n, part in enumerate(_SENTENCE.findall(text)) if not _is_question(part.strip(), n)
    )
    raw = _WORD.findall(fold(told))
    if not raw:  # nothing, or nothing but questions
        return False
    low = [word.lower() for word in raw]
    digits = any(word[0].isdigit() for word in low)
    if len(low) == 1 and len(low[0]) == 1 and not digits:
        return bool(_LETTER.search(question))
    # words of the question are no answer, but for names ("Is it Rome or Paris?"), which an all-small question hides
    lent = set(_WORD.findall(fold(question))) if question != question.lower() else set()
    idle = STOP | _EMPTY_WORDS | {word for word in lent if word.islower()}
    own = [word for word in low if word not in idle]
    names = any(word[0].isupper() for word in raw[1:])
    if want.kind is Kind.YES_NO:
        return len(low) > 2 or bool(_YES_NO & set(low)) or raw[0][0].isupper()
    if want.kind in (Kind.THING, Kind.OCCUPATION, Kind.DESCRIPTION):
        return bool(own) or names
    if want.kind in (Kind.TIME, Kind.NUMBER) and len(low) < (3 if want.kind is Kind.TIME else 4):
        return digits or bool((_TIMES | _AMOUNTS) & set(low))
    sorts = {want.noun, *(_PEOPLE if want.kind is Kind.PERSON else _SORTS.get(want.kind, ()))}
    asked_words = {word.lower() for word in lent}
    if not digits and all(word in sorts or word in asked_words for word in own):
        # nothing but the sort of thing asked for and the question's own words: a statement, or a name of the question
        bare = [word for word in raw if word.lower() not in STOP]
        named = any(word[0].isupper() and word.lower() not in sorts for word in bare)
        return bool(own and _IS.search(told)) or (
            named and all(word[0].isupper() or word in sorts for word in bare)
        )
    if want.kind in _ONE and _many(told, len(low)):
        return False
    return want.kind not in (Kind.PERSON, Kind.PLACE, Kind.LANGUAGE) or not all(
        word[0].isdigit() for word in own
    )


def _is_question(sentence: str, place: int) -> bool:
    """Whether a sentence asks; one that is cut off before its question mark may, if it follows another."""
    return bool(_ASKS.match(sentence)) and (
        sentence.endswith("?") or (place > 0 and bool(_WH.match(sentence)))
    )


def candidates(text: str) -> list[str]:
    """The different names that a text sets side by side: parts of at most three words between commas, slashes, lines,
    "and" or "or"."""
    parts = re.split(r"\s*(?:[,;/\n|]|\band\b|\bor\b)\s*", text)
    names = (part.strip(" .:•*-0123456789)(") for part in parts)
    return list(
        dict.fromkeys(name for name in names if name and len(name.split()) <= 3 and _PLAIN.search(name))
    )


def _many(text: str, count: int) -> bool:
    """Whether a text of ``count`` words is little else than a list of ``MANY`` candidates or more."""
    named = candidates(text)
    return len(named) >= MANY and 2 * sum(len(name.split()) for name in named) > count


def _strange(text: str) -> bool:
    """Whether a fifth of the letters are of a script other than Latin."""
    if text.isascii():
        return False
    letters = [letter for letter in text if letter.isalpha()]
    foreign = sum(
        not letter.isascii() and not unicodedata.name(letter, "").startswith("LATIN") for letter in letters
    )
    return foreign > 0.2 * len(letters)


def _soup(text: str) -> bool:
    """Whether more than a third of what is written is neither letter nor digit."""
    solid = [sign for sign in text if not sign.isspace()]
    return len(solid) >= 15 and sum(not sign.isalnum() for sign in solid) > len(solid) / 3


def _shuffled(words: list[str]) -> bool:
    """Words in no order that a sentence has: doubled, or an article before a word that no article stands before."""
    low = [word.lower() for word in words]
    wrong = sum(a == b or (a in _ARTICLES and b in _NEVER_AFTER_ONE) for a, b in pairwise(low))
    return wrong >= 2 and wrong > 0.06 * len(low)


def _salad(text: str, words: list[str]) -> bool:
    """Words without the small ones that hold a sentence together, where there are too many to be a list of names."""
    if len(words) < 12:
        return False
    small = sum(word.lower() in STOP for word in words)
    large = sum(word[0].isupper() or word[0].isdigit() for word in words)
    return small < 0.1 * len(words) and large < 0.4 * len(words) and text.count(",") < len(words) / 6
