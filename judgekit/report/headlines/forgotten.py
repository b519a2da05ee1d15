"""Who reveals nothing because it says nothing, and how much leaks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from judgekit.report.comparison.records import Comparison
from judgekit.report.findings import MOST as OVER
from judgekit.report.findings import NOTABLE
from judgekit.report.groups import Group, RunSummary
from judgekit.report.headlines.best import NAMED
from judgekit.report.rates.judged import JudgedRate
from judgekit.report.words import Finding, Tone, estimate, listed, spoken


def gibberish(ranked: Sequence[RunSummary]) -> Iterable[Finding]:
    """Runs most of whose forget outputs are gibberish; else those of which some are."""
    known = [
        (run, group.rates["degenerate"])
        for run in ranked
        if not run.baseline and (group := run.side("forget")) and "degenerate" in group.rates
    ]
    gone = [run for run, rate in known if rate.low > OVER]
    some = [run for run, rate in known if rate.low > NOTABLE]
    if gone:
        verb = "is" if len(gone) == 1 else "are"
        text = (
            f"{_titles(gone)} {verb} degenerate: most forget outputs are gibberish, which is not forgetting."
        )
        yield Finding("bad", text, tuple(run.name for run in gone), "leaks")
    elif some:
        text = f"Some forget outputs of {_titles(some)} are gibberish, which is not forgetting."
        yield Finding("bad", text, tuple(run.name for run in some), "leaks")


def leaks(ranked: Sequence[RunSummary], comparisons: Sequence[Comparison]) -> Iterable[Finding]:
    """Who leaks most and least among the candidates, beside its original, and what of it could be chance."""
    known = [(run, group) for run in ranked if (group := run.side("forget"))]
    candidates = [pair for pair in known if not pair[0].baseline] or known
    if not candidates:
        return
    most = max(candidates, key=lambda pair: pair[1].rates["leaked"].middle)
    least = min(candidates, key=lambda pair: pair[1].rates["leaked"].middle)
    if len(candidates) == 1:
        rate = spoken(most[1].rates["leaked"])
        text = f"{most[0].title} leaks {rate} of its forget outputs{_by_chance(most[1])}"
    elif _figure(most[1]) == _figure(least[1]):
        text = f"All {len(candidates)} runs leak {_figure(most[1])} of their forget outputs"
    else:
        text = f"Leaks range from {_told(*least)} to {_told(*most)}"
    if (original := _original(most[0], known, comparisons)) is not None:
        text += f"; the original leaks {_figure(original)}"
    again = max(
        ((run, *found) for run, _ in candidates if (found := _in_any(run)) is not None),
        key=lambda told: told[2].middle,
        default=None,
    )
    names, worst = [most[0].name, least[0].name], most[1].rates["leaked"].low
    if again is not None:
        run, how, share = again
        whose = "its questions" if len(candidates) == 1 else f"the questions of {run.title}"
        text += f". {spoken(share)} of {whose} leak {how}"
        names, worst = [*names, run.name], max(worst, share.low)
    tone: Tone = "bad" if worst > NOTABLE else "plain"
    yield Finding(tone, f"{text}.", tuple(dict.fromkeys(names)), "leaks")


def _in_any(run: RunSummary) -> tuple[str, JudgedRate] | None:
    """Where questions have several outputs: how they were asked, and the share of them that leaks at least once."""
    found = run.samples
    if found is None:
        return None
    told = [(f"in any of {curve.last.k:,} samples", curve.last.rate) for curve in found.curves]
    if (ways := found.together) is not None:
        count = f"{ways.fewest:,}" if ways.fewest == ways.most else f"{ways.fewest:,} to {ways.most:,}"
        told.append((f"in any of {count} ways of asking", ways.leaked))
    return max(told, key=lambda one: one[1].middle, default=None)


def _told(run: RunSummary, group: Group) -> str:
    ill = "degenerate" in group.rates and group.rates["degenerate"].low > OVER
    return f"{_figure(group)} ({run.title}{', degenerate' if ill else ''}{_by_chance(group)})"


def _figure(group: Group) -> str:
    return estimate(group.rates["leaked"])


def _by_chance(group: Group) -> str:
    if group.chance is None or not group.chance.notable:
        return ""
    return f", {estimate(group.chance.chance)} by chance alone"


def _original(
    run: RunSummary, known: Sequence[tuple[RunSummary, Group]], comparisons: Sequence[Comparison]
) -> Group | None:
    """The forget side of the run's own original, of the same base model and questions."""
    names = [found.original[run.name] for found in comparisons if run.name in found.original]
    return next((group for other, group in known if other.name in names and other is not run), None)


def _titles(runs: Sequence[RunSummary]) -> str:
    return listed([run.title for run in runs], NAMED)
