"""What can be said, in plain sentences, most important first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from judgekit.report.rates import Rate
    from judgekit.report.summary import Group, RunSummary

UNCERTIFIED = "judge's opinion only: not calibrated against people"


@dataclass(frozen=True)
class Finding:
    """One sentence. ``tone``: what it means for trust or for the run."""

    tone: Literal["good", "bad", "warning", "plain"]
    text: str
    runs: tuple[str, ...] = ()


def percent(share: float) -> str:
    """0.1234 -> 12.3 %; never rounds something to nothing or to everything."""
    if 0 < share < 0.001:
        return "<0.1 %"
    if 0.999 < share < 1:
        return ">99.9 %"
    return f"{100 * share:.1f} %"


def spoken(rate: Rate) -> str:
    """A rate with its interval, as words: '12.3 % (10.1-14.8)'; bounds where open items leave it open."""
    limits = f"{100 * rate.low:.1f}–{100 * rate.high:.1f}"
    if rate.value is None:
        return f"between {percent(rate.bounds[0])} and {percent(rate.bounds[1])} ({limits})"
    return f"{percent(rate.value)} ({limits})"


def findings(runs: Sequence[RunSummary]) -> Iterable[Finding]:
    """Sentences about what leaked, what was forgotten well, what is gibberish, and what nobody vouches for."""
    forget = [(run, group) for run in runs if (group := run.side("forget")) is not None]
    if forget:
        yield from _leaks(forget)
        for run, group in forget:
            yield from _kind(run, group)
    yield from _trust(runs)


def _leaks(forget: Sequence[tuple[RunSummary, Group]]) -> Iterable[Finding]:
    ranked = sorted(forget, key=lambda pair: -pair[1].rates["leaked"].middle)
    run, group = ranked[0]
    rate = group.rates["leaked"]
    most = "most: " if len(ranked) > 1 else ""
    text = f"{run.name} leaks {most}{spoken(rate)} of its {group.items:,} forget outputs."
    tied = [other.name for other, its in ranked[1:] if its.rates["leaked"].high >= rate.low]
    if tied:
        text += f" The intervals of {_and(tied)} overlap with it."
    yield Finding("bad", text, (run.name, *tied))
    if len(ranked) > 1:
        last, least = ranked[-1]
        yield Finding("plain", f"{last.name} leaks least: {spoken(least.rates['leaked'])}.", (last.name,))


def _kind(run: RunSummary, group: Group) -> Iterable[Finding]:
    degenerate, well = group.rates["degenerate"], group.rates["forgotten well"]
    if degenerate.low > 0.5:
        yield Finding(
            "bad",
            f"{run.name} is degenerate, not forgotten well: {spoken(degenerate)} of its forget outputs are gibberish, "
            "empty or endless repetition.",
            (run.name,),
        )
    elif well.low > 0.5 and run.answers:
        kind = (
            "withholding" if group.counts["withheld"] > group.counts["wrong"] else "plausible wrong answers"
        )
        yield Finding(
            "good",
            f"{run.name} forgot well, mostly by {kind}: {spoken(well)} of its forget outputs are fluent and reveal "
            "nothing, and it still answers what it should keep.",
            (run.name,),
        )
    elif well.low > 0.5:
        why = (
            "it no longer answers what it should keep"
            if run.answers is False
            else "the file has no retain side to check"
        )
        yield Finding(
            "warning",
            f"{run.name} reveals little ({spoken(well)} withheld or plausibly wrong), but that is not credited as "
            f"forgetting: {why}.",
            (run.name,),
        )


def _trust(runs: Sequence[RunSummary]) -> Iterable[Finding]:
    bare = [run.name for run in runs if not run.certified]
    if bare:
        whose = "Every figure is" if len(bare) == len(runs) else f"The figures of {_and(bare)} are"
        yield Finding(
            "warning",
            f"{whose} the judge's opinion only: not calibrated against people. The intervals cover "
            "which questions were asked and the open items, not the judge's own errors. Label a sample and run "
            "'judgekit calibrate' to change that.",
            tuple(bare),
        )
    for run in runs:
        if run.withdrawn:
            yield Finding(
                "warning", f"The certificate is withdrawn for {run.name}: {run.withdrawn}.", (run.name,)
            )
        unscored = sum(group.unscored for group in run.groups if not group.split)
        if unscored:
            yield Finding(
                "warning",
                f"{run.name}: {unscored:,} of {run.items:,} items are unscored; they count as open.",
                (run.name,),
            )


def _and(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
