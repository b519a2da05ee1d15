"""What a verdict says, in a sentence."""

from __future__ import annotations

from judgekit.records import PEOPLE, Verdict


def explanation(verdict: Verdict) -> str:
    """Who says what, or why nobody does."""
    if verdict.state == "unscored":
        return f"Unscored: {verdict.reason}."
    if verdict.state == "abstained":
        return f"Abstained: {verdict.reason or 'no judge was sure enough'}."
    if verdict.tier == PEOPLE:
        return f"People say {verdict.label}."
    sure = "" if verdict.confidence is None else f" (confidence {verdict.confidence:.2f})"
    return f"Judge '{verdict.tier}' says {verdict.label}{sure}."
