"""Many runs at once: everything a report says of how they compare. Pure; from loaded runs to JSON-able records.

Runs are compared only with runs that answered the same forget questions, so a report over several benchmarks
has one `Comparison` for each. Judged figures are the rates that all tables show. Work and memory grow with the square
of the number of runs only in arrays of numbers; what is written down does not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations, pairwise

import numpy as np

from judgekit.metrics import OPEN_UNLEARNING_EPS
from judgekit.metrics.privacy import privacy_leakage
from judgekit.metrics.recorded import forget_quality
from judgekit.report.claims.vouched import Vouched
from judgekit.report.comparison.axes import Axis, Bools, JudgedAxis, Rated, RecordedAxis
from judgekit.report.comparison.baselines import baselines
from judgekit.report.comparison.conclusions import Change, changes
from judgekit.report.comparison.control import controlled
from judgekit.report.comparison.per_run import (
    CORRECT,
    DEGENERATE,
    EXTRACTION,
    FORGET,
    JUDGED,
    LEAKED,
    RECORDED_REVEALED,
    ROUGE,
    ROUGE_KEPT,
    WELL,
    RunValues,
    run_values,
)
from judgekit.report.comparison.records import (
    Away,
    Changed,
    Comparison,
    Gap,
    Number,
    OnPlane,
    Place,
    Quality,
    Ranking,
    Shown,
    number,
)
from judgekit.report.comparison.sweeps import sweeps
from judgekit.report.groups import RunSummary
from judgekit.report.paired import CONFIDENCE, Distance, distance
from judgekit.report.run import Run

__all__ = ["Comparison", "comparisons"]

DISTANCE_MEASURES = (
    "rougeL_recall",
    "probability",
    "truth_ratio_folded",
    "extraction_strength",
    "entailment",
)

ALIKE = 0.5
"""Share of all their questions that two runs must both have answered to be compared."""

ALL_PAIRS = 10
"""Up to so many runs every pair is written down; of more each run with its baselines and its neighbor in rank."""

NAMED = 5
"""Runs that are named where a run is behind or tied with many."""


def comparisons(
    runs: Sequence[Run], told: Sequence[RunSummary], promises: Mapping[tuple[str, str], Vouched]
) -> list[Comparison]:
    """One comparison for each group of at least two runs that share most of their forget questions.

    Parameters
    ----------
    runs : Sequence[Run]
        As loaded.
    told : Sequence[RunSummary]
        What the report says of each.
    promises : Mapping[tuple[str, str], Vouched]
        Run name and rubric to a promise that stands.
    """
    groups: list[tuple[frozenset[str], list[RunValues]]] = []
    for run, summary in zip(runs, told, strict=True):
        standing = {
            rubric: promises[run.name, rubric] for rubric in run.by_rubric if (run.name, rubric) in promises
        }
        side = run_values(run, summary, standing)
        asked = side.asked
        if not asked:
            continue
        for theirs, sides in groups:
            if len(asked & theirs) >= ALIKE * len(asked | theirs):
                sides.append(side)
                break
        else:
            groups.append((asked, [side]))
    return [_compare(sides) for _, sides in groups if len(sides) > 1]


def _compare(sides: Sequence[RunValues]) -> Comparison:
    original, retrained = baselines(sides, "original"), baselines(sides, "retrained")
    axes = {
        name: _axis(sides, name, higher=name == WELL)
        for name in (*RECORDED_REVEALED.values(), LEAKED, WELL)
        if all(side.has(name) for side in sides)
    }
    kept = [name for name in (CORRECT, ROUGE_KEPT) if all(side.has(name) for side in sides)]
    utility = _axis(sides, kept[0], higher=True) if kept else None
    every = [*axes.values(), *([utility] if utility else [])]
    forgetting = next((axes[name] for name in (WELL, ROUGE) if name in axes), None)
    revealed = next((axes[name] for name in (EXTRACTION, LEAKED, ROUGE) if name in axes), None)
    # Gibberish leaks nothing and is not forgotten well: that is why both measures are there.
    changed = changes(list(axes.values()), [frozenset({LEAKED, WELL})])
    judged = {axis.name: axis for axis in every if axis.name in JUDGED}
    if all(side.has(DEGENERATE) for side in sides):
        judged[DEGENERATE] = _axis(sides, DEGENERATE, higher=False)
    control = tuple(controlled(sides, revealed, utility, original)) if revealed and utility else ()
    return Comparison(
        runs=tuple(side.name for side in sides),
        questions=len(frozenset.intersection(*(side.asked for side in sides))),
        original={name: side.name for name, side in original.items()},
        retrained={name: side.name for name, side in retrained.items()},
        unpaired=_unpaired(sides, retrained),
        forgetting=forgetting.name if forgetting else None,
        revealed=revealed.name if revealed else None,
        utility=utility.name if utility else None,
        undecided={side.name: side.undecided for side in sides},
        rankings=tuple(map(_ranking, axes.values())),
        gaps=tuple(gap for axis in every for gap in _gaps(axis, original, retrained)),
        plane=tuple(_plane(forgetting, utility)) if forgetting and utility else (),
        distances=tuple(_distances(sides, original, retrained)),
        quality=tuple(_quality(sides, retrained)),
        control=control,
        sweeps=tuple(sweeps(sides, judged, control)),
        changed=tuple(_shown(change, sides) for change in changed.shown),
        n_changed=changed.total,
        n_reversed=changed.reversed_pairs,
        leaders=_leaders(sides, judged),
    )


def _leaders(sides: Sequence[RunValues], judged: Mapping[str, Axis]) -> dict[str, str]:
    """A collapsed model leaks least and is no success; nor do models before and without unlearning compete."""
    competing = [side.name for side in sides if side.competes]
    found = {JUDGED[name]: axis.leader(competing) for name, axis in judged.items()}
    return {rate: run for rate, run in found.items() if run is not None}


def _axis(sides: Sequence[RunValues], name: str, higher: bool) -> Axis:
    """A measure that every run has."""
    if name not in JUDGED:
        return RecordedAxis(name, {side.name: side.recorded[name] for side in sides}, higher)
    together = 1 - (1 - CONFIDENCE) / (2 * len(sides))  # half of the error, shared by all runs
    rates = {}
    for side in sides:
        group = side.group(name)
        assert group is not None
        rate = group.rates[JUDGED[name]]
        wide = side.rate_at(name, together) if rate.only_bounds else rate
        rates[side.name] = Rated(rate, (wide.low, wide.high), group.items)
    return JudgedAxis(name, rates, {side.name: side.verdicts(name) for side in sides}, higher)


def _figure(axis: Axis, run: str) -> Number:
    """A run's figure as all tables show it."""
    if isinstance(axis, JudgedAxis):
        rated = axis.rates[run]
        rate = rated.rate
        return Number(rate.value, rate.low, rate.high, rated.items, bounds=rate.bounds)
    assert isinstance(axis, RecordedAxis)
    return number(axis.means[run])


