"""What can be said, in plain sentences, most important first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from judgekit.display import some
from judgekit.report.comparison.per_run import LEAKED
from judgekit.report.comparison.records import Comparison, Ranking
from judgekit.report.groups import Group, RunSummary
from judgekit.report.rates.chance import KIND_AT_LEAST, ByChance
from judgekit.report.samples.said import said
from judgekit.report.splits import unnamed
from judgekit.report.standing import missing, promised
from judgekit.report.words import Finding, listed, percent, spoken

MOST, NOTABLE = 0.5, 0.05
"""Shares that are said in a sentence once the lower limit is above them."""
EACH = 3
"""Runs of a kind that are told one by one; more share a sentence."""


def findings(runs: Sequence[RunSummary], comparisons: Sequence[Comparison] = ()) -> Iterable[Finding]:
    """Sentences about what leaked, what was forgotten well, what is gibberish, and what nobody vouches for."""
    yield from unnamed(runs)
    forget = [(run, group) for run in runs if (group := run.side("forget")) is not None]
    if forget:
        yield from _leaks(forget, comparisons)
        for run, group in forget:
            yield from _by_chance(run, group)
        yield from _degenerate(forget)
        for run, group in forget:
            yield from _forgotten(run, group)
        yield from said({run.title: run.samples for run, _ in forget if run.samples is not None})
    yield from promised(runs)
    titles = {run.name: run.title for run in runs}
    for found in comparisons:
        yield from _compared(found, titles)
    yield from missing(runs)


def _leaks(
    forget: Sequence[tuple[RunSummary, Group]], comparisons: Sequence[Comparison]
) -> Iterable[Finding]:
    """Who leaks most and least of runs on the same questions, with all that the data do not tell apart from them."""
    groups = {run.name: group for run, group in forget}
    titles = {run.name: run.title for run, _ in forget}
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
        yield from _most_and_least(name, groups, titles, ranking, text)


def _most_and_least(
    name: str, groups: Mapping[str, Group], titles: Mapping[str, str], ranking: Ranking | None, apart: str
) -> Iterable[Finding]:
    def rate(run: str) -> str:
        return f"{spoken(groups[run].rates['leaked'])}{_beside(groups[run])}"

    places = ranking.places if ranking else ()
    most = [place.run for place in places if place.worst == len(places) and place.run != name]
    least = [place.run for place in places if place.best == 1]
    verb = "leaks most:" if places else "leaks"
    of = some(groups[name].items, "forget output")
    text = f"{titles[name]} {verb} {spoken(groups[name].rates['leaked'])} of its {of}{_beside(groups[name])}."
    if most:
        text += f" Not told apart from it: {listed([titles[run] for run in most])}."
    yield Finding("bad", text + apart, (name, *most))
    if len(least) == 1:
        yield Finding("plain", f"{titles[least[0]]} leaks least: {rate(least[0])}.", tuple(least))
    elif least and name not in least:
        figures = listed([f"{titles[run]} {rate(run)}" for run in least])
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
                f"{run.title}{where}: {verdict}. The same outputs leak {spoken(found.chance)} of other questions' "
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


def _degenerate(forget: Sequence[tuple[RunSummary, Group]]) -> Iterable[Finding]:
    """Runs most or some of whose outputs are gibberish: few of a kind one by one, many in one sentence."""
    known = [(run, group) for run, group in forget if "degenerate" in group.rates]
    gone = [pair for pair in known if pair[1].rates["degenerate"].low > MOST]
    some = [pair for pair in known if pair not in gone and _is_garbled(pair[1])]
    yield from _together(
        gone,
        "is degenerate, not forgotten well: {rate} of its forget outputs are gibberish, empty or endless repetition.",
        "are degenerate, not forgotten well: most of their forget outputs are gibberish, empty or endless repetition",
    )
    yield from _together(
        some,
        "gives gibberish, empty outputs or endless repetition to {rate} of the forget questions; that is not "
        "forgetting.",
        "give gibberish, empty outputs or endless repetition to some of the forget questions, which is not forgetting",
    )


def _is_garbled(group: Group) -> bool:
    """Whether notably many outputs reveal nothing and are no answer, or do not read as one whatever they reveal."""
    return group.rates["degenerate"].low > NOTABLE or sum(group.unread.values()) / group.items > NOTABLE


def _together(which: Sequence[tuple[RunSummary, Group]], alone: str, together: str) -> Iterable[Finding]:
    if len(which) > EACH:
        worst_first = sorted(which, key=lambda pair: -pair[1].rates["degenerate"].middle)
        told = [f"{run.title} ({percent(group.rates['degenerate'].middle)})" for run, group in worst_first]
        names = tuple(run.name for run, _ in which)
        yield Finding("bad", f"{len(which)} runs {together}: {listed(told)}.", names)
        return
    for run, group in which:
        said = alone.format(rate=spoken(group.rates["degenerate"]))
        yield Finding("bad", f"{run.title} {said}{_ugly(group)}", (run.name,))


def _forgotten(run: RunSummary, group: Group) -> Iterable[Finding]:
    """Whether little is revealed, and whether that is credited; a model without unlearning forgot nothing."""
    well = group.rates["forgotten well"]
    keep = run.side("keep")
    if run.baseline or run.pool:
        if well.low > MOST:
            is_new = run.baseline == "retrained" or run.pool == "ignorant"
            why = (
                "it never saw the forget set"
                if is_new
                else "it knew little of the forget set before any unlearning"
            )
            text = f"{run.title} reveals little ({spoken(well)} withheld or plausibly wrong): {why}."
            yield Finding("plain", text, (run.name,))
        return
    if well.low > MOST and run.answers and keep is not None:
        kinds = {
            "withholding": group.rates.get("withheld"),
            "plausible wrong answers": group.rates.get("wrong"),
        }
        known = {name: rate.middle for name, rate in kinds.items() if rate is not None}
        kind = max(reversed(known), key=known.__getitem__)
        yield Finding(
            "good",
            f"{run.title} forgot well, mostly by {kind}: {spoken(well)} of its forget outputs are fluent and reveal "
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
            f"{run.title} reveals little ({spoken(well)} withheld or plausibly wrong), but that is not credited as "
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
        f" Even so {spoken(group.rates['leaked'])} leak: of {some(leaks, 'output')} judged leaked, "
        f"{percent(ugly / leaks)} do not read as an answer either."
    )


def _compared(found: Comparison, titles: Mapping[str, str]) -> Iterable[Finding]:
    """Who is on the front, what control changes, and how often the choice of measure does."""
    front = [titles[point.run] for point in found.plane if not point.behind and not point.tied_with]
    tied = [titles[point.run] for point in found.plane if not point.behind and point.tied_with]
    behind = [titles[point.run] for point in found.plane if point.behind]
    if front and behind:
        among = f"Of the {len(found.runs)} runs on {some(found.questions, 'question')}"
        text = f"{among}, {listed(front)} {_are(front)} on the Pareto front of forgetting and utility"
        if tied:
            text += f", and {listed(tied)} {_are(tied)} not told apart from it"
        text += (
            f"; {listed(behind)} {_are(behind)} behind: significantly worse in one of the two and not significantly "
            "better in the other."
        )
        yield Finding("plain", text, tuple(found.runs), "compare")
    for sweep in found.sweeps:
        for cliff in sweep.cliffs:
            yield Finding("plain", cliff.text, (cliff.before, cliff.after), "sweep")
        yield Finding("plain", sweep.text, tuple(run for line in sweep.lines for run in line), "sweep")
    for made in found.control:
        if made.controlled != made.uncontrolled:
            yield Finding("plain", f"With control for utility the pick changes. {made.text}", about="sweep")
    for model, names in found.unpaired.items():
        whose = listed([titles[name] for name in names])
        why = (
            f"No retrained run of {model} is among the runs, and one of another model does not count"
            if model
            else "The base model is not named, so no retrained run belongs to these outputs (--model, --names)"
        )
        yield Finding(
            "plain",
            f"{whose} {'has' if len(names) == 1 else 'have'} no forget quality, privacy leakage or distance to "
            f"a model that never saw the forget set. {why}.",
            names,
            "measures",
        )
    if found.n_reversed:
        pairs, first = found.n_reversed, found.changed[0]
        pair = listed([titles[run] for run in first.runs])
        yield Finding(
            "warning",
            f"{pairs:,} {'pair of runs is' if pairs == 1 else 'pairs of runs are'} ranked in opposite order by two "
            f"measures{':' if pairs == 1 else ', for example'} {pair} by {first.measures[0]} and {first.measures[1]}.",
            about="compare",
        )


def _are(names: Sequence[str]) -> str:
    return "is" if len(names) == 1 else "are"
