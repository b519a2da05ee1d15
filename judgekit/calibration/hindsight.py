"""What calibration labels say of a target that they did not certify, in words: hindsight, no promise."""

from __future__ import annotations

from judgekit.trust.selective.diagnosis import Agreed, Target


def agreed(of: Agreed) -> str:
    """How often verdicts agree with people, with its interval: ``92% (88–96)``."""
    return "unknown" if of.share is None else f"{of.share:.0%} ({100 * of.low:.0f}–{100 * of.high:.0f})"


def needed(target: Target) -> str:
    """About how many fresh labels a target takes."""
    if target.labels is not None:
        return f"about {target.labels:,}{_each(target)}"
    return "no number does" if target.hopeless else "too few to tell"


def corrected(target: Target, labels: int) -> str:
    """The same, if the judges were right on the label that they get wrong most; there are ``labels`` now."""
    if target.corrected is None:
        return "not enough"
    return "these would do" if target.corrected <= labels else f"about {target.corrected:,}{_each(target)}"


def seen(target: Target) -> str:
    """What these labels show of a target: what they would have certified, or what comes nearest."""
    if target.certified:
        where = f" ({', '.join(target.parts)})" if any(target.parts) else ""
        return f"would have been certified{where}: verdicts on {target.coverage:.0%}"
    if target.accuracy is None:
        return "not certified"
    wanted = (
        f"{target.accuracy_needed:.1%} needed"
        if target.accuracy_needed
        else f"takes at least {target.least:,}"
    )
    return f"surest {target.nearest:,}: {target.accuracy:.1%} right, {wanted}"


def _each(target: Target) -> str:
    return " each" if target.promises > 1 else ""
