"""How much of a long reference an output tells."""

from __future__ import annotations

import re
from collections.abc import Sequence

from judgekit.judges.lexical.spelling import ALIKE, Lexicon
from judgekit.judges.lexical.text import STOP, is_number, listed, words

NAME_WEIGHT, ASKED_WEIGHT, FILLER_WEIGHT = 2.0, 4.0, 0.25
_ASKS_NAME_OR_NUMBER = re.compile(
    r"\bnames?\b|\bwho(?:m|se)?\b|\bwhen\b|\bwhere\b|\bhow (?:many|much|long|old|far|tall|high|often|big)\b|"
    r"\b(?:what|which) (?:year|date|day|month|decade|century|country|city|state|town|county|river)\b",
    re.IGNORECASE,
)
FILLER = frozenset(
    listed(
        """author writer book novel work career genre literature literary writing write written wrote story narrative
        character reader primarily mainly often frequently particularly notably significantly greatly deeply widely
        highly include including various several many numerous other another 1 2 renowned acclaimed celebrated notable
        famous prestigious esteemed distinguished unique strong significant rich contribute contribution contributed
        recognize recognized influence influenced inspire inspired father mother parent born year people part way make
        made become became use used feature located place found person individual belong identify yes"""
    )
)


def told(question: str, references: Sequence[str], output: str) -> float:
    """The share of what a reference tells beyond the question that the output tells, 0..1.

    Counted over the reference's content words that the question does not have. A name or number counts
    ``NAME_WEIGHT`` times (``ASKED_WEIGHT`` where the question asks for one), since a sentence that gives all but
    the name has not given the fact; words that any answer of the kind would have count ``FILLER_WEIGHT`` times.
    The largest share over the references; 0 where none tells anything new.
    """
    asked = frozenset(words(question).words)
    name_weight = ASKED_WEIGHT if _ASKS_NAME_OR_NUMBER.search(question) else NAME_WEIGHT
    lexicon = Lexicon(word for word in words(output).words if word not in STOP and word not in asked)
    best = 0.0
    for reference in references:
        text = words(reference)
        weights: dict[str, float] = {}
        for word, name in zip(text.words, text.names, strict=True):
            if word not in asked and word not in STOP:
                weight = FILLER_WEIGHT if word in FILLER else name_weight if name or is_number(word) else 1.0
                weights[word] = max(weights.get(word, 0.0), weight)
        if weights:
            held = sum(weight for word, weight in weights.items() if lexicon.likeness(word) >= ALIKE)
            best = max(best, held / sum(weights.values()))
    return best
