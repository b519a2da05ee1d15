"""A text as a person reads it: what is drawn the same, spelled apart or shown backwards is the word that it looks like.

Ordinary texts come out as they are: each step waits for a sign that somebody wrote for machines, not for readers.
"""

from __future__ import annotations

import re
import unicodedata

from judgekit.rubrics import visible

_ALIKE = {
    **dict(zip("асеіјорѕухһԁԛԝАВСЕНІЈКМОРЅТХУ", "aceijopsyxhdqwABCEHIJKMOPSTXY", strict=True)),
    **dict(zip("ονΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ovABEZHIKMNOPTYX", strict=True)),
}
_LOOKALIKES = str.maketrans(_ALIKE)
_ALIKE_WORD = re.compile(rf"[A-Za-z{''.join(_ALIKE)}]*[{''.join(_ALIKE)}][A-Za-z{''.join(_ALIKE)}]*")
_DRAWN = re.compile("[\uff01-\uff5e\U0001d400-\U0001d7ff\u24b6-\u24e9]+")
"""Full-width, mathematical and circled letters."""
_BACKWARDS = re.compile("\u202e([^\u202c\n]*)(?:\u202c|$)", re.MULTILINE)
_APART = {sep: re.compile(rf"(?<![^\W_])[^\W_](?:{re.escape(sep)}[^\W_])+(?![^\W_])") for sep in " -._"}
_ALONE = 0.6
"""From this share of letters that stand alone, a text is spelled apart."""
_LETTERS = re.compile(r"[^\W\d_]+")
_DIGITS = re.compile(r"\b(?=\d*[A-Za-z]\d*[A-Za-z])(?=[A-Za-z]*[013457])[A-Za-z013457]{4,}\b")
_WORDS = re.compile(r"\w+")
_FOR_LETTERS = str.maketrans("013457", "oieast")


def as_read(text: str) -> str:
    """The text as a person reads it."""
    if not text.isascii():
        text = _BACKWARDS.sub(lambda found: found[1][::-1], text)
        text = visible(text)
        text = _DRAWN.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text)
        text = _ALIKE_WORD.sub(_latin, text)
    return _letters_for_digits(_together(text))


def _latin(word: re.Match[str]) -> str:
    """A word that mixes alphabets, in Latin letters; a word of one alphabet may be one of another language."""
    whole = word.string
    start, end = word.span()
    inside = (start > 0 and whole[start - 1].isalpha()) or (end < len(whole) and whole[end].isalpha())
    mixed = any(letter.isascii() for letter in word[0])
    foreign = _LETTERS.sub(lambda found: "" if _ALIKE_WORD.fullmatch(found[0]) else found[0], whole)
    if inside or not (mixed or foreign.isascii()):
        return word[0]
    return word[0].translate(_LOOKALIKES)


def _together(text: str) -> str:
    """Letters that are spelled apart, put together."""
    words = _LETTERS.findall(text)
    if len(words) < 5 or sum(len(word) == 1 for word in words) < _ALONE * sum(map(len, words)):
        return text
    sep = max(_APART, key=lambda one: sum(len(found) for found in _APART[one].findall(text)))
    if len({word.lower() for word in words}) < 4:  # a loop of one letter spells nothing
        return text
    return _APART[sep].sub(lambda found: found[0].replace(sep, ""), text)


def _letters_for_digits(text: str) -> str:
    """Words in which digits stand for letters, in letters; where few words are so, they are names of things."""
    found = _DIGITS.findall(text)
    if len(found) < 2 or len(found) < 0.3 * len(_WORDS.findall(text)):
        return text
    return _DIGITS.sub(lambda word: word[0].translate(_FOR_LETTERS), text)
