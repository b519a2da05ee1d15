"""What keeps a word that stands in an output from being an answer, and what makes another number the same one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import accumulate

from judgekit.judges.lexical.asked import NOUNS, Kind, asked
from judgekit.judges.lexical.fluency import MANY, candidates
from judgekit.judges.lexical.nearest import Output, nearest
from judgekit.judges.lexical.reference_recall import FILLER
from judgekit.judges.lexical.spelling import ALIKE
from judgekit.judges.lexical.text import STOP, is_number, listed, words

SEVERAL = 6
"""So many candidates side by side leave open which of them is the answer."""
NEAR = 0.02
"""Relative distance up to which a number can be another one rounded."""
UNNAMED = 0.2
"""How far a reference may be revealed although none of the words that tell it apart is there."""
DENIED = 0.95
"""How far a denial takes back what an output names."""
_SORTS = frozenset(word for noun in [*NOUNS, "gmina"] for word in words(noun).words)
_YES_NO = frozenset({"yes", "no"})
_DENYING = frozenset(listed("not never neither nor isnt wasnt arent werent unlike except"))
_JOINING = frozenset(listed("of the for"))
_TURNED = frozenset(listed("but rather instead only just sure certain"))
_BETWEEN = STOP | frozenset(listed("part located situated found"))
_CAPITAL = re.compile(r"\b[^\W\d_a-z][^\W\d_]*")
_NUMBER = re.compile(r"(?<![\w.])\d{1,3}(?:,\d{3})+(?:\.\d+)?|(?<![\w.,])\d+(?:\.\d+)?(?![\w,]*\d)")


def answered(question: str, references: Sequence[str], output: str) -> tuple[float, float]:
    """How far an output answers with a short reference that it may name: wholly, and in part; both 0..1.

    The words that count are those that tell the reference apart: beyond the question, and more than the sort of
    thing ("Lima District" is told apart by "Lima"), and no filler. Where half of them are there or fewer, none of them
    a name or number, it is a part at most. Where the output has none of them, or denies them ("It is not
    in Peru"), nothing is answered. Where the question has them all, so that only the sort is left, it has to stand
    beside the name. Names side by side are guesses (:func:`guessed`).
    """
    known, given = frozenset(words(question).words), Output(output)
    match = nearest(given, references, known) if given.said.words else None
    if match is None:
        return 0.0, 0.0
    kept, said = match.kept, given.said.words
    novel = [word for word in kept if word not in known]
    apart = [word for word in novel if word not in _SORTS]
    apart = [word for word in apart if word not in FILLER] or apart
    if asked(question).kind is Kind.NUMBER:
        apart = [word for word in novel if is_number(word)] or apart
    there = {word for word in kept if given.lexicon.likeness(word) >= ALIKE}
    telling = there & set(apart or novel or kept)
    if not telling:
        return (1.0, 0.0) if _spelled_otherwise(kept, given) else (UNNAMED, 0.0)
    places = [at for at, word in enumerate(said) if word in telling]
    if places and all(_denied(said[max(0, at - 5) : at]) for at in places):
        return 1.0 - DENIED, 0.0
    named = any(is_number(said[at]) for at in places) or bool(
        telling & _capital(match.reference) & _capital(output)
    )
    if apart and not named and 2 * len(telling & set(apart)) <= len(set(apart)) and len(set(apart)) > 1:
        return UNNAMED, 1.0  # "municipal district" for "municipal corporation"
    if novel and not apart and not _side_by_side(kept, given):
        return (0.0, 1.0) if there == set(kept) else (UNNAMED, 0.0)
    return guessed(references, output)


def _capital(text: str) -> frozenset[str]:
    """The words of a text that are written with a capital, also where a sentence begins."""
    return frozenset(words(" ".join(_CAPITAL.findall(text))).words)


def _spelled_otherwise(kept: Sequence[str], given: Output) -> bool:
    """Whether the reference stands there with other spaces ("bee keeper"), as its initials, or as a plain yes or no."""
    joined, initials = "".join(kept), "".join(word[0] for word in kept)
    ends = list(accumulate(map(len, given.plain), initial=0))
    whole = any(given.joined.startswith(joined, at) and at + len(joined) in ends for at in ends)
    return whole or (len(initials) > 1 and initials in given.plain) or bool(_YES_NO & set(kept))


def _side_by_side(kept: Sequence[str], given: Output) -> bool:
    """Whether the words of a reference stand next to each other, in any order, joined or not ("Province of Bracca")."""
    said, wanted = [word for word in given.said.words if word not in _JOINING], set(kept)
    return any(set(said[at : at + len(kept)]) == wanted for at in range(len(said)))


def _denied(before: Sequence[str]) -> bool:
    for word in reversed(before):
        if word in _DENYING:
            return True
        if word in _TURNED or word not in _BETWEEN:
            return False
    return False


def guessed(references: Sequence[str], output: str) -> tuple[float, float]:
    """How far an output commits itself to the reference among the names that it sets side by side: wholly, in part.

    ``SEVERAL`` names are guesses, unless the reference is the first, and so are two with "or" between; ``MANY`` tell
    nothing, or in part where the reference is the first.
    """
    named = [] if any(len(candidates(reference)) > 1 for reference in references) else candidates(output)
    if len(named) < 2 or 2 * sum(len(name.split()) for name in named) < len(output.split()):
        return 1.0, 0.0
    wanted = [set(words(reference).words) - STOP for reference in references]
    first = any(want and want <= set(words(named[0]).words) for want in wanted)
    if len(named) >= MANY:
        return (0.0, 1.0) if first else (0.0, 0.0)
    doubtful = not first if len(named) >= SEVERAL else bool(re.search(r"\bor\b", output))
    return (0.0, 1.0) if doubtful else (1.0, 0.0)


def rounded(question: str, references: Sequence[str], output: str) -> str:
    """The output with a number told in full where a reference has the same number rounded, or the other way round.

    Only where the question asks for an amount: a year is never rounded.
    """
    if asked(question).kind is not Kind.NUMBER:
        return output
    wanted = [found for reference in references for found in _NUMBER.findall(reference)]
    return _NUMBER.sub(lambda found: next((w for w in wanted if _same(w, found[0])), found[0]), output)


def _same(one: str, other: str) -> bool:
    a, b = float(one.replace(",", "")), float(other.replace(",", ""))
    if a == b or min(a, b) < 100 or abs(a - b) > NEAR * max(a, b):
        return False
    coarse, fine = sorted((a, b), key=_digits)
    return (
        _digits(coarse) < _digits(fine)
        and _digits(coarse) >= 2
        and float(f"{fine:.{_digits(coarse)}g}") == coarse
    )


def _digits(number: float) -> int:
    """Significant digits: those before the zeros at the end."""
    return len(f"{number:.12g}".replace(".", "").rstrip("0").lstrip("0"))
