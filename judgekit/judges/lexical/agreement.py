"""How far an output says what a reference answer says: one vector of plain features an item.

Every feature is a count, a share or a flag that can be worked out by hand. With several references (and several
ways of writing each) the vector describes the one that the output is nearest to. No feature depends on how many
references there are, nor on the data set.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from typing import NamedTuple

from judgekit.judges.lexical.text import STOP, Words, is_number, likeness, variants, words

ALIKE = 0.8  # from this spelling likeness on, two words count as the same word
MOST_VARIANTS = 300
NAME_WEIGHT = 2.0

_TYPES = (
    (
        "who",
        re.compile(
            r"\bwho(?:m|se)?\b|\bwhich (?:\w+ )?(?:actor|actress|singer|author|writer|king|queen|president)\b"
        ),
    ),
    (
        "when",
        re.compile(r"\bwhen\b|\b(?:what|which) (?:year|date|day|month|decade|century)\b|\bin what year\b"),
    ),
    (
        "where",
        re.compile(
            r"\bwhere\b|\b(?:what|which) (?:country|city|state|town|county|river|continent|capital|island)\b"
        ),
    ),
    (
        "how_many",
        re.compile(
            r"\bhow (?:many|much|long|old|far|tall|high|often|big|large|fast)\b|\bwhat (?:number|age)\b"
        ),
    ),
    ("yes_no", re.compile(r"^(?:is|are|was|were|do|does|did|can|could|has|have|had|will|would|should)\b")),
    ("why_how", re.compile(r"\bwhy\b|\bhow\b(?! (?:many|much|long|old|far|tall|high|often|big|large|fast))")),
)
_MONTHS = frozenset(
    "january february march april may june july august september october november december".split()
)
_NEGATION = re.compile(
    r"\b(?:not|never|no longer|rather than|instead of|unlike|except|other than|nor|isn't|wasn't|aren't|weren't|"
    r"didn't|doesn't|cannot|neither|contrary to|mistaken|incorrect|confused with)\b",
    re.IGNORECASE,
)
_HEDGE = re.compile(
    r"\b(?:may|might|possibly|perhaps|probably|likely|believed|not sure|unclear|unknown|it is possible|"
    r"i think|some say|disputed|or)\b",
    re.IGNORECASE,
)
_YES_NO = {"yes": 1, "yeah": 1, "true": 1, "correct": 1, "no": -1, "not": -1, "false": -1}

NAMES = (
    "exact phrase joined recall soft_recall novel_recall missing_names missing_other has_novel number_recall "
    "numbers_missing numbers_extra number_gap year_match date_conflict residual_precision residual_words "
    "residual_names first_match last_match initials lcs_recall lcs_precision edit position in_lead negated "
    "negations hedges output_length reference_length question_length reference_names reference_number "
    "reference_in_question output_in_question yes_no_same yes_no_other matched_letters other_references "
    "names_before numbers_before more_precise answer_only "
    "ask_who ask_when ask_where ask_how_many ask_yes_no ask_why_how"
).split()


def content(text: Words) -> tuple[str, ...]:
    """The words that carry meaning; all of them if none does ("The Who")."""
    kept = tuple(word for word in text.words if word not in STOP)
    return kept or text.words


@lru_cache(maxsize=4096)
def _question(question: str) -> tuple[frozenset[str], tuple[float, ...], float]:
    low = question.lower().strip()
    asked = words(question)
    kinds = tuple(float(bool(pattern.search(low))) for _, pattern in _TYPES)
    return frozenset(asked.words), kinds, math.log1p(len(asked.words))


@lru_cache(maxsize=16384)
def _reference(reference: str) -> tuple[tuple[Words, tuple[str, ...]], ...]:
    parts = ((words(text), text) for text in variants(reference))
    return tuple((text, content(text)) for text, _ in parts if text.words)


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


def _find(needle: Sequence[str], hay: Sequence[str]) -> int:
    """Where a word sequence begins in another, -1 if it does not occur."""
    size, first = len(needle), needle[0]
    for start in range(len(hay) - size + 1):
        if hay[start] == first and tuple(hay[start : start + size]) == tuple(needle):
            return start
    return -1


class _Output(NamedTuple):
    """All that is needed of an output, worked out once for all references."""

    text: str
    said: Words
    bag: frozenset[str]
    joined: str
    plain: tuple[str, ...]


def _nearest(
    output: _Output, references: Sequence[str], known: frozenset[str]
) -> tuple[Words, tuple[str, ...], int]:
    """The reference variant that the output is nearest to, and how many references are contained whole."""
    best: tuple[tuple[float, ...], Words, tuple[str, ...]] | None = None
    whole, seen = 0, 0
    for reference in references:
        held = False
        for text, kept in _reference(reference):
            seen += 1
            hits = sum(word in output.bag for word in kept)
            novel = [word for word in kept if word not in known]
            share = hits / len(kept)
            fresh = sum(word in output.bag for word in novel) / len(novel) if novel else share
            phrase = hits == len(kept) and _find(text.words, output.said.words) >= 0
            if not phrase and share < 1:
                joined = "".join(kept)
                phrase = len(joined) > 4 and joined in output.joined
            held = held or phrase
            near = 0.0
            if share == 0 and len(output.plain) <= 12:
                near = 0.5 * max((likeness(a, b) for a in kept[:4] for b in output.plain), default=0.0)
            score = (
                phrase * (1 if novel else 0.5),
                max(fresh, near),
                share,
                float(len("".join(kept))) if phrase else -len(kept),
            )
            if best is None or score > best[0]:
                best = (score, text, kept)
        whole += held
        if seen > MOST_VARIANTS:
            break
    if best is None:
        return Words((), (), 0), (), 0
    return best[1], best[2], whole


def agreement(question: str, references: Sequence[str], output: str) -> list[float]:
    """Features of how far ``output`` says what one of ``references`` says, in the order of ``NAMES``."""
    asked, kinds, question_length = _question(question)
    said = words(output)
    plain = tuple(word for word in said.words if word not in STOP)
    seen = _Output(output, said, frozenset(said.words), "".join(plain), plain)
    text, kept, whole = _nearest(seen, references, asked)
    if not kept or not said.words:
        empty = [0.0] * (len(NAMES) - len(kinds))
        empty[NAMES.index("output_length")] = math.log1p(len(said.words))
        return [*empty, *kinds]

    like = {
        word: 1.0 if word in seen.bag else max((likeness(word, other) for other in set(plain)), default=0.0)
        for word in kept
    }
    novel = tuple(dict.fromkeys(word for word in kept if word not in asked))
    names = {word for word, name in zip(text.words, text.names, strict=True) if name} | (
        {text.words[0]} if text.words[0] not in STOP else set()
    )
    missing = [word for word in novel if like[word] < ALIKE]
    phrase_at = _find(text.words, said.words)
    joined = "".join(kept)
    is_joined = len(joined) > 4 and joined in seen.joined

    wanted = {word for word in kept if is_number(word)}
    stated = {word for word in seen.bag if is_number(word)}
    extra = [word for word in stated if word not in wanted and word not in asked]
    years = {word for word in wanted if len(word) == 4 and word.isdigit()}
    dates = {word for word in plain if word in _MONTHS} - asked
    residual = [
        (word, name)
        for word, name in zip(said.words, said.names, strict=True)
        if word not in STOP and word not in asked
    ]
    target = set(kept)
    matched_residual = sum(
        word in target or max((likeness(word, other) for other in missing), default=0.0) >= ALIKE
        for word, _ in residual
    )

    places = [
        index for index, word in enumerate(said.words) if word in target and (word not in asked or not novel)
    ]
    at = phrase_at if phrase_at >= 0 else places[0] if places else -1
    before = residual_before(said, at, asked, target)
    short = [word for word, _ in residual][:10]
    edit = (
        SequenceMatcher(None, joined[:60], "".join(short)[:80], autojunk=False).ratio()
        if len(residual) <= 10
        else 0.0
    )
    common = longest_common(text.words, said.words)

    features = {
        "exact": float(kept == plain or text.words == said.words),
        "phrase": float(phrase_at >= 0),
        "joined": float(is_joined or phrase_at >= 0),
        "recall": sum(word in seen.bag for word in kept) / len(kept),
        "soft_recall": sum(like[word] for word in kept) / len(kept),
        "novel_recall": sum(like[word] for word in novel) / len(novel) if novel else -1.0,
        "missing_names": float(min(4, sum(word in names for word in missing))),
        "missing_other": float(min(4, sum(word not in names and not is_number(word) for word in missing))),
        "has_novel": float(bool(novel)),
        "number_recall": len(wanted & stated) / len(wanted) if wanted else -1.0,
        "numbers_missing": float(min(3, len(wanted - stated))),
        "numbers_extra": float(min(4, len(extra))),
        "number_gap": _gap(wanted, stated - asked),
        "year_match": (1.0 if years & stated else 0.0) if years else -1.0,
        "date_conflict": float(
            bool(wanted or target & _MONTHS) and bool(extra or dates - target) and bool(missing)
        ),
        "residual_precision": matched_residual / len(residual) if residual else -1.0,
        "residual_words": math.log1p(len(residual)),
        "residual_names": float(min(6, sum(name and word not in target for word, name in residual))),
        "first_match": like[kept[0]],
        "last_match": like[kept[-1]],
        "initials": float(_initials(kept, plain)),
        "lcs_recall": common / len(text.words),
        "lcs_precision": common / len(said.words),
        "edit": edit,
        "position": at / len(said.words) if at >= 0 else 1.0,
        "in_lead": float(0 <= at < said.lead),
        "negated": float(_negated(output, said, at)),
        "negations": float(min(3, len(_NEGATION.findall(output)))),
        "hedges": float(min(3, len(_HEDGE.findall(output)))),
        "output_length": math.log1p(len(said.words)),
        "reference_length": math.log1p(len(kept)),
        "question_length": question_length,
        "reference_names": sum(word in names for word in kept) / len(kept),
        "reference_number": float(bool(wanted)),
        "reference_in_question": float(not novel),
        "output_in_question": sum(word in asked for word in plain) / len(plain) if plain else 0.0,
        "yes_no_same": 0.0,
        "yes_no_other": 0.0,
        "matched_letters": math.log1p(sum(len(word) for word in novel or kept if like[word] >= ALIKE)),
        "other_references": float(min(3, max(0, whole - 1))),
        "names_before": float(min(4, sum(name for _, name in before))),
        "numbers_before": float(min(3, sum(is_number(word) for word, _ in before))),
        "more_precise": float(phrase_at >= 0 and 0 < len(residual) - len(novel) <= 3),
        "answer_only": float(bool(residual) and matched_residual == len(residual)),
    }
    wants, says = _YES_NO.get(text.words[0], 0) or _YES_NO.get(kept[-1], 0), _YES_NO.get(said.words[0], 0)
    if wants and says:
        features["yes_no_same" if wants == says else "yes_no_other"] = 1.0
    return [*features.values(), *kinds]


def told(question: str, references: Sequence[str], output: str) -> tuple[float, int]:
    """How much of what a reference tells beyond the question the output tells, and how many words that is.

    The share is of the reference's content words that the question does not have; names and numbers count
    ``NAME_WEIGHT`` times, since a sentence that gives everything but the name has not given the fact. The
    largest share over the references; (0, 0) where no reference tells anything new.
    """
    asked, _, _ = _question(question)
    said = words(output)
    plain = set(said.words) - STOP - asked
    best = (0.0, 0)
    for reference in references:
        text = words(reference)
        novel: dict[str, float] = {}
        for word, name in zip(text.words, text.names, strict=True):
            if word not in asked and word not in STOP:
                novel[word] = max(novel.get(word, 0.0), NAME_WEIGHT if name or is_number(word) else 1.0)
        if not novel:
            continue
        like = (max((likeness(word, other) for other in plain), default=0.0) for word in novel)
        held = sum(weight for weight, alike in zip(novel.values(), like, strict=True) if alike >= ALIKE)
        best = max(best, (held / sum(novel.values()), len(novel)))
    return best


def residual_before(said: Words, at: int, asked: frozenset[str], target: set[str]) -> list[tuple[str, bool]]:
    """Words before the match that neither the question nor the reference has: a rival answer would stand there."""
    end = at if at >= 0 else len(said.words)
    return [
        (word, name)
        for word, name in zip(said.words[:end], said.names[:end], strict=True)
        if word not in STOP and word not in asked and word not in target
    ]


def _gap(wanted: set[str], stated: set[str]) -> float:
    """Relative distance of the nearest stated number to the first wanted one, at most 1; -1 where none is wanted."""
    if not wanted:
        return -1.0
    if wanted & stated:
        return 0.0
    try:
        target = max(map(float, wanted), key=abs)
        return min((min(1.0, abs(float(x) - target) / (abs(target) or 1.0)) for x in stated), default=1.0)
    except ValueError:
        return 1.0


def _initials(kept: Sequence[str], plain: Sequence[str]) -> bool:
    """Whether one side is written as the initials of the other ("NBA", "J. M. W. Turner")."""
    letters = "".join(word[0] for word in kept)
    said = "".join(word[0] for word in plain)
    if len(letters) > 1 and letters in plain:
        return True
    return any(1 < len(word) <= 5 and word.isalpha() and word in said and word not in plain for word in kept)


def _negated(output: str, said: Words, at: int) -> bool:
    """Whether a negation stands shortly before the match."""
    if at < 0:
        return False
    window = said.words[max(0, at - 4) : at]
    return bool({"not", "never", "unlike", "nor", "neither", "isnt", "wasnt", "except"} & set(window)) or (
        "rather" in window and "than" in window
    )
