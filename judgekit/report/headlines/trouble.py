"""What failed: judges, items without a verdict, and verdicts that agree with people less than promised."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from judgekit.calibration.record import REFUSED
from judgekit.report.groups import RunSummary
from judgekit.report.headlines.best import NAMED
from judgekit.report.standing import Short, falls_short, unlearned_fall_short
from judgekit.report.words import Finding, listed, percent


def trouble(ranked: Sequence[RunSummary]) -> Iterable[Finding]:
    """Judges that failed, items left unscored and why, and verdicts that agree with people less than promised."""
    parts = [*_failed(ranked), *_unscored(ranked), *_short(ranked)]
    if parts:
        failed = tuple(run.name for run in ranked if run.failed)
        yield Finding("warning", " ".join(f"{part}." for part in parts), failed, "trust")


def _failed(ranked: Sequence[RunSummary]) -> Iterable[str]:
    """The first failure with its reason, and whose judges failed besides."""
    failed = [run for run in ranked if run.failed]
    if not failed:
        return
    first, *others = failed
    yield f"{first.title}: {first.failed[0]}"
    if others or len(first.failed) > 1:
        whose = listed([run.title for run in (others if len(first.failed) == 1 else failed)], NAMED)
        yield f"More judges failed on items of {whose}"


def _unscored(ranked: Sequence[RunSummary]) -> Iterable[str]:
    """How many items are unscored, and the reason, or the most frequent of several."""
    groups = [group for run in ranked for group in run.groups if not group.split]
    left = sum(group.unscored for group in groups)
    if not left:
        return
    reasons = sum((Counter(group.reasons) for group in groups), Counter[str]())
    for abstained in REFUSED:
        del reasons[abstained]
    text = (
        f"{left:,} {'item is unscored and counts' if left == 1 else 'items are unscored and count'} as open"
    )
    if reasons:
        often = "" if len(reasons) == 1 else "most often: "
        text += f" ({often}{reasons.most_common(1)[0][0]})"
    yield text


def _short(ranked: Sequence[RunSummary]) -> Iterable[str]:
    """Where people agree less than promised: on the unlearned runs together, and on any run alone."""
    alone = [
        (run.title, made.rubric, seen)
        for run in ranked
        for made in run.claims
        if (seen := falls_short(run, made)) is not None
    ]
    together = [("the unlearned runs", rubric, seen) for rubric, seen in unlearned_fall_short(ranked)]
    for found in (together, alone):
        if found:
            yield _below(found)
    runs = max((seen.runs for *_, seen in (*together, *alone)), default=1)
    if runs > 1:
        yield f"The certificate covers all {runs:,} runs together only"


def _below(found: Sequence[tuple[str, str, Short]]) -> str:
    promised = {percent_promised(seen) for *_, seen in found}
    below = f"below the promised {promised.pop()}" if len(promised) == 1 else "below what was promised"
    if len(found) == 1:
        ((whom, rubric, seen),) = found
        return f"On {whom} alone, agreement with people on {rubric} is {percent(seen.agreement)}, {below}"
    told = [f"{whom} ({percent(seen.agreement)} on {rubric})" for whom, rubric, seen in found]
    return f"On {listed(told, NAMED)} alone, agreement with people is {below}"


def percent_promised(seen: Short) -> str:
    """90 %, as a promise is written."""
    return f"{100 * seen.promised:.3g} %"
