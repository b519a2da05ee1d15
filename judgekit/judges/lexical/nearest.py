"""Which of the accepted answers, and which way of writing it, an output is nearest to."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from judgekit.judges.lexical.spelling import Lexicon
from judgekit.judges.lexical.text import STOP, Words, content, words

MOST_VARIANTS = 300
"""Of an answer with more aliases than this, the rest is not looked at."""

_PARENTHESIS = re.compile(r"\s?[(\[]([^()\[\]]*)[)\]]\s?")
_ALTERNATIVE = re.compile(
    r"\s+(?:or|accept|aka|a\.k\.a\.|also known as)\s+|\s*[;|]\s*|(?<=[^\W\d_]{3})\s*/\s*(?=[^\W\d_]{3})",
    re.IGNORECASE,
)


@lru_cache(maxsize=65536)
def variants(reference: str) -> tuple[str, ...]:
    """The ways of answering that one reference spells out: without and inside its parenthesis, "A or B", "Y, X".

    Title suffixes of an encyclopedia ("Georgia (disambiguation)") fall away with the parenthesis.
    """
    out = [reference]
    for inside in _PARENTHESIS.findall(reference):
        accepted = re.match(r"\s*(?:accept|or|aka|also)\s+(.+)", inside, re.IGNORECASE)
        out.extend([accepted[1]] if accepted else [])
    bare = _PARENTHESIS.sub(" ", reference).strip()
    if bare and bare != reference:
        out.append(bare)
    parts = _ALTERNATIVE.split(bare)
    if len(parts) > 1 and len(bare) < 80 * len(parts):
        out.extend(part for part in parts if len(part) > 2)
    head, comma, tail = bare.partition(", ")
    if (
        comma
        and tail
        and "," not in tail
        and len(bare.split()) <= 4
        and head[:1].isupper()
        and tail[:1].isupper()
    ):
        out.append(f"{tail} {head}")
    return tuple(dict.fromkeys(out))


@lru_cache(maxsize=16384)
def _written(reference: str) -> tuple[tuple[Words, tuple[str, ...]], ...]:
    parts = (words(text) for text in variants(reference))
    return tuple((text, content(text)) for text in parts if text.words)


class Output:
    """All that is needed of an output, worked out once for all references."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.said = words(text)
        self.plain = tuple(word for word in self.said.words if word not in STOP)
        self.bag = frozenset(self.said.words)
        self.joined = "".join(self.plain)
        self.lexicon = Lexicon(self.plain)


class Match(NamedTuple):
    """The reference that an output is nearest to.

    ``apart`` is the share of all references that have no word in common with it (they give another answer),
    ``others`` how many other references the output has too.
    """

    text: Words
    kept: tuple[str, ...]
    reference: str
    apart: float
    others: int


def nearest(output: Output, references: Sequence[str], known: frozenset[str]) -> Match | None:
    """The reference, and the way of writing it, that the output is nearest to; None where all are empty."""
    best: tuple[tuple[float, ...], Words, tuple[str, ...], str] | None = None
    whole, seen = 0, 0
    contents: list[frozenset[str]] = []
    for reference in references:
        held = False
        for text, kept in _written(reference):
            seen += 1
            novel = [word for word in kept if word not in known]
            share = sum(word in output.bag for word in kept) / len(kept)
            fresh = sum(word in output.bag for word in novel) / len(novel) if novel else share
            phrase = (share == 1 and find(text.words, output.said.words) >= 0) or run_together(kept, output)
            held = held or phrase
            near = 0.0
            if share == 0 and len(output.plain) <= 12:
                near = 0.5 * max(output.lexicon.likeness(word) for word in kept[:4])
            length = len("".join(kept)) if phrase else -len(kept)
            score = (phrase * (1.0 if novel else 0.5), max(fresh, near), share, float(length))
            if best is None or score > best[0]:
                best = (score, text, kept, reference)
            contents.append(frozenset(kept))
        whole += held
        if seen > MOST_VARIANTS:
            break
    if best is None:
        return None
    _, text, kept, reference = best
    apart = sum(other.isdisjoint(kept) for other in contents) / len(contents)
    return Match(text, kept, reference, apart, max(0, whole - 1))


def run_together(kept: Sequence[str], output: Output) -> bool:
    """Whether the reference stands in the output when spaces and hyphens are ignored ("beekeeper", "JKL")."""
    joined = "".join(kept)
    return (len(joined) > 4 and joined in output.joined) or (len(kept) > 1 and joined in output.bag)


def find(needle: Sequence[str], hay: Sequence[str]) -> int:
    """Where a word sequence begins in another, -1 if it does not occur."""
    size, first = len(needle), needle[0]
    for start in range(len(hay) - size + 1):
        if hay[start] == first and tuple(hay[start : start + size]) == tuple(needle):
            return start
    return -1


def longest_common(a: Sequence[str], b: Sequence[str]) -> int:
    """Length of the longest common subsequence of two word lists, the count behind ROUGE-L.

    Bit-parallel (Hyyrö 2004), so that a long output costs no more than a short one.
    """
    places: dict[str, int] = {}
    for index, word in enumerate(a):
        places[word] = places.get(word, 0) | 1 << index
    full = (1 << len(a)) - 1
    row = full
    for word in b:
        hits = row & places.get(word, 0)
        row = ((row + hits) | (row - hits)) & full
    return len(a) - row.bit_count()
