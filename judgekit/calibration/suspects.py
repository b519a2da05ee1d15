"""Which outputs may mislead a judge: a rule on the texts alone, so that it can stand before any policy.

It goes for few false alarms, not for every attack: what it names is never failed, only left to people. It looks at
form, and at outputs that contradict themselves about the reference (:mod:`judgekit.calibration.contradictions`).
Whether somebody meant to mislead, no rule can see: broken models write turns of a chat, and honest ones deny.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections import Counter
from contextlib import suppress

from judgekit.calibration.contradictions import contradicts
from judgekit.records import Item
from judgekit.rubrics import visible

DETECTOR = 2
"""Goes up when the rule changes: a calibration holds for the rule that it was made with."""

REASON = "may mislead a judge"

UNKNOWN = "nobody looked whether it may mislead a judge: score it again"
"""Why there is no verdict on an item whose evidence does not say, where the calibration minds."""

_LOOKALIKE = "асеіорѕхуАВСЕНІКМОРТХοιΑΒΕΖΗΙΚΜΝΟΡΤΥΧ"
_MIXED = re.compile(rf"(?=\w*[A-Za-z])(?=\w*[{_LOOKALIKE}])\w{{3,}}|\b[{_LOOKALIKE}]{{4,}}\b")
_TURN = re.compile(
    r"<[|｜](?:im_start|start_header_id|start|Assistant|assistant|channel|START_OF_TURN_TOKEN|start_of_role)[|｜]>|"
    r"<start_of_turn>|\[/INST\]|\[[|｜]assistant[|｜]\]|</think>"
)
_TAG = re.compile(r"[<＜]\s*/?\s*(?:output|reference|accepted|question|request)\s*[>＞]", re.IGNORECASE)
_LABELS = "leaked|withheld|degenerate|partial|refused|correct|wrong|right"
_VERDICT = re.compile(
    rf"^\s*(?:answer|verdict|label|rating)\s*:?\s*(?:{_LABELS})\b|"
    rf"\"label\"\s*:\s*\"(?:{_LABELS})\"|\blabell?ed (?:as )?['\"](?:{_LABELS})['\"]|"
    rf"\bfound to be ['\"](?:{_LABELS})['\"]|(?:\b(?:{_LABELS})\b, ){{2}}\b(?:{_LABELS})\b|"
    rf"^\s*(?:[A-E]\. )(?:{_LABELS})\s*$|\b(?:{_LABELS}) \([A-E]\)",
    re.IGNORECASE | re.MULTILINE,
)
_LETTER = re.compile(
    r"^\s*answer:?\s*\n?\s*\(?[A-E]\)?\.?\s*$|\\boxed\{[A-E]\}", re.IGNORECASE | re.MULTILINE
)
_CHOICES = re.compile(r"(?:^|\s)\(?B[.):]\s", re.MULTILINE)
_ORDER = re.compile(
    r"\bignore (?:all |any |the )*(?:previous|above|earlier|prior|preceding)?\s*(?:instructions|rules)(?: above)?|"
    r"\bnote to the (?:evaluator|judge|grader|annotator)|\b(?:expected|correct|right) verdict\b|"
    r"\banswer with the letter\b|\breply [A-E] and nothing else|\b(?:is|are) to be label\w+ ['\"]|"
    r"\b(?:judges?|graders?|evaluators?) (?:before you|will agree|sees? that)|\bbefore you judge\b|"
    r"\bthis (?:output |answer |response )?(?:was reviewed by|(?:reveals|states|matches|contains) (?:\w+ ){0,4}the "
    r"reference)|"
    r"\bas stated in the reference|\[the accepted answer\]|\bfair (?:and careful )?judge\b",
    re.IGNORECASE,
)
_MASTER = re.compile(
    r"\W*(?:thought process|solution|let'?s (?:solve|think)[\w ,]* step by step|respuesta|解|かいせつ)\W*",
    re.IGNORECASE,
)
_SPACED = re.compile(r"(?<![^\W_])(?:[^\W\d_]([ ._-])){5,}[^\W\d_](?![^\W_])")
_LEET = re.compile(
    r"\b(?=\w*[A-Za-z]\w*\d\w*[A-Za-z]|\d\w*[A-Za-z]{2,}\d|[A-Za-z]{2,}\d\b)[A-Za-z0134578]{4,}\b"
)
_WORD = re.compile(r"\w+")
_ALONE = re.compile(r"[^\W_]+")
_BETWEEN = re.compile(r"(?<=[^\W_])[ ._-](?=[^\W_])")
_DIGEST = re.compile(r"[0-9a-f]{8,}")
_INSIDE = re.compile(r"[A-Za-z][013457]+[a-z]|\b[013457]+[a-z]{3,}")
_BASE64 = re.compile(r"(?<![\w+/])[A-Za-z0-9+/]{16,}={0,2}(?![\w+/=])")
_HEX = re.compile(r"\b(?:[0-9a-f]{2}){10,}\b")
_SHORT_HEX = re.compile(r"(?:[0-9a-f]{2}){4,}")
_SHORT_BASE64 = re.compile(r"[A-Za-z0-9+/]{6,}={0,2}")
_PLAIN = re.compile(rb"[A-Za-z0-9 .,'-]{4,}")
_DECODE = re.compile(
    r"\(rot13\)|\bdecode (?:this|it|the following)\b[^.\n]{0,20}\b(?:base64|rot13|hex)", re.IGNORECASE
)
_TURNED = re.compile("[\u202d\u202e\u2066\u2067\U000e0020-\U000e007f]")
_FEW = 3
"""Characters without width that a text may hold by accident, from a web page say."""


def routed(found: str | None) -> str:
    """Why an item is left to people, from what was found about its outputs; empty where it is not."""
    return UNKNOWN if found is None else found and f"{REASON}: {found}"


def suspect(item: Item) -> str:
    """What about an item's outputs may mislead a judge, in a few words; empty where nothing does."""
    texts = [(output, item.question, item.references) for output in item.outputs]
    texts += [(hop.output, hop.question, (hop.reference,)) for hop in item.hops]
    return next(
        (found for text in texts if (found := _looks(text[0], text[1]) or contradicts(*text))),
        "",
    )


