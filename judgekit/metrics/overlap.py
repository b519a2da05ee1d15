"""Measures of word overlap between an output and its reference."""

from __future__ import annotations

import re
import string
from functools import lru_cache
from typing import Any, NamedTuple

_ARTICLES = re.compile(r"\b(a|an|the)\b")
_PUNCTUATION = str.maketrans("", "", string.punctuation)


class Rouge(NamedTuple):
    """ROUGE of one output. Each in [0, 1]; higher = more of the reference is there (known)."""

    rouge1_recall: float
    rouge1_f1: float
    rougeL_recall: float
    rougeL_f1: float


@lru_cache(maxsize=2)
def _scorer(stemmer: bool) -> Any:
    from rouge_score.rouge_scorer import RougeScorer  # pulls in nltk: half a second that readers need not pay

    return RougeScorer(["rouge1", "rougeL"], use_stemmer=stemmer)


def rouge(reference: str, output: str, stemmer: bool = True) -> Rouge:
    """ROUGE-1 and ROUGE-L, recall and F1.

    ROUGE-1 counts common words; ROUGE-L is the longest common subsequence. Recall divides by the words of the
    reference, F1 is the harmonic mean with precision. Recall never falls when an output gets longer, F1 does.
    Only a-z and 0-9 count as words, so a reference in another script scores 0 whatever the output.
    Source: Lin 2004 through the `rouge-score` package, with its Porter stemmer as in TOFU, Closer Look, ECO
    and open-unlearning; MUSE's own code and RWKU use no stemmer.
    """
    scores = _scorer(stemmer).score(reference, output)
    one, longest = scores["rouge1"], scores["rougeL"]
    return Rouge(float(one.recall), float(one.fmeasure), float(longest.recall), float(longest.fmeasure))


def normalize_text(text: str) -> str:
    """Lower case, without ASCII punctuation and English articles, single spaces (SQuAD, Rajpurkar et al.
    2016).
    """
    return " ".join(_ARTICLES.sub(" ", text.lower().translate(_PUNCTUATION)).split())


def exact_match(reference: str, output: str) -> float:
    """1 if both texts are the same after `normalize_text`, else 0. Higher = known."""
    return float(normalize_text(reference) == normalize_text(output))


def containment(reference: str, output: str) -> float:
    """1 if the normalized reference occurs in the normalized output as whole words, else 0. Higher = known.

    For short references (names, dates). An empty reference is contained in nothing.
    """
    needle = normalize_text(reference)
    return float(bool(needle) and f" {needle} " in f" {normalize_text(output)} ")
