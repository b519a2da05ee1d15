"""The first screen in sentences: at most five, what matters first, no success hidden."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice

from judgekit.report.comparison.records import Comparison, OnPlane
from judgekit.report.findings import MOST as OVER
from judgekit.report.findings import NOTABLE
from judgekit.report.groups import Group, RunSummary
from judgekit.report.standing import falls_short
from judgekit.report.words import Finding, Tone, listed, percent, spoken

MOST = 5
NAMED = 3
"""Runs that a sentence of the first screen names."""


def headlines(
    runs: Sequence[RunSummary], order: Sequence[str], comparisons: Sequence[Comparison] = ()
) -> tuple[Finding, ...]:
    """The sentences that a reader needs before any other.

    Which run does best, whether its figures may be trusted, what failed, who leaks, who is gibberish; the rest of the
    report's findings stand in their sections.

    Parameters
    ----------
    runs : sequence of RunSummary
    order : sequence of str
        Run names, best first.
    comparisons : sequence of Comparison
    """
    by_name = {run.name: run for run in runs}
    ranked = [by_name[name] for name in order]
    plane = {point.run: point for found in comparisons for point in found.plane}
    every = (*_best(ranked, plane), *_trust(ranked), *_trouble(ranked), *_leaks(ranked), *_gibberish(ranked))
    return tuple(islice(every, MOST))


def _best(ranked: Sequence[RunSummary], plane: Mapping[str, OnPlane]) -> Iterable[Finding]:
    """Every run that forgot well and still answers, the best first; else the nearest to it, and what it lacks."""
    candidates = [(run, group) for run in ranked if not run.baseline and (group := run.side("forget"))]
    if not candidates:
        return
    good = [(run, group) for run, group in candidates if _forgot_well(run, group)]
    if good:
        run, group = good[0]
        text = f"{run.title} {'does best' if len(candidates) > 1 else 'forgot well'}: {_says(run, group)}."
        if len(good) > 1:
            others = [
                f"{other.title} ({percent(its.rates['forgotten well'].middle)})" for other, its in good[1:]
            ]
            text += f" {listed(others, NAMED)} forgot well too."
        if (tied := _tied(run.name, plane)) and len(good) == 1:
            titles = [other.title for other in ranked if other.name in tied]
            text += f" Not told apart from it: {listed(titles, NAMED)}."
        yield Finding("good", text, tuple(other.name for other, _ in good), "answer")
        return
    run, group = candidates[0]
    if len(candidates) == 1:
        text = f"{run.title} did not forget well: {_says(run, group)}."
    else:
        text = f"No run forgot well and still answers. Nearest is {run.title}: {_says(run, group)}."
    yield Finding("bad", text, (run.name,), "answer")


def _forgot_well(run: RunSummary, group: Group) -> bool:
    return group.rates["forgotten well"].low > OVER and bool(run.answers)


def _says(run: RunSummary, group: Group) -> str:
    keep = run.side("keep")
    text = f"{spoken(group.rates['forgotten well'])} of its forget outputs are forgotten well, "
    text += f"{percent(group.rates['leaked'].middle)} leak"
    if keep is None:
        return f"{text}; the file has no side to keep"
    return f"{text}, and {spoken(keep.rates['correct'])} of what it should keep is answered correctly"


def _tied(name: str, plane: Mapping[str, OnPlane]) -> tuple[str, ...]:
    point = plane.get(name)
    mutual = [other.run for other in plane.values() if name in other.tied_with]
    return tuple(dict.fromkeys((*(point.tied_with if point else ()), *mutual)))


def _trust(ranked: Sequence[RunSummary]) -> Iterable[Finding]:
    """What the figures rest on, in one sentence a kind; what is withdrawn first."""
    kinds: dict[str, list[RunSummary]] = {}
    for run in ranked:
        partly = run.rests_on == "judge only" and any(made.stands for made in run.claims)
        kinds.setdefault("in part" if partly else run.rests_on, []).append(run)

    def whose(kind: str, of: str = "for") -> str:
        titles = [run.title for run in kinds[kind]]
        return "" if len(titles) == len(ranked) else f" {of} {listed(titles, NAMED)}"

    if "withdrawn" in kinds:
        names = [run.name for run in kinds["withdrawn"]]
        why = {made.text for run in ranked for made in run.claims if made.status == "withdrawn"}
        reason = next(iter(why)).partition(": ")[2] if len(why) == 1 else "see below"
        yield Finding(
            "bad", f"The certificate is withdrawn{whose('withdrawn')}: {reason}.", tuple(names), "trust"
        )
    parts = []
    if "certified" in kinds:
        parts.append(f"Certified{whose('certified')}{_promise(kinds['certified'])}.")
    if "in part" in kinds:
        sure = {made.rubric: None for run in kinds["in part"] for made in run.claims if made.stands}
        parts.append(
            f"Certified for {listed(list(sure))} alone{whose('in part', 'in')}{_promise(kinds['in part'])}; "
            "the rest is the judge's opinion only."
        )
    if "labels" in kinds:
        parts.append(f"Corrected by people's labels{whose('labels')}, without a certificate.")
    if "judge only" in kinds:
        parts.append(
            f"The judge's opinion only{whose('judge only')}: not calibrated against people, so no interval covers its "
            "errors."
        )
    if parts:
        tone: Tone = "good" if set(kinds) == {"certified"} else "warning"
        yield Finding(tone, " ".join(parts), tuple(run.name for run in ranked), "trust")


def _promise(runs: Sequence[RunSummary]) -> str:
    """': at least 90 % of the verdicts on forgetting agree with people (90 % confidence, 480 labels)'."""
    told: dict[str, None] = {}
    for run in runs:
        for made in run.claims:
            if not made.stands or made.agreement is None or made.delta is None:
                continue
            told[
                f"at least {100 * made.agreement:.3g} % of the verdicts on {made.rubric} agree with people "
                f"({100 * (1 - made.delta):.3g} % confidence, {made.labels or 0:,} labels)"
            ] = None
    return f": {listed(list(told), NAMED)}" if told else ""


def _trouble(ranked: Sequence[RunSummary]) -> Iterable[Finding]:
    """Runs that a promise for all of them hides, judges that failed and items left unscored, in one sentence."""
    short = [
        f"{run.title} ({100 * seen.agreement:.0f} % on {made.rubric})"
        for run in ranked
        for made in run.claims
        if (seen := falls_short(run, made)) is not None and seen.agreement is not None
    ]
    failed = [run for run in ranked if run.failed]
    left = sum(group.unscored for run in ranked for group in run.groups if not group.split)
    parts = []
    if failed:
        many = len(failed) > 1 or len(failed[0].failed) > 1
        whose = listed([run.title for run in failed], NAMED)
        parts.append(f"Judges failed on items of {whose}" if many else f"{whose}: {failed[0].failed[0]}")
    if left:
        parts.append(f"{left:,} items are unscored and count as open")
    if short:
        parts.append(
            f"The promise is for the runs together: fewer verdicts agree with people on {listed(short, NAMED)}"
        )
    if parts:
        yield Finding("warning", f"{'; '.join(parts)}.", tuple(run.name for run in failed), "trust")


def _leaks(ranked: Sequence[RunSummary]) -> Iterable[Finding]:
    """Who leaks most and least among the candidates, beside the original."""
    known = [(run, group) for run in ranked if (group := run.side("forget"))]
    candidates = [(run, group.rates["leaked"]) for run, group in known if not run.baseline]
    if not candidates:
        candidates = [(run, group.rates["leaked"]) for run, group in known]
    if not candidates:
        return
    most = max(candidates, key=lambda pair: pair[1].middle)
    least = min(candidates, key=lambda pair: pair[1].middle)
    if len(candidates) == 1:
        text = f"{most[0].title} leaks {spoken(most[1])} of its forget outputs"
    else:
        text = (
            f"Leaks range from {percent(least[1].middle)} ({least[0].title}{_ill(least[0])}) to "
            f"{percent(most[1].middle)} ({most[0].title})"
        )
    original = next((group.rates["leaked"] for run, group in known if run.baseline == "original"), None)
    if original is not None and not most[0].baseline:
        text += f"; the original leaks {percent(original.middle)}"
    chance = [
        group.chance.chance.middle for _, group in known if group.chance is not None and group.chance.notable
    ]
    if chance:
        text += f"; up to {percent(max(chance))} could be by chance"
    tone: Tone = "bad" if most[1].low > NOTABLE else "plain"
    yield Finding(tone, f"{text}.", (most[0].name, least[0].name), "leaks")


def _ill(run: RunSummary) -> str:
    """What keeps few leaks from being a success."""
    rate = group.rates.get("degenerate") if (group := run.side("forget")) else None
    return ", degenerate" if rate is not None and rate.low > OVER else ""


def _gibberish(ranked: Sequence[RunSummary]) -> Iterable[Finding]:
    """Runs that reveal nothing because they say nothing, and runs that no longer answer."""
    gone = [run for run in ranked if not run.baseline and _ill(run)]
    some = [
        run
        for run in ranked
        if not run.baseline and (group := run.side("forget")) and "degenerate" in group.rates
        if group.rates["degenerate"].low > NOTABLE
    ]
    if gone:
        verb = "is" if len(gone) == 1 else "are"
        whose = listed([run.title for run in gone], NAMED)
        text = f"{whose} {verb} degenerate: most forget outputs are gibberish, which is not forgetting."
        yield Finding("bad", text, tuple(run.name for run in gone), "leaks")
    elif some:
        whose = listed([run.title for run in some], NAMED)
        text = f"Some forget outputs of {whose} are gibberish, which is not forgetting."
        yield Finding("bad", text, tuple(run.name for run in some), "leaks")
