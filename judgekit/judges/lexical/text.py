"""Normalized words of a text, so that two ways of writing the same thing become the same words.

Folding: accents, case, possessives, punctuation; number words and digit groups to plain digits; Roman numerals;
abbreviated months, titles, units and countries to one spelling; British to American endings; plurals.
"""

from __future__ import annotations

import re
import unicodedata
from contextlib import suppress
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import unquote


class Words(NamedTuple):
    """The words of a text in order.

    ``names`` tells for each word whether it was capitalized (not just because it began a sentence); ``lead``
    is the number of words in the first sentence.
    """

    words: tuple[str, ...]
    names: tuple[bool, ...]
    lead: int


def listed(text: str) -> list[str]:
    """Words of a list as it is written in the source."""
    return text.split()


STOP = frozenset(
    listed(
        """
        a about also am an and answer any are as at be been being both but by called can could d did
        do does done down each for from had has have having he her hers him his how i if in into is
        it its just known ll m may me might mine more most must my name named nor oclock of on only
        onto or other our out over own re s same shall she should so some such t than that the their
        them then there these they this those to under up ve very was we were what when where which
        who whom whose why will with would you your
        """
    )
)
"""Words that carry no meaning of their own."""

_UNITS = {
    word: value
    for value, word in enumerate(
        listed("""zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
        seventeen eighteen nineteen""")
    )
}
_TENS = {w: 10 * v for v, w in enumerate(listed("twenty thirty forty fifty sixty seventy eighty ninety"), 2)}
_ORDINALS = {
    word: value
    for value, word in enumerate(
        listed("""first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth
        fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"""),
        1,
    )
} | {"thirtieth": 30, "fortieth": 40, "fiftieth": 50, "hundredth": 100}
_SCALES = {"hundred": 100, "thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}

_NUMBER_TAILS = frozenset(listed("st nd rd th s"))
_Run = tuple[float, float]  # thousands and more, and what is below

_SAME = {
    word: one
    for one, several in {
        "january": "jan", "february": "feb", "march": "mar", "april": "apr", "august": "aug",
        "september": "sep sept", "october": "oct", "november": "nov", "december": "dec",
        "saint": "st ste", "mount": "mt", "doctor": "dr", "mister": "mr", "junior": "jr", "senior": "sr",
        "professor": "prof", "versus": "vs v", "television": "tv", "and": "&", "fort": "ft",
        "kilometer": "km kms kilometre", "meter": "metre", "centimeter": "cm centimetre", "millimeter": "mm",
        "kilogram": "kg", "minute": "min mins", "hour": "hr hrs", "second": "sec", "degree": "°", "percent": "% pct",
        "dollar": "$", "pound": "£ lb lbs", "euro": "€", "foot": "feet", "mile": "mi", "man": "men", "woman": "women",
        "child": "children", "tooth": "teeth", "company": "co", "gmina": "gm", "municipality": "mun",
        "district": "dist", "province": "prov", "corporation": "corp", "number": "no.",
    }.items()
    for word in several.split()
}  # fmt: skip
_COUNTRIES = (
    (re.compile(r"\bU\.? ?S\.?(?: ?A\.?)?(?![\w.])|\b[Uu]nited [Ss]tates(?: of [Aa]merica)?\b"), " Usa "),
    (re.compile(r"\bU\.? ?K\.?(?![\w.])|\b[Uu]nited [Kk]ingdom\b|\bGreat Britain\b"), " Britain "),
    (re.compile(r"\b[Pp]er cent\b"), "percent"),
)
_LETTERS = str.maketrans(
    {
        "ß": "ss",
        "ø": "o",
        "Ø": "O",
        "ł": "l",
        "Ł": "L",
        "đ": "d",
        "æ": "ae",
        "Æ": "Ae",
        "œ": "oe",
        "ð": "d",
        "þ": "th",
    }
    | {"’": "'", "‘": "'", "ʻ": "'", "“": '"', "”": '"', "–": "-", "—": "-"}
)
_INITIALS = re.compile(r"\b(?:[A-Za-z]\.){2,}|\b(?:[A-Z]\. ){2,}(?=[A-Z])")
_GROUPS = re.compile(r"(?<=\d),(?=\d{3}\b)")
_DASHED = re.compile(r"(?<=\d)\s?-\s?(?=\d)")
_TOKEN = re.compile(r"\d+(?:\.\d+)+|\d+|[^\W\d_]+(?:'[^\W\d_]+)*|[%$£€°&]|[.!?\n]")
_ROMAN = re.compile(r"M{0,3}(CM|CD|D?C{0,3})(XC|XL|L?X{0,3})(IX|IV|V?I{0,3})$")
_ROMAN_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}
_SENTENCE_END = frozenset(".!?\n")


