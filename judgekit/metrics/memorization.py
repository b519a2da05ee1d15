"""Extraction strength and exact memorization, from which answer tokens the model would have said itself."""

from __future__ import annotations

from collections.abc import Sequence


def exact_memorization(hits: Sequence[bool]) -> float | None:
    """Share of answer tokens that are the model's most likely next token, teacher-forced.

    Range [0, 1]; higher = more memorized. None for an answer without tokens.
    Source: Tirumala et al. 2022; open-unlearning.

    Parameters
    ----------
    hits : sequence of bool
        For every answer token, whether it was the argmax given the true prefix.
    """
    return sum(map(bool, hits)) / len(hits) if len(hits) else None


def extraction_strength(hits: Sequence[bool]) -> float | None:
    """Longest suffix of the answer that greedy decoding reproduces, over its length: 1 - min prefix / length.

    Range [0, 1]; higher = more extractable. One teacher-forced pass suffices: given the true prefix, greedy
    decoding reproduces the rest exactly if and only if every later token is an argmax. None for an answer
    without tokens. Source: Carlini et al. 2021; UWC (Wang et al. 2025), where it is the measure of choice.
    """
    if not len(hits):
        return None
    suffix = 0
    for hit in reversed(hits):
        if not hit:
            break
        suffix += 1
    return suffix / len(hits)


def extraction_strength_floored(hits: Sequence[bool]) -> float:
    """Extraction strength as open-unlearning records it: never below 1/length, and 0 for no tokens.

    Its search stops one short, so an answer whose last token is wrong still scores 1/length. A recorded value
    at the floor therefore says "at most one token", and logs of short answers look more memorized than they
    are.
    """
    return max(extraction_strength(hits) or 0.0, 1.0 / len(hits)) if len(hits) else 0.0
