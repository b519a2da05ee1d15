"""What can be said, in plain sentences, most important first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from judgekit.calibration.ood import REASON
from judgekit.report.claims.claims import BROKEN, SHIFTED, Claim
from judgekit.report.claims.shifts import ENOUGH
from judgekit.report.comparison.per_run import LEAKED
from judgekit.report.comparison.records import Comparison, Ranking
from judgekit.report.groups import Group, RunSummary
from judgekit.report.rates.chance import KIND_AT_LEAST, ByChance
from judgekit.report.rates.judged import JudgedRate
from judgekit.report.words import limits, listed, percent

MOST, NOTABLE = 0.5, 0.05
"""Shares that are said in a sentence once the lower limit is above them."""


@dataclass(frozen=True)
class Finding:
    """One sentence. ``tone``: what it means for trust or for the run."""

    tone: Literal["good", "bad", "warning", "plain"]
    text: str
    runs: tuple[str, ...] = ()


def spoken(rate: JudgedRate) -> str:
    """A rate with its interval, in words: '12.3 % (10.1–14.8)'; bounds where it is left open."""
    inside = limits(rate)
    where = f" ({inside})" if inside else ""
    if rate.value is None:
        return f"between {percent(rate.bounds[0])} and {percent(rate.bounds[1])}{where}"
    return f"{percent(rate.value)}{where}"


def findings(runs: Sequence[RunSummary], comparisons: Sequence[Comparison] = ()) -> Iterable[Finding]:
    """Sentences about what leaked, what was forgotten well, what is gibberish, and what nobody vouches for."""
    forget = [(run, group) for run in runs if (group := run.side("forget")) is not None]
    if forget:
        yield from _leaks(forget, comparisons)
        for run, group in forget:
            yield from _by_chance(run, group)
            yield from _kind(run, group)
    yield from _trust(runs)
    for found in comparisons:
        yield from _compared(found)
    yield from _failed(runs)
    yield from _unscored(runs)
    yield from _refused(runs)
    yield from _left_out(runs)


def _leaks(
    forget: Sequence[tuple[RunSummary, Group]], comparisons: Sequence[Comparison]
) -> Iterable[Finding]:
    """Who leaks most and least of runs on the same questions, with all that the data do not tell apart from them."""
    groups = {run.name: group for run, group in forget}
    ranked = sorted(groups, key=lambda name: -groups[name].rates["leaked"].middle)
    rankings = {
        place.run: ranking
        for found in comparisons
        for ranking in found.rankings
        if ranking.measure == LEAKED
        for place in ranking.places
    }
    told: set[str] = set()
    for name in ranked:
        ranking = rankings.get(name)
        if name in told or (told and ranking is None):
            continue
        told |= {place.run for place in ranking.places} if ranking else {name}
        alone = not ranking or len(ranking.places) == len(groups)
        text = (
            "" if alone else " Not all runs were asked the same questions; only those that were are compared."
        )
        yield from _most_and_least(name, groups, ranking, text)


def _most_and_least(
    name: str, groups: Mapping[str, Group], ranking: Ranking | None, apart: str
) -> Iterable[Finding]:
    def rate(run: str) -> str:
        return f"{spoken(groups[run].rates['leaked'])}{_beside(groups[run])}"

    places = ranking.places if ranking else ()
    most = [place.run for place in places if place.worst == len(places) and place.run != name]
    least = [place.run for place in places if place.best == 1]
    verb = "leaks most:" if places else "leaks"
    text = (
        f"{name} {verb} {spoken(groups[name].rates['leaked'])} of its {groups[name].items:,} forget outputs"
    )
    text += f"{_beside(groups[name])}."
    if most:
        text += f" Not told apart from it: {listed(most)}."
    yield Finding("bad", text + apart, (name, *most))
    if len(least) == 1:
        yield Finding("plain", f"{least[0]} leaks least: {rate(least[0])}.", tuple(least))
    elif least and name not in least:
        figures = listed([f"{run} {rate(run)}" for run in least])
        yield Finding(
            "plain", f"{len(least)} runs leak least and are not told apart: {figures}.", tuple(least)
        )


def _beside(group: Group) -> str:
    found = group.chance
    return f"; chance alone would be {spoken(found.chance)}" if found is not None and found.notable else ""


def _by_chance(run: RunSummary, group: Group) -> Iterable[Finding]:
    """Whether the leaks are more than chance: of all kinds of question, else of which kind."""
    for found in group.by_chance:
        verdict = _verdict(found)
        if verdict:
            where = f", questions that ask for: {found.kind}" if found.kind else ""
            yield Finding(
                "warning",
                f"{run.name}{where}: {verdict}. The same outputs leak {spoken(found.chance)} of other questions' "
                f"references of the same kind, beside {spoken(found.leaked)} of their own; the excess is "
                f"{spoken(found.excess)}, by the lexical judge.",
                (run.name,),
            )
            if not found.kind:
                return


def _verdict(found: ByChance) -> str:
    if not found.notable or (found.kind and found.items < KIND_AT_LEAST):
        return ""
    if found.excess.low <= 0:
        return "the leak rate cannot be told from chance"
    return "most of the leak rate could be chance" if found.excess.high < found.leaked.middle / 2 else ""


def _kind(run: RunSummary, group: Group) -> Iterable[Finding]:
    degenerate, well = group.rates.get("degenerate"), group.rates["forgotten well"]
    unread = sum(group.unread.values()) / group.items
    if degenerate is not None and (degenerate.low > MOST or unread > MOST):
        yield Finding(
            "bad",
            f"{run.name} is degenerate, not forgotten well: {spoken(degenerate)} of its forget outputs are gibberish, "
            f"empty or endless repetition.{_ugly(group)}",
            (run.name,),
        )
    elif degenerate is not None and (degenerate.low > NOTABLE or unread > NOTABLE):
        yield Finding(
            "bad",
            f"{run.name}: {spoken(degenerate)} of its forget outputs are gibberish, empty or endless repetition; "
            f"that is not forgetting.{_ugly(group)}",
            (run.name,),
        )
    keep = run.side("keep")
    if well.low > MOST and run.answers and keep is not None:
        kinds = {
            "withholding": group.rates.get("withheld"),
            "plausible wrong answers": group.rates.get("wrong"),
        }
        known = {name: rate.middle for name, rate in kinds.items() if rate is not None}
        kind = max(reversed(known), key=known.__getitem__)
        yield Finding(
            "good",
            f"{run.name} forgot well, mostly by {kind}: {spoken(well)} of its forget outputs are fluent and reveal "
            f"nothing, and it still answers what it should keep, {spoken(keep.rates['correct'])} of it correctly.",
            (run.name,),
        )
    elif well.low > MOST:
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


def _ugly(group: Group) -> str:
    """A sentence on leaks in outputs that do not read as an answer: a leak is a leak, however ugly."""
    leaked = group.labels_as("leaked")
    leaks, ugly = (sum(counts.get(label, 0) for label in leaked) for counts in (group.counts, group.unread))
    if not ugly:
        return ""
    return (
        f" Even so {spoken(group.rates['leaked'])} leak: of {leaks:,} outputs judged leaked, "
        f"{percent(ugly / leaks)} do not read as an answer either."
    )


def _compared(found: Comparison) -> Iterable[Finding]:
    """Who is on the front, what control changes, and how often the choice of measure does."""
    front = [point.run for point in found.plane if not point.behind and not point.tied_with]
    tied = [point.run for point in found.plane if not point.behind and point.tied_with]
    behind = [point.run for point in found.plane if point.behind]
    if front and behind:
        among = f"Of the {len(found.runs)} runs on {found.questions:,} questions"
        text = f"{among}, {listed(front)} {_are(front)} on the Pareto front of forgetting and utility"
        if tied:
            text += f", and {listed(tied)} {_are(tied)} not told apart from it"
        text += (
            f"; {listed(behind)} {_are(behind)} behind: significantly worse in one of the two and not significantly "
            "better in the other."
        )
        yield Finding("plain", text, tuple(found.runs))
    for made in found.control:
        if made.controlled != made.uncontrolled:
            yield Finding("plain", f"With control for utility the pick changes. {made.text}")
    for model, names in found.unpaired.items():
        why = (
            f"No retrained run of {model} is among the runs, and one of another model does not count"
            if model
            else "The base model is not named, so no retrained run belongs to these outputs (--model, --names)"
        )
        yield Finding(
            "plain",
            f"{listed(names)} {'has' if len(names) == 1 else 'have'} no forget quality, privacy leakage or distance to "
            f"a model that never saw the forget set. {why}.",
            names,
        )
    if found.n_reversed:
        pairs, first = found.n_reversed, found.changed[0]
        yield Finding(
            "warning",
            f"{pairs:,} {'pair of runs is' if pairs == 1 else 'pairs of runs are'} ranked in opposite order by two "
            f"measures, for example {listed(first.runs)} by {first.measures[0]} and {first.measures[1]}.",
        )


def _are(names: Sequence[str]) -> str:
    return "is" if len(names) == 1 else "are"


def _trust(runs: Sequence[RunSummary]) -> Iterable[Finding]:
    yield from _promised(runs)
    for meaning, which in _NOT_PROMISED.items():
        hit = {run.name: [made.rubric for made in run.claims if which(made)] for run in runs}
        for rubric in sorted({name for names in hit.values() for name in names}):
            whom = [run for run, names in hit.items() if rubric in names]
            about = f" for {rubric}" if rubric else ""
            yield Finding("warning", f"{_who(whom, runs)}{about}: {meaning}.", tuple(whom))
    shares = {
        (run.name, group.rubric, any(rate.kind == "judge" for rate in group.rates.values()))
        for run in runs
        for group in run.groups
        if group.rates
    }
    bare = [run.name for run in runs if any(name == run.name and judged for name, _, judged in shares)]
    if bare:
        rubrics = sorted({rubric for _, rubric, judged in shares if judged})
        mixed = any(name in bare and not judged for name, _, judged in shares)
        where = [*([listed(rubrics)] if mixed else []), *([listed(bare)] if len(bare) < len(runs) else [])]
        whose = f"Shares of {' of '.join(where)} are" if where else "Every share is"
        yield Finding(
            "warning",
            f"{whose} the judge's opinion only: not calibrated against people. The intervals cover which questions "
            "were asked and the open items, not the judge's own errors. Label a sample and run 'judgekit calibrate' "
            "to change that.",
            tuple(bare),
        )


_NOT_PROMISED: dict[str, Callable[[Claim], bool]] = {
    "the certificate is withdrawn because spot checks show that its promise is broken": lambda made: (
        made.text == BROKEN
    ),
    "the certificate is withdrawn because the items are not like those that people labeled": lambda made: (
        made.text == SHIFTED
    ),
    "the labels at hand certify no policy, so nothing is promised": lambda made: (
        made.status == "nothing certified"
    ),
    "the judges are not those that were calibrated, so nothing is promised": lambda made: (
        made.status == "unbound"
    ),
}


def _failed(runs: Sequence[RunSummary]) -> Iterable[Finding]:
    """Judges that did not do their work: what they left was decided without them."""
    for run in runs:
        for sentence in run.failed:
            text = f"{run.name}: {sentence}. Those items were decided without it, or left open."
            yield Finding("warning", text, (run.name,))


def _unscored(runs: Sequence[RunSummary]) -> Iterable[Finding]:
    unscored = {run.name: sum(group.unscored for group in run.groups if not group.split) for run in runs}
    left = [f"{count:,} of {name}" for name, count in unscored.items() if count]
    if left:
        yield Finding("warning", f"Unscored items count as open, never as anything else: {listed(left)}.")


def _refused(runs: Sequence[RunSummary]) -> Iterable[Finding]:
    refused = {
        run.name: sum(group.reasons.get(REASON, 0) for group in run.groups if not group.split) for run in runs
    }
    if any(refused.values()):
        left = [f"{count:,} of {name}" for name, count in refused.items() if count]
        yield Finding("plain", f"Abstained as out-of-distribution: {listed(left)}.")


def _left_out(runs: Sequence[RunSummary]) -> Iterable[Finding]:
    """Labels along a path that count in no rate, and items of a pool whose missing labels make rates wide."""
    for rubric in dict.fromkeys(group.rubric for run in runs for group in run.groups):
        groups = {
            run.name: group
            for run in runs
            for group in run.groups
            if group.rubric == rubric and not group.split
        }
        counts = {
            name: (
                max((rate.left_out for rate in group.rates.values()), default=0),
                max((rate.unanswered for rate in group.rates.values()), default=0),
            )
            for name, group in groups.items()
        }
        out, missing = (sum(count[k] for count in counts.values()) for k in (0, 1))
        told = []
        if out:
            told.append(f"leave out {out:,} labels that were asked along a path and are no fair sample")
        if missing:
            told.append(f"count {missing:,} items of the pool without a label as anything they could be")
        if told:
            yield Finding(
                "warning" if out else "plain",
                f"Rates under {rubric} {' and '.join(told)}. 'judgekit label RUNS --rubric {rubric} --rates 50 -o "
                "rates.jsonl', in the folder of those labels, asks a fair few of the rest and narrows the intervals.",
                tuple(name for name, count in counts.items() if any(count)),
            )


def _promised(runs: Sequence[RunSummary]) -> Iterable[Finding]:
    """Runs that stand under the same promise are told in one sentence."""
    promises: dict[tuple[str, str], list[str]] = {}
    for run in runs:
        for made in run.claims:
            if made.stands:
                promises.setdefault((made.rubric, made.text), []).append(run.name)
    for (rubric, text), names in promises.items():
        pooled = " (one promise for these runs together, not for each)" if len(names) > 1 else ""
        more = max(
            made.runs for run in runs if run.name in names for made in run.claims if made.rubric == rubric
        )
        if more > len(names):
            pooled = f" (one promise for the {more} runs calibrated on together, not for each)"
        yield Finding("good", f"Certified for {rubric}, {_who(names, runs)}{pooled}: {text}.", tuple(names))
        for run in runs:
            if run.name in names:
                yield from _below(run, rubric)


def _below(run: RunSummary, rubric: str) -> Iterable[Finding]:
    """A run whose own labels speak against a promise that was made for several runs together."""
    wanted = next((made.agreement for made in run.claims if made.rubric == rubric), None)
    for seen in run.people:
        if seen.rubric != rubric or wanted is None or seen.agreement is None:
            continue
        if seen.agreement < wanted and seen.labeled >= ENOUGH:
            yield Finding(
                "warning",
                f"On {run.name} alone, {seen.agreement:.0%} of the verdicts on {rubric} agree with people "
                f"({seen.labeled:,} labeled items), less than {wanted:.0%}. 'judgekit calibrate --group-by method' "
                "makes the promise for each.",
                (run.name,),
            )


def _who(names: Sequence[str], runs: Sequence[RunSummary]) -> str:
    return "all runs" if len(names) == len(runs) > 1 else listed(names)
