"""How near two words are in spelling."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from judgekit.judges.lexical.text import is_number, listed

ALIKE = 0.8
"""From this likeness on, two words count as the same word."""


class Lexicon:
    """The distinct words of a text, for looking up the nearest in spelling."""

    def __init__(self, of: Iterable[str]) -> None:
        self.words = frozenset(of)
        self._by_initial: dict[str, list[str]] = {}
        for word in self.words:
            self._by_initial.setdefault(word[0], []).append(word)

    def likeness(self, word: str) -> float:
        """How near the nearest word is in spelling, 0..1 (see ``likeness``).

        Only words with the same first letter are looked at, and those that lack or add letters at an end.
        """
        if word in self.words:
            return 1.0
        if is_number(word):
            return 0.0
        best = max((likeness(word, other) for other in self._by_initial.get(word[0], ())), default=0.0)
        if best < ALIKE and len(word) >= 6:
            clipped = word[1:], word[2:], word[:-1]
            if any(part in self.words for part in clipped):
                return ALIKE
        return best


_ENDINGS = frozenset(
    listed(
        "a al an ance ant ation d e ed en ence ent er es ful i ian ic ing ion ish ism ist ity ive less ly ment n ness"
    )
    + listed("or ous s t um us y ")
    + [""]
)


def likeness(a: str, b: str) -> float:
    """How near two different words are in spelling.

    .85 the same stem of five letters or more, .8 one letter added, lost or changed (or nearly all pairs of letters
    the same), .7 an initial, .5 many pairs of letters the same, else 0.
    """
    short, long = (a, b) if len(a) <= len(b) else (b, a)
    if len(short) < 4:
        return 0.7 if len(short) == 1 and long[0] == short else 0.0
    head = _shared(short, long)
    if head >= min(5, len(short)) and short[head:] in _ENDINGS and long[head:] in _ENDINGS:
        return 0.85
    if len(long) - len(short) > 2:
        return 0.0
    if head == len(short):  # "Niger", "Nigeria": another word, unless the ending was one of those above
        return 0.5
    if len(long) >= 5 and head + _shared(short[head:][::-1], long[head:][::-1]) >= len(long) - 1:
        return 0.8
    grams_a, grams_b = _bigrams(a), _bigrams(b)
    dice = 2 * len(grams_a & grams_b) / (len(grams_a) + len(grams_b))
    return 0.8 if dice >= 0.75 else 0.5 if dice >= 0.55 else 0.0


def _shared(a: str, b: str) -> int:
    """Length of the common beginning; ``a`` is the shorter."""
    return next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), len(a))


@lru_cache(maxsize=65536)
def _bigrams(word: str) -> frozenset[str]:
    return frozenset(word[i : i + 2] for i in range(len(word) - 1))
