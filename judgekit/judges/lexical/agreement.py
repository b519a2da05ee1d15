"""How far an output says what a reference answer says: one vector of plain features an item.

Every feature is a count, a share or a flag that can be worked out by hand. With several references (and several
ways of writing each) the vector describes the one that the output is nearest to.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from typing import NamedTuple

from judgekit.elementary import log1p
from judgekit.judges.lexical.nearest import Match, Output, find, longest_common, nearest, run_together
from judgekit.judges.lexical.spelling import ALIKE, Lexicon
from judgekit.judges.lexical.surface import IGNORANCE, REFUSAL
from judgekit.judges.lexical.text import STOP, is_number, listed, words

_AMOUNT = r"(?:many|much|long|old|far|tall|high|often|big|large|fast)\b"
_ASKS = {
    "who": r"\bwho(?:m|se)?\b|\bwhich (?:\w+ )?(?:actor|actress|singer|author|writer|king|queen|president)\b",
    "when": r"\bwhen\b|\b(?:what|which) (?:year|date|day|month|decade|century)\b",
    "where": r"\bwhere\b|\b(?:what|which) (?:country|city|state|town|county|river|continent|capital|island)\b",
    "how_many": rf"\bhow {_AMOUNT}|\bwhat (?:number|age)\b",
    "yes_no": r"^\s*(?:is|are|was|were|do|does|did|can|could|has|have|had|will|would|should)\b",
    "why_how": rf"\bwhy\b|\bhow\b(?! {_AMOUNT})",
}
_ASK_PATTERNS = {f"ask_{kind}": re.compile(pattern, re.IGNORECASE) for kind, pattern in _ASKS.items()}
_MONTHS = frozenset(
    listed("january february march april may june july august september october november december")
)
_NEGATION = re.compile(
    r"\b(?:not|never|no longer|rather than|instead of|unlike|except|other than|nor|isn't|wasn't|aren't|weren't|"
    r"didn't|doesn't|cannot|neither|contrary to|mistaken|incorrect|confused with)\b",
    re.IGNORECASE,
)
_NEGATING = frozenset(listed("not never unlike nor neither isnt wasnt except"))
_HEDGE = re.compile(
    r"\b(?:may|might|possibly|perhaps|probably|likely|believed|not sure|unclear|unknown|it is possible|"
    r"i think|some say|disputed|or)\b",
    re.IGNORECASE,
)
_LIST = re.compile(r"\w,? (?:and|&) \w|\w, \w+(?: \w+)?,")
_YES_NO = {"yes": 1, "yeah": 1, "true": 1, "correct": 1, "no": -1, "not": -1, "false": -1}
_AWAY = -1.0
"""The value of a share whose denominator is zero."""


class _Asked(NamedTuple):
    """The question's words, how many they are, and what it asks for."""

    words: frozenset[str]
    length: float
    kinds: dict[str, float]


@lru_cache(maxsize=4096)
def _asked(question: str) -> _Asked:
    kinds = {name: float(bool(pattern.search(question))) for name, pattern in _ASK_PATTERNS.items()}
    said = words(question).words
    return _Asked(frozenset(said), log1p(len(said)), kinds)


class _Compared:
    """An output beside the reference it is nearest to: what both have, what is missing, what is extra."""

    def __init__(self, asked: _Asked, output: Output, match: Match) -> None:
        self.asked, self.output, self.match = asked, output, match
        text, kept, said = match.text, match.kept, output.said
        self.like = {word: output.lexicon.likeness(word) for word in kept}
        self.target = set(kept)
        self.novel = tuple(dict.fromkeys(word for word in kept if word not in asked.words))
        self.missing = [word for word in self.novel if self.like[word] < ALIKE]
        first = {text.words[0]} - STOP
        self.names = {word for word, name in zip(text.words, text.names, strict=True) if name} | first
        beyond = [
            (word, name, index)
            for index, (word, name) in enumerate(zip(said.words, said.names, strict=True))
            if word not in STOP and word not in asked.words
        ]
        self.phrase_at = find(text.words, said.words)
        places = (
            i
            for i, w in enumerate(said.words)
            if w in self.target and (w not in asked.words or not self.novel)
        )
        self.at = self.phrase_at if self.phrase_at >= 0 else next(places, -1)
        end = self.at if self.at >= 0 else len(said.words)
        self.beyond = [(word, name) for word, name, _ in beyond]
        self.before = [(word, name) for word, name, i in beyond if i < end and word not in self.target]
        absent = Lexicon(self.missing)
        self.matched = sum(word in self.target or absent.likeness(word) >= ALIKE for word, _ in self.beyond)


