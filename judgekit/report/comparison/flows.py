"""What became of one run's outputs in another, question by question: flows from label to label. Pure.

Verdicts are counted as they stand: neither people's labels nor a certificate correct a flow, so a small one may be the
judge's error. Outputs without a verdict flow as *abstained* and *unscored*, never as a label.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from judgekit.report.comparison.flow_sentences import sentences
from judgekit.report.comparison.records import OPEN, Comparison, Flow, Flows
from judgekit.report.groups import Group, RunSummary
from judgekit.report.pairs import pair_numbers
from judgekit.report.run import Run
from judgekit.rubrics import Role

ALL_WITH_BEST = 10
"""Up to so many unlearned runs each is set beside the best one."""

MOST = 40
"""Pairs of runs that are written down; the page counts any other."""

States = Mapping[int, str]
"""Number of a question (`judgekit.report.pairs`) to the label, or the state without one, of a run's output to it."""


def flows(
    runs: Sequence[Run], told: Sequence[RunSummary], compared: Sequence[Comparison], order: Sequence[str]
) -> list[Flows]:
    """The flows of the most telling pairs of runs under every rubric that both were judged by.

    Parameters
    ----------
    runs : sequence of Run
    told : sequence of RunSummary
        What the report says of each, in the same order.
    compared : sequence of Comparison
        Which runs were asked the same questions.
    order : sequence of str
        Names of the runs, best first.
    """
    pairs = [pair for found in compared for pair in telling_pairs(found, order)][:MOST]
    states: dict[str, dict[str, dict[int, str]]] = {run.name: {} for run in runs}
    for run, numbers in zip(runs, pair_numbers(runs), strict=True):
        for row, number in zip(run.rows, numbers, strict=True):
            made = row.verdict
            states[run.name].setdefault(made.rubric, {})[number] = made.label or made.state
    groups = {run.name: {group.rubric: group for group in run.groups if not group.split} for run in told}
    called = {run.name: run.title for run in told}
    return [
        _flows(
            groups[first][rubric],
            groups[second][rubric],
            states[first][rubric],
            states[second][rubric],
            (called[first], called[second]),
        )
        for first, second in pairs
        for rubric in sorted(groups[first], key=lambda rubric: groups[first][rubric].side == "keep")
        if rubric in groups[second]
    ]


def telling_pairs(found: Comparison, order: Sequence[str]) -> list[tuple[str, str]]:
    """Pairs of runs (first, second), the most telling one first: from the original to what unlearning made of it.

    Every run beside its original; an unlearned run without one beside the next better one; few unlearned runs all
    beside the best. Without an original the first pair is the run that leaks most and the best one.

    Parameters
    ----------
    found : Comparison
        Runs that were asked the same questions.
    order : sequence of str
        Names of the runs, best first.
    """
    given = {*found.original.values(), *found.retrained.values()}
    ranked = [run for run in order if run in found.runs]
    unlearned = [run for run in ranked if run not in given]
    best = (unlearned or ranked)[0]
    leaking = next((r.places[-1].run for r in found.rankings if r.measure == found.revealed), ranked[-1])
    pairs = [(found.original.get(best, leaking), best)]
    pairs += [(found.original[run], run) for run in ranked if run in found.original]
    pairs += [(worse, better) for better, worse in pairwise(unlearned) if worse not in found.original]
    if len(unlearned) <= ALL_WITH_BEST:
        pairs += [(run, best) for run in unlearned]
    return [(a, b) for a, b in dict.fromkeys(pairs) if a != b]


def transitions(first: States, second: States) -> dict[tuple[str, str], list[int]]:
    """The questions that both runs have, by what they were in the first and what they are in the second run."""
    found: dict[tuple[str, str], list[int]] = {}
    for number, before in first.items():
        if number in second:
            found.setdefault((before, second[number]), []).append(number)
    return found


def _flows(before: Group, after: Group, first: States, second: States, titles: tuple[str, str]) -> Flows:
    found = transitions(first, second)
    met = {state for pair in found for state in pair}
    labels = dict.fromkeys([*before.counts, *after.counts, *(state for state in OPEN if state in met)])
    made = tuple(Flow(a, b, len(found[a, b])) for a in labels for b in labels if (a, b) in found)
    shared = sum(flow.items for flow in made)
    alone = len(first) - shared, len(second) - shared
    role = Role(before.side, {**after.counts_as, **before.counts_as})
    said = tuple(sentences(made, *titles, role, alone))
    return Flows(before.run, after.run, before.rubric, role.side, tuple(labels), made, *alone, said)
