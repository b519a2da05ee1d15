"""An answer that is a JSON object, read by the member that holds its answer."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

from judgekit.judges.reading.glosses import speaks_of_others
from judgekit.judges.reading.marks import Named, bare
from judgekit.judges.reading.phrases import DENIED, NOUN, TAKES_BACK

_ANSWER_KEY = re.compile(rf"(?!(?:option|letter)$)(?:my|the|final|best|chosen)?[\s_-]*{NOUN}", re.IGNORECASE)
_MEMBER = re.compile(r'"((?:[^"\\]|\\.)*)"\s*:\s*"[^\w"]*([A-Z])[^\w"]*"')
_AGAINST = re.compile(
    r"error|refus(?:al|ed)|declin\w+|abstain\w*|invalid|uncertain|unsure|doubtful|tentative|rejected|wrong|incorrect",
    re.IGNORECASE,
)
"""Members of an object that speak against its answer, if they hold anything."""
_ASIDE = re.compile(
    r"output|reference|gold|expected|candidate|model|student|question|input|wrong|reject|second|runner|alternative|other|not",
    re.IGNORECASE,
)
"""Members that hold a letter of the item's own, or one that was passed over."""
_LIKELY = 0.1
"""A number beside the answer below this, be it a score or a probability, speaks against it."""


_FENCE = re.compile(r"```(?:json)?(?=\s|\Z)", re.IGNORECASE)
_ABOVE = re.compile(
    r"(?:(?:sure|ok|okay|certainly|of\s+course)\b[,.!]*\s*)?(?:(?:here\s+is|here['’]s|below\s+is)\s+)?(?:(?:my|the|your)\s+)?"
    r"(?:(?:requested|final|json)\s+)*(?:json|answer|verdict|evaluation|judge?ment|assessment|result|classification|rating|decision|label)?"
    r"(?:\s+(?:object|(?:in|as)\s+json(?:\s+format)?))?\s*:?",
    re.IGNORECASE,
)
_BELOW = re.compile(r"(?:(?:let\s+me\s+know|i\s+hope|feel\s+free|done)\b[^{}<>?\n]*)?", re.IGNORECASE)
"""Talk around an object that says nothing of its own; ``the model said:`` would make it another's."""


def members(text: str) -> list[tuple[str, object]] | None:
    """The members of the JSON object that a text is or holds, in a code fence or not; None where there is none.

    Talk around an object is passed over where it only hands the object over.
    """
    start, end = text.find("{"), text.rfind("}") + 1
    if start < 0 or end <= start:
        return None
    above, below = (_FENCE.sub("", part).strip() for part in (text[:start], text[end:]))
    if not _ABOVE.fullmatch(above) or not _BELOW.fullmatch(below):
        return None
    try:
        read = json.loads(text[start:end], object_pairs_hook=list)
    except (ValueError, RecursionError):
        return None
    return read if isinstance(read, list) else None


def member(text: str, pairs: list[tuple[str, object]], labels: Mapping[str, str]) -> Named | None:
    """What the members of an object that hold its answer say, if they agree and no other member speaks against it."""
    said: set[str] = set()
    options = {name.lower(): letter for letter, label in labels.items() for name in (letter, label) if name}
    for key, value in pairs:
        found = bare(value) if isinstance(value, str) else None
        if _ANSWER_KEY.fullmatch(key):
            said.add(found.letter if found else options.get(str(value).lower(), ""))
            continue
        if value and key.lower() in options:
            said.add(options[key.lower()])
        if found and not _ASIDE.search(key):
            said.add(found.letter)
        if _speaks_against(key, value, options):
            return None
        if said and isinstance(value, str) and not _ASIDE.search(key):
            told = (TAKES_BACK.search(value), DENIED.match(value))
            if any(told) or speaks_of_others(value, next(iter(said)), labels):
                return None
    places = [at for letter, at in in_members(text) if {letter} == said]
    return Named(next(iter(said)), places[0]) if places else None


def _speaks_against(key: str, value: object, options: Mapping[str, str]) -> bool:
    """Whether a member makes the answer beside it doubtful: a refusal, a low number, shares of the options."""
    if isinstance(value, list):
        return any(str(part[0]).lower() in options for part in value if isinstance(part, tuple))
    low = value is False or (isinstance(value, int | float) and value < _LIKELY)
    return low or bool(value and _AGAINST.fullmatch(key))


def in_members(text: str) -> Iterator[tuple[str, int]]:
    """The letters that members of objects in a text give as its answer, and where each stands."""
    for match in _MEMBER.finditer(text):
        if _ANSWER_KEY.fullmatch(match[1]):
            yield match[2], match.start(2)