def _overlap(c: _Compared) -> dict[str, float]:
    """Words of the reference in the output, and of the output in the reference."""
    text, kept, said = c.match.text, c.match.kept, c.output.said
    common = longest_common(text.words, said.words)
    short = "".join(word for word, _ in c.beyond)[:80] if len(c.beyond) <= 10 else ""
    edit = SequenceMatcher(None, "".join(kept)[:60], short, autojunk=False).ratio() if short else 0.0
    return {
        "exact": float(kept == c.output.plain or text.words == said.words),
        "phrase": float(c.phrase_at >= 0),
        "joined": float(c.phrase_at >= 0 or run_together(kept, c.output)),
        "recall": sum(word in c.output.bag for word in kept) / len(kept),
        "soft_recall": sum(c.like[word] for word in kept) / len(kept),
        "novel_recall": sum(c.like[word] for word in c.novel) / len(c.novel) if c.novel else _AWAY,
        "missing_names": float(min(4, sum(word in c.names for word in c.missing))),
        "missing_other": float(
            min(4, sum(word not in c.names and not is_number(word) for word in c.missing))
        ),
        "first_match": c.like[kept[0]],
        "last_match": c.like[kept[-1]],
        "initials": float(_initials(kept, c.output.plain)),
        "lcs_recall": common / len(text.words),
        "lcs_precision": common / len(said.words),
        "edit": edit,
        "matched_letters": log1p(sum(len(word) for word in c.novel or kept if c.like[word] >= ALIKE)),
        "other_references": float(min(3, c.match.others)),
        "rivals": c.match.apart,
        "part_of_list": float(bool(_LIST.search(c.match.reference)) and bool(c.missing)),
    }


def _residue(c: _Compared) -> dict[str, float]:
    """What the output says beyond the question, and how much of that is the reference."""
    extra_words = len(c.beyond) - len(c.novel)
    return {
        "residual_precision": c.matched / len(c.beyond) if c.beyond else _AWAY,
        "residual_words": log1p(len(c.beyond)),
        "residual_names": float(min(6, sum(name and word not in c.target for word, name in c.beyond))),
        "more_precise": float(c.phrase_at >= 0 and 0 < extra_words <= 3),
        "answer_only": float(bool(c.beyond) and c.matched == len(c.beyond)),
        "names_before": float(min(4, sum(name for _, name in c.before))),
        "numbers_before": float(min(3, sum(is_number(word) for word, _ in c.before))),
    }


def _numbers(c: _Compared) -> dict[str, float]:
    """Numbers and dates: the same, missing, other."""
    wanted = {word for word in c.match.kept if is_number(word)}
    stated = {word for word in c.output.bag if is_number(word)}
    extra = stated - wanted - c.asked.words
    years = {word for word in wanted if len(word) == 4 and word.isdigit()}
    dates = {word for word in c.output.plain if word in _MONTHS} - c.asked.words
    months = c.target & _MONTHS if wanted else set()  # "may" and "march" are months only beside a number
    days, said_days = _days(wanted), _days(stated)
    dated = bool(wanted or c.target & _MONTHS)
    same_month = bool(months & c.output.bag)
    return {
        "number_recall": len(wanted & stated) / len(wanted) if wanted else _AWAY,
        "numbers_missing": float(min(3, len(wanted - stated))),
        "numbers_extra": float(min(4, len(extra))),
        "number_gap": _gap(wanted, stated - c.asked.words),
        "year_match": float(bool(years & stated)) if years else _AWAY,
        "date_conflict": float(dated and bool(extra or dates - c.target) and bool(c.missing)),
        "month_conflict": float(bool(months) and bool(dates - months) and not same_month),
        "day_conflict": float(bool(days) and same_month and bool(said_days - days) and not days & stated),
        "reference_number": float(bool(wanted)),
    }


