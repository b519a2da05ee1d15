"""What a verdict says, in a sentence."""

from __future__ import annotations

from judgekit.records import PEOPLE, Verdict

UNCHECKED = (
    "not checked here: 'judgekit report' compares these outputs with those that people labeled, counts spot checks, "
    "and withdraws a promise that does not stand"
)
"""What an export says of whether a promise stands: it writes verdicts one at a time, and a check takes all of them."""


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
