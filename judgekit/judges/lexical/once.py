"""What an output says, once: loops are told one time, and what is left of markup and chat templates is taken out.

An ugly output is compared with a reference by what it says, so that "Lima://_REF Lima://_REF" says Lima.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

LONGEST_LOOP = 12
"""Words of the longest phrase whose repetition is noticed."""
COPIES = 3
"""A phrase said so many times in a row is a loop."""
LONG = 4
"""A phrase of so many words is told once if it stands there twice; "New York, New York" stays."""

_TEMPLATE = re.compile(
    r"<\|[^<>|\s]{1,40}\|>|\[/?(?:INST|SYS)\]|<</?SYS>>|</?s>|<(?:start|end)_of_turn>|"
    r"(?:(?<=[.!?])|^|\n)\s*(?:assistant|user|system|model)\s*(?=\n|$)"
)
_RESIDUE = re.compile(
    r"_+[A-Z]{2,}(?![a-z])|\b(?:https?|ftp)://\S*|://|\bwww\.\S+|</?[a-zA-Z][^<>]{0,80}>|&#?\w{2,8};|\\[a-zA-Z]+|"
    r"\w+(?:\.\w+)*\([^()]{0,40}\)\s*[;{]|[{}<>|\\^~]|\[(?!\d+\])|(?<!\d)\]|[=;#$@*_-]{3,}|(?<=\w)_(?=\w)|[;=]=|=>|->|"
    r"\b[a-z]+[A-Z]\w+|\b[A-Z]{2,}[a-z]{3,}\w*"
)
_GLUED = re.compile(r"([^\W\d_]{2,24}?|(?!0)\d{3,8}?)\1{2,}", re.IGNORECASE)
_JOINT = re.compile(r"(?<=[a-z])(?=[A-Z])")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


def without_template(text: str) -> str:
    """The text without tokens of a chat template, which an evaluation may leave behind any answer."""
    return _TEMPLATE.sub(" ", text).strip()


def residue(text: str) -> int:
    """How often markup, code or a link shows in a text."""
    return len(_RESIDUE.findall(text))


def without_residue(text: str) -> str:
    """The text without markup, code and links."""
    return _RESIDUE.sub(" ", text)


def loops(text: str) -> float:
    """The share of a text's words that only repeat the phrase before them, where it stands ``COPIES`` times or more."""
    words = [word.lower() for word in _WORD.findall(text)]
    glued = sum(len(found[0]) for found in _GLUED.finditer(text))
    if words and glued > len("".join(words)) / 2:
        return 1.0
    if len(set(words)) > 0.8 * len(words):
        return 0.0
    return 1.0 - len(_once(words, COPIES, COPIES)) / len(words)


def said_once(text: str) -> str:
    """The text as it is compared with a reference: unchanged, but where it loops or is littered with markup."""
    bare = without_template(text)
    words = _WORD.findall(bare)
    looping = len({word.lower() for word in words}) <= 0.8 * len(words) or _GLUED.search(bare)
    if not looping and not _RESIDUE.search(bare):
        return bare
    bare = _JOINT.sub(" ", _RESIDUE.sub(_kept, bare))
    if looping:
        words = _WORD.findall(_GLUED.sub(r" \1 ", bare))
        once = _once(words, COPIES, 2)
        bare = " ".join(once) if len(once) < len(words) or _GLUED.search(bare) else bare
    return bare


def _kept(found: re.Match[str]) -> str:
    """Of a tag, an entity or a reference mark nothing is kept, of a link, a call or a run of words its words."""
    return " " if found[0][0] in "<&\\_" else f" {' '.join(_WORD.findall(found[0]))} "


def _once(words: Sequence[str], short: int, long: int) -> list[str]:
    """Words with each run of equal phrases told one time, shortest first; of ``short`` or, from ``LONG`` words on,
    ``long`` copies."""
    out = list(words)
    for size in range(1, LONGEST_LOOP + 1):
        copies = long if size >= LONG else short
        if len(out) < size * copies:
            break
        low, kept, at = [word.lower() for word in out], [], 0
        while at < len(out):
            phrase, end = low[at : at + size], at + size
            while low[end : end + size] == phrase:
                end += size
            if (end - at) // size >= copies:
                kept += out[at : at + size]
                at = end
            else:
                kept.append(out[at])
                at += 1
        out = kept
    return out