def _manner(c: _Compared) -> dict[str, float]:
    """Where and how the match is said, and what is asked."""
    said, kept, text = c.output.said, c.match.kept, c.output.text
    wants = _YES_NO.get(c.match.text.words[0], 0) or _YES_NO.get(kept[-1], 0)
    says = _YES_NO.get(said.words[0], 0)
    plain = c.output.plain
    return {
        "position": c.at / len(said.words) if c.at >= 0 else 1.0,
        "in_lead": float(0 <= c.at < said.lead),
        "negated": float(c.at >= 0 and bool(_NEGATING & set(said.words[max(0, c.at - 4) : c.at]))),
        "negations": float(min(3, len(_NEGATION.findall(text)))),
        "hedges": float(min(3, len(_HEDGE.findall(text)))),
        "declines": float(min(2, len(REFUSAL.findall(text)) + len(IGNORANCE.findall(text)))),
        "output_length": log1p(len(said.words)),
        "reference_length": log1p(len(kept)),
        "question_length": c.asked.length,
        "reference_names": sum(word in c.names for word in kept) / len(kept),
        "reference_in_question": float(not c.novel),
        "output_in_question": sum(word in c.asked.words for word in plain) / len(plain) if plain else 0.0,
        "yes_no_same": float(wants * says > 0),
        "yes_no_other": float(wants * says < 0),
        **c.asked.kinds,
    }


def _features(asked: _Asked, output: Output, match: Match) -> dict[str, float]:
    compared = _Compared(asked, output, match)
    return _overlap(compared) | _residue(compared) | _numbers(compared) | _manner(compared)


def agreement(question: str, references: Sequence[str], output: str) -> list[float]:
    """Features of how far ``output`` says what one of ``references`` says, in the order of ``NAMES``.

    All are zero (but for what is asked) where the output or every reference is without a word.
    """
    asked, given = _asked(question), Output(output)
    match = nearest(given, references, asked.words) if given.said.words else None
    if match is None:
        return [asked.kinds.get(name, 0.0) for name in NAMES]
    return list(_features(asked, given, match).values())


def _days(numbers: set[str]) -> set[str]:
    return {number for number in numbers if number.isdecimal() and 1 <= int(number) <= 31}


def _gap(wanted: set[str], stated: set[str]) -> float:
    """Relative distance of the nearest stated number to the largest wanted one, at most 1."""
    if not wanted:
        return _AWAY
    if wanted & stated:
        return 0.0
    try:
        target = max(map(float, wanted), key=abs)
        return min((min(1.0, abs(float(x) - target) / (abs(target) or 1.0)) for x in stated), default=1.0)
    except ValueError:  # a version number or an old date
        return 1.0


def _initials(kept: Sequence[str], plain: Sequence[str]) -> bool:
    """Whether one side is written as the initials of the other ("NBA", "J. M. W. Turner")."""
    letters = "".join(word[0] for word in kept)
    said = "".join(word[0] for word in plain)
    if len(letters) > 1 and letters in plain:
        return True
    return any(1 < len(word) <= 5 and word.isalpha() and word in said and word not in plain for word in kept)


def _names() -> tuple[str, ...]:
    asked, output = _asked("who"), Output("word")
    match = nearest(output, ("word",), asked.words)
    assert match is not None
    return tuple(_features(asked, output, match))


NAMES = _names()
"""Names of the features, in order."""