def mend(text: str) -> str:
    """Undo a UTF-8 text read as Latin-1 ("DÃ¡in"), percent escapes in titles, and compatibility forms."""
    if "Ã" in text or "Â" in text:
        with suppress(UnicodeError):
            text = text.encode("latin-1").decode("utf-8")
    if "%" in text:
        text = unquote(text, errors="ignore") if re.search(r"%[2-9A-F][0-9A-F]", text) else text
    return text


def fold(text: str) -> str:
    """Without accents and typographic variants; case kept."""
    if text.isascii():
        return text
    decomposed = unicodedata.normalize("NFKD", text.translate(_LETTERS))
    return "".join(c for c in decomposed if not unicodedata.combining(c))


@lru_cache(maxsize=65536)
def _word(raw: str) -> str:
    """One lower-case word without possessive and plural, in American spelling."""
    word = raw.lower()
    if "'" in word:
        word = word.removesuffix("'s").replace("'", "")
    word = _SAME.get(word, word)
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-3] + "y" if word.endswith("ies") and len(word) > 4 else word[:-1]
    if len(word) > 5:
        if word.endswith("our"):
            word = word[:-3] + "or"
        elif word.endswith("tre"):
            word = word[:-3] + "ter"
        word = word.replace("isation", "ization")
    return _SAME.get(word, word)


def _roman(raw: str) -> str | None:
    if (
        len(raw) < 2
        or not raw.isupper()
        or not _ROMAN.match(raw)
        or raw in {"MC", "CD", "DC", "DM", "MD", "MM"}
    ):
        return None
    values = [_ROMAN_VALUES[c] for c in raw]
    return str(sum(-v if v < after else v for v, after in zip(values, [*values[1:], 0], strict=True)))


@lru_cache(maxsize=2048)
def words(text: str) -> Words:
    """The normalized words of a text (see the module)."""
    text = fold(mend(text))
    for pattern, replacement in _COUNTRIES:
        text = pattern.sub(replacement, text)
    text = _INITIALS.sub(lambda m: m[0].replace(".", "").replace(" ", "") + " ", text)
    text = _DASHED.sub(" ", _GROUPS.sub("", text))
    out: list[str] = []
    names: list[bool] = []
    lead, start = -1, True
    run: _Run | None = None  # a number that a following number word may extend: "forty" "eight"
    for raw in _TOKEN.findall(text):
        if raw in _SENTENCE_END:
            if lead < 0 and len(out) > 2:
                lead = len(out)
            start, run = True, None
            continue
        low = raw.lower()
        longer = _extend(run, low)
        if longer is not None:
            if run is None or longer[2]:
                out.append("")
                names.append(False)
            run = longer[:2]
            out[-1] = f"{sum(run):.12g}"
            start = False
            continue
        if run is not None and (
            low in _NUMBER_TAILS or (low == "and" and sum(run) >= 100 and sum(run) % 100 == 0)
        ):
            continue
        run = None
        if raw[0].isdigit():  # 1.2.3: a version or a date
            out.append(raw)
            names.append(False)
            continue
        roman = _roman(raw)
        word = roman or _word(raw)
        if word:
            out.append(word)
            names.append(
                raw[0].isupper() and (not start or (len(raw) > 1 and raw.isupper())) and roman is None
            )
            start = False
    return Words(tuple(out), tuple(names), len(out) if lead < 0 else lead)


def _extend(run: _Run | None, low: str) -> tuple[float, float, bool] | None:
    """Thousands, rest, and whether a new number begins, after one more word; None if it is no number word.

    Digits always begin a number; a number word extends one where English would ("forty" + "eight",
    "one thousand" + "five" + "hundred"), and a scale multiplies ("2.45" + "billion").
    """
    if low[0].isdigit():
        return (0.0, float(low), True) if low.count(".") < 2 and low.isascii() else None
    if low in _SCALES:
        if run is None:
            return None
        scale = _SCALES[low]
        return (run[0], run[1] * scale, False) if scale == 100 else (run[0] + run[1] * scale, 0.0, False)
    value = _UNITS.get(low, _ORDINALS.get(low, _TENS.get(low)))
    if value is None:
        return None
    if run is not None:
        rest = run[1] % 100
        if (sum(run) >= 100 and rest == 0) or (rest >= 20 and rest % 10 == 0 and 0 < value < 10):
            return (run[0], run[1] + value, False)
    return (0.0, float(value), True)


def is_number(word: str) -> bool:
    """Whether a normalized word is a number."""
    return word[0].isdigit()


def content(text: Words) -> tuple[str, ...]:
    """The words that carry meaning; all of them if none does ("The Who")."""
    kept = tuple(word for word in text.words if word not in STOP)
    return kept or text.words