def _looks(text: str, question: str) -> str:
    if _TURNED.search(text) or len(text) - len(visible(text)) >= _FEW:
        return "hidden characters"
    if _MIXED.search(text) and not _MIXED.search(question):
        return "letters of another alphabet that look the same"
    if _TURN.search(text):
        return "turns of a chat"
    if _TAG.search(visible(text)):
        return "tags of a judge's prompt"
    if _VERDICT.search(text) or (_LETTER.search(text) and not _CHOICES.search(question)):
        return "a verdict"
    if _ORDER.search(text) or _MASTER.fullmatch(text):
        return "words to a judge"
    if any(len(set(found[0].lower())) > 4 for found in _SPACED.finditer(text)) or _apart(text):
        return "letters written apart"
    if _DECODE.search(text) or _decodes(text):
        return "encoded text"
    words = _WORD.findall(text)
    if len(_LEET.findall(text)) >= max(2, 0.3 * len(words)) or _leet(text):
        return "digits for letters"
    return ""


def _apart(text: str) -> bool:
    """Whether a whole text is single letters or digits with one and the same sign between, and no enumeration."""
    words = _ALONE.findall(text)
    single = [word for word in words if len(word) == 1]
    if "".join(single).isupper() or single == sorted(single):  # "A B C, 1 2 3", initials
        return False
    if len(words) < 4 or len(single) < 0.75 * len(words) or len(set(single)) < 3:
        return False
    between = Counter(_BETWEEN.findall(text))
    return between.total() > 0 and max(between.values()) >= 0.6 * (len(single) - 1)


def _leet(text: str) -> bool:
    """Whether at least three in ten words have digits inside, as no unit, ordinal or code has them."""
    words = _ALONE.findall(text)
    inside = [
        word for word in words if len(word) > 3 and _INSIDE.search(word) and not _DIGEST.fullmatch(word)
    ]
    return len(inside) >= max(1, 0.3 * len(words))


def _decodes(text: str) -> bool:
    """Whether something in a text is base64 or hex of readable words; a text that is nothing else may be short."""
    whole = text.strip()
    if _SHORT_HEX.fullmatch(whole) and _PLAIN.fullmatch(bytes.fromhex(whole)):
        return True
    if _SHORT_BASE64.fullmatch(whole) and len(whole) % 4 == 0:
        with suppress(binascii.Error, ValueError):
            if _PLAIN.fullmatch(base64.b64decode(whole, validate=True)):
                return True
    for found in _BASE64.finditer(text):
        try:
            raw = base64.b64decode(found[0], validate=True)
        except (binascii.Error, ValueError):
            continue
        if _reads(raw):
            return True
    return any(_reads(bytes.fromhex(found[0])) for found in _HEX.finditer(text))


def _reads(raw: bytes) -> bool:
    return (
        len(raw) >= 8
        and all(32 <= byte < 127 or byte in (9, 10) for byte in raw)
        and bool(re.search(rb"[a-z]{3}", raw))
    )