def _ranking(axis: Axis) -> Ranking:
    best, worst = axis.places
    places = (
        Place(axis.runs[i], _figure(axis, axis.runs[i]), int(best[i]), int(worst[i])) for i in axis.order
    )
    return Ranking(axis.name, tuple(places))


def _gaps(axis: Axis, original: Mapping[str, RunValues], retrained: Mapping[str, RunValues]) -> Iterable[Gap]:
    if len(axis.runs) <= ALL_PAIRS:
        pairs = list(combinations(axis.runs, 2))
    else:
        ranked = [axis.runs[i] for i in axis.order]
        baseline = [(run, of[run].name) for of in (original, retrained) for run in axis.runs if run in of]
        pairs = list(dict.fromkeys([*baseline, *pairwise(ranked)]))
    for a, b in pairs:
        if a != b:
            i, j = axis.number[a], axis.number[b]
            apart = bool(axis.better[i, j] or axis.better[j, i])
            yield Gap(axis.name, a, b, number(axis.difference(a, b)), float(axis.adjusted[i, j]), apart)


def _plane(forgetting: Axis, utility: Axis) -> Iterable[OnPlane]:
    """Every run, and which runs it is behind (columns): significantly worse on one axis, not better on the other."""
    better = [axis.better for axis in (forgetting, utility)]
    behind = (better[0].T & ~better[1]) | (better[1].T & ~better[0])
    figures = [axis.middles if axis.higher else -axis.middles for axis in (forgetting, utility)]
    at_least = np.logical_and.reduce([figure[None, :] >= figure[:, None] for figure in figures])
    looks_behind = at_least & ~at_least.T & ~behind
    order = forgetting.order

    def first(which: Bools) -> tuple[str, ...]:
        return tuple(forgetting.runs[i] for i in order if which[i])[:NAMED]

    for i, run in enumerate(forgetting.runs):
        count = int(behind[i].sum())
        tied = () if count else first(looks_behind[i])
        yield OnPlane(run, _figure(forgetting, run), _figure(utility, run), count, first(behind[i]), tied)


def _unpaired(sides: Sequence[RunValues], retrained: Mapping[str, RunValues]) -> dict[str, tuple[str, ...]]:
    left: dict[str, list[str]] = {}
    for side in sides:
        if side.name not in retrained:
            left.setdefault(side.run.model, []).append(side.name)
    return {model: tuple(names) for model, names in left.items()}


def _distances(
    sides: Sequence[RunValues], original: Mapping[str, RunValues], retrained: Mapping[str, RunValues]
) -> Iterable[Away]:
    for side in sides:
        target = retrained.get(side.name, side)
        if target is side:
            continue
        own, goal = (run.outcome.values.get(FORGET, {}) for run in (side, target))
        start = original[side.name].outcome.values.get(FORGET, {}) if side.name in original else {}
        for name in DISTANCE_MEASURES:
            if own.get(name) and goal.get(name):
                found: Distance = distance(name, own[name], goal[name], start.get(name))
                yield Away(side.name, target.name, name, number(found.gap), found.way)


def _quality(sides: Sequence[RunValues], retrained: Mapping[str, RunValues]) -> Iterable[Quality]:
    for side in sides:
        target = retrained.get(side.name, side)
        if target is side:
            continue
        ratios = [s.outcome.measures.items.get(FORGET, {}).get("truth_ratio", []) for s in (side, target)]
        raw, folded = forget_quality(*ratios)
        aucs = [s.run.recorded.get("mia_min_k") for s in (side, target)]
        leakage = None
        if aucs[0] is not None and aucs[1] is not None:
            leakage = privacy_leakage(aucs[0], aucs[1], OPEN_UNLEARNING_EPS)
        yield Quality(side.name, target.name, raw.value, folded.value, raw.n, raw.reason, leakage)


def _shown(change: Change, sides: Sequence[RunValues]) -> Changed:
    items = {side.name: side.items for side in sides if side.name in change.runs}
    one, other = (items[name] for name in change.runs)
    examples = tuple(
        Shown(
            one[example.question].question,
            one[example.question].reference,
            (one[example.question].output, other[example.question].output),
            example.first,
            example.second,
        )
        for example in change.examples
        if example.question in one and example.question in other
    )
    return Changed(change.runs, change.measures, change.forgot_better, change.reversed, examples)
