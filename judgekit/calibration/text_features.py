"""How an item's texts look, in a few numbers: what tells items of another kind apart whatever a judge says of them.

Lengths, repetition, script, digits, marks, and how much of the output stands in the question and in the reference.
Not what the texts mean: two subjects written alike look alike here.
"""

from __future__ import annotations

import math
import re

from judgekit.records import Item

_WORD = re.compile(r"\w+")


def text_features(item: Item) -> tuple[float, ...]:
    """Ten numbers on one item: logarithms of lengths in words, and shares.

    In order: words of the question, of the output, of the longest reference; mean length of the output's words;
    share of its words that are distinct, that stand in the question, that stand in a reference; share of its
    characters that are not ASCII, that are digits, that are neither letters, digits nor blanks.
    """
    output = "\n".join([*item.outputs, *(hop.output for hop in item.hops)])
    asked = set(_words(item.question))
    references = [_words(reference) for reference in item.references]
    known = set().union(*references)
    said = _words(output)
    letters = len(output)
    return tuple(
        round(number, 4)
        for number in (
            math.log1p(len(_words(item.question))),
            math.log1p(len(said)),
            math.log1p(max(map(len, references), default=0)),
            math.log1p(_share(sum(map(len, said)), len(said))),
            _share(len(set(said)), len(said)),
            _share(sum(word in asked for word in said), len(said)),
            _share(sum(word in known for word in said), len(said)),
            _share(sum(not letter.isascii() for letter in output), letters),
            _share(sum(letter.isdigit() for letter in output), letters),
            _share(sum(not (letter.isalnum() or letter.isspace()) for letter in output), letters),
        )
    )


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _share(part: float, whole: int) -> float:
    return part / whole if whole else 0.0
