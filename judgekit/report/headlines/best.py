"""Which run does best, and every other that forgot well."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from judgekit.report.comparison.per_run import WELL
from judgekit.report.comparison.records import Comparison
from judgekit.report.findings import MOST as OVER
from judgekit.report.groups import Baseline, Group, RunSummary
from judgekit.report.order import asked_alike
from judgekit.report.words import Finding, Tone, estimate, listed, spoken

NAMED = 3
"""Runs that a sentence of the first screen names."""

Candidate = tuple[RunSummary, Group]


def best(ranked: Sequence[RunSummary], comparisons: Sequence[Comparison]) -> Iterable[Finding]:
    """Every run that forgot well and still answers, the best first; else the nearest to it, and what it lacks.

    Runs that answered different questions are not set against each other: each group of them has its own best.
    """
    candidates = {
        run.name: (run, group)
        for run in ranked
        if not (run.baseline or run.pool) and (group := run.side("forget"))
    }
    groups = [
        [candidates[name] for name in names if name in candidates]
        for names in asked_alike([run.name for run in ranked], comparisons)
    ]
    groups = [group for group in groups if group]
    if ranked and all(run.baseline for run in ranked):
        yield _nothing_to_choose(ranked)
    if len(groups) > 1:
        yield _of_each(groups)
    elif groups:
        yield _of_all(groups[0], comparisons)


def _nothing_to_choose(ranked: Sequence[RunSummary]) -> Finding:
    told = []
    for baseline, (one, several) in _BASELINES.items():
        if which := [run.title for run in ranked if run.baseline == baseline]:
            told.append(f"{listed(which, NAMED)} {one if len(which) == 1 else several}")
    text = f"No unlearned run is among these, so there is none to choose: {'; '.join(told)}."
    return Finding("plain", text, tuple(run.name for run in ranked), "answer")


_BASELINES: Mapping[Baseline, tuple[str, str]] = {
    "original": ("is a model before unlearning", "are models before unlearning"),
    "retrained": ("never saw the forget set", "never saw the forget set"),
}
"""What one and what several of them are."""


def _of_all(candidates: Sequence[Candidate], comparisons: Sequence[Comparison]) -> Finding:
    good = [pair for pair in candidates if forgot_well(*pair)]
    if not good:
        return _none(candidates)
    (run, group), *others = good
    if len(candidates) == 1:
        text = f"{run.title} forgot well: {_says(run, group)}."
    elif _leads(run, candidates, comparisons):
        text = f"{run.title} does best: {_says(run, group)}."
    else:
        text = f"{run.title} does best by its figures: {_says(run, group)}."
    if others:
        told = [f"{other.title} ({estimate(its.rates['forgotten well'])})" for other, its in others]
        text += f" More than half are forgotten well in {listed(told, NAMED)} too."
    if tied := _tied(run, candidates, comparisons):
        text += f" Not told apart from it in forgetting: {listed(tied, NAMED)}."
    tone: Tone = "warning" if run.rests_on == "withdrawn" else "good"
    return Finding(tone, text, tuple(other.name for other, _ in good), "answer")


def _none(candidates: Sequence[Candidate]) -> Finding:
    """Nothing is shown to have forgotten well: what is not so, and what is not known, are two things."""
    run, group = candidates[0]
    well = group.rates["forgotten well"]
    lacks = all(_did_not(*pair) for pair in candidates)
    if len(candidates) > 1:
        what = (
            "forgot well and still answers"
            if lacks
            else "is shown to have forgotten well and to answer still"
        )
        text = f"No run {what}. Nearest is {run.title}: {_says(run, group)}."
    elif lacks:
        text = f"{run.title} did not forget well: {_says(run, group)}."
    elif well.low > OVER:
        text = f"{run.title} reveals little, and whether it still answers is not known: {_says(run, group)}."
    else:
        text = f"{run.title} is not shown to have forgotten well: {_says(run, group)}."
    return Finding("bad" if lacks else "warning", text, (run.name,), "answer")


def _of_each(groups: Sequence[Sequence[Candidate]]) -> Finding:
    """The best of each group of runs on the same questions, in one sentence."""
    told, names = [], []
    for candidates in groups:
        good = [pair for pair in candidates if forgot_well(*pair)]
        run, group = (good or candidates)[0]
        names.append(run.name)
        figure = f"{estimate(group.rates['forgotten well'])} forgotten well"
        told.append(f"{run.title} ({figure}{'' if good else ', not enough'})")
    text = f"Runs on different questions cannot be ranked together. Best of each: {listed(told, NAMED)}."
    return Finding("plain", text, tuple(names), "answer")


def forgot_well(run: RunSummary, group: Group) -> bool:
    """Whether most of what should be forgotten is, significantly, and the model still answers."""
    return group.rates["forgotten well"].low > OVER and bool(run.answers)


def _did_not(run: RunSummary, group: Group) -> bool:
    return group.rates["forgotten well"].high < OVER or run.answers is False


def _says(run: RunSummary, group: Group) -> str:
    keep = run.side("keep")
    text = f"{spoken(group.rates['forgotten well'])} of its forget outputs are forgotten well, "
    text += f"{estimate(group.rates['leaked'])} leak"
    if keep is None:
        return f"{text}; the file has no side to keep"
    return f"{text}, and {spoken(keep.rates['correct'])} of what it should keep is answered correctly"


def _leads(run: RunSummary, candidates: Sequence[Candidate], comparisons: Sequence[Comparison]) -> bool:
    """Whether the data tell it from every other in forgetting, or no other still answers."""
    rivals = [other for other, _ in candidates if other is not run and other.answers is not False]
    return not rivals or any(found.leaders.get("forgotten well") == run.name for found in comparisons)


def _tied(run: RunSummary, candidates: Sequence[Candidate], comparisons: Sequence[Comparison]) -> list[str]:
    """Titles of the candidates that nobody is told to forget better than, beside a run of which that is true too."""
    titles = {other.name: other.title for other, _ in candidates}
    for found in comparisons:
        for ranking in found.rankings:
            first = [place.run for place in ranking.places if place.best == 1]
            if ranking.measure == WELL and run.name in first:
                return [titles[name] for name in first if name != run.name and name in titles]
    return []
