"""Many runs at once: everything a report says of how they compare. Pure; from loaded runs to JSON-able records.

Runs are compared only with runs that answered the same forget questions, so a report over several benchmarks
has one `Comparison` for each.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations

from judgekit.metrics import OPEN_UNLEARNING_EPS
from judgekit.metrics.privacy import privacy_leakage
from judgekit.metrics.recorded import forget_quality
from judgekit.report.baselines import base_model, baselines
from judgekit.report.compare import (
    Distance,
    Estimate,
    Point,
    Values,
    decided,
    difference,
    distance,
    holm,
    mean,
    pareto,
    rank,
)
from judgekit.report.compared import (
    Away,
    Changed,
    Comparison,
    Controlled,
    Gap,
    Number,
    OnPlane,
    Place,
    Quality,
    Ranking,
    Shown,
)
from judgekit.report.conclusions import Change, changes
from judgekit.report.recipes import Candidate, pick
from judgekit.report.roles import role, sweep
from judgekit.report.runs import Run
from judgekit.report.sides import (
    CORRECT,
    EXTRACTION,
    FORGET,
    LEAKED,
    NOT_WELL,
    ROUGE,
    ROUGE_KEPT,
    Side,
    make_side,
    questions,
)

__all__ = ["Comparison", "comparisons"]

DISTANCE_MEASURES = (
    "rougeL_recall",
    "probability",
    "truth_ratio_folded",
    "extraction_strength",
    "entailment",
)


def comparisons(runs: Sequence[Run]) -> list[Comparison]:
    """One comparison for each group of at least two runs that share forget questions."""
    groups: list[list[Side]] = []
    for side in map(make_side, runs):
        if not side.revealed:
            continue
        asked = questions(side)
        group = next((g for g in groups if asked & questions(g[0])), None)
        if group is None:
            groups.append([side])
        else:
            group.append(side)
    return [_compare(group) for group in groups if len(group) > 1]


def _compare(sides: Sequence[Side]) -> Comparison:
    original, retrained = baselines(sides, "original"), baselines(sides, "retrained")
    measures = _shared(sides, [side.revealed for side in sides])
    kept = _shared(sides, [side.kept for side in sides])
    forgetting = next((m for m in (NOT_WELL, ROUGE) if m in measures), None)
    utility = next((m for m in (CORRECT, ROUGE_KEPT) if m in kept), None)
    revealed = next((m for m in (EXTRACTION, LEAKED, ROUGE) if m in measures), None)
    plane = _plane(measures[forgetting], kept[utility]) if forgetting and utility else ()
    control = _control(sides, measures[revealed], kept[utility], original) if revealed and utility else ()
    return Comparison(
        runs=tuple(side.name for side in sides),
        questions=len(set.intersection(*map(questions, sides))),
        original={name: side.name for name, side in original.items()},
        retrained={name: side.name for name, side in retrained.items()},
        unpaired=_unpaired(sides, retrained),
        forgetting=forgetting,
        revealed=revealed,
        utility=utility,
        undecided={side.name: side.undecided for side in sides},
        rankings=tuple(_ranking(measure, runs) for measure, runs in measures.items()),
        gaps=tuple(gap for measure, runs in measures.items() for gap in _gaps(measure, runs)),
        plane=tuple(plane),
        distances=tuple(_distances(sides, original, retrained)),
        quality=tuple(_quality(sides, retrained)),
        control=tuple(control),
        # Gibberish leaks nothing and is not forgotten well: that is why both measures are there.
        changed=tuple(_shown(c, sides) for c in changes(measures) if set(c.measures) != {LEAKED, NOT_WELL}),
    )


def _shared(sides: Sequence[Side], found: Sequence[Mapping[str, Values]]) -> dict[str, dict[str, Values]]:
    """Measures that every run has, as measure to run to values."""
    names = [name for name in found[0] if all(name in other for other in found)]
    return {name: {side.name: own[name] for side, own in zip(sides, found, strict=True)} for name in names}


def _number(estimate: Estimate) -> Number:
    if estimate.value is None:
        return Number(None, None, None, 0, estimate.reason)
    low, high = (limit if math.isfinite(limit) else None for limit in (estimate.low, estimate.high))
    return Number(estimate.value, low, high, estimate.n)


def _ranking(measure: str, runs: Mapping[str, Values]) -> Ranking:
    places = rank({name: mean(v) for name, v in runs.items()}, decided(runs, higher=False), higher=False)
    return Ranking(measure, tuple(Place(p.name, _number(p.estimate), p.best, p.worst) for p in places))


def _gaps(measure: str, runs: Mapping[str, Values]) -> Iterable[Gap]:
    pairs = list(combinations(runs, 2))
    found = [difference(runs[a], runs[b]) for a, b in pairs]
    adjusted = holm([1.0 if gap.p is None else gap.p for gap in found])
    wins = decided(runs)
    for (a, b), gap, p in zip(pairs, found, adjusted, strict=True):
        yield Gap(measure, a, b, _number(gap), p, (a, b) in wins or (b, a) in wins)


def _plane(revealed: Mapping[str, Values], kept: Mapping[str, Values]) -> list[OnPlane]:
    forgetting = {name: mean({q: 1 - v for q, v in values.items()}) for name, values in revealed.items()}
    utility = {name: mean(values) for name, values in kept.items()}
    points = [Point(name, forgetting[name].value or 0.0, utility[name].value or 0.0) for name in forgetting]
    return [
        OnPlane(s.name, _number(forgetting[s.name]), _number(utility[s.name]), s.dominated_by, s.contested)
        for s in pareto(points, decided(revealed, higher=False), decided(kept))
    ]


def _unpaired(sides: Sequence[Side], retrained: Mapping[str, Side]) -> dict[str, tuple[str, ...]]:
    left: dict[str, list[str]] = {}
    for side in sides:
        if side.name not in retrained:
            left.setdefault(side.run.model, []).append(side.name)
    return {model: tuple(names) for model, names in left.items()}


def _distances(
    sides: Sequence[Side], original: Mapping[str, Side], retrained: Mapping[str, Side]
) -> Iterable[Away]:
    for side in sides:
        target = retrained.get(side.name, side)
        if target is side:
            continue
        own, goal = side.outcome.values[FORGET], target.outcome.values[FORGET]
        start = original[side.name].outcome.values[FORGET] if side.name in original else {}
        for name in DISTANCE_MEASURES:
            if own.get(name) and goal.get(name):
                found: Distance = distance(name, own[name], goal[name], start.get(name))
                yield Away(side.name, target.name, name, _number(found.gap), found.way)


def _quality(sides: Sequence[Side], retrained: Mapping[str, Side]) -> Iterable[Quality]:
    for side in sides:
        target = retrained.get(side.name, side)
        if target is side:
            continue
        ratios = [s.outcome.measures.items[FORGET].get("truth_ratio", []) for s in (side, target)]
        raw, folded = forget_quality(*ratios)
        aucs = [s.run.recorded.get("mia_min_k") for s in (side, target)]
        leakage = None
        if aucs[0] is not None and aucs[1] is not None:
            leakage = privacy_leakage(aucs[0], aucs[1], OPEN_UNLEARNING_EPS)
        yield Quality(side.name, target.name, raw.value, folded.value, raw.n, raw.reason, leakage)


def _control(
    sides: Sequence[Side],
    revealed: Mapping[str, Values],
    kept: Mapping[str, Values],
    original: Mapping[str, Side],
) -> Iterable[Controlled]:
    """Every method with several runs of one base model. Without its original the run that keeps most stands in."""
    models = dict.fromkeys(map(base_model, sides))
    for model in models:
        mine = [side for side in sides if base_model(side) == model]
        most = max((side.name for side in mine), key=lambda name: mean(kept[name]).value or 0.0)
        given = original.get(mine[0].name)
        base = given.name if given else most
        note = f" No original of its model is among the runs; {most}, which keeps most, stands in for it."
        methods: dict[str, list[Candidate]] = {}
        for side in mine:
            if role(side.method) == "unlearned":
                candidate = Candidate(side.name, revealed[side.name], kept[side.name])
                methods.setdefault(sweep(side.method), []).append(candidate)
        for method, candidates in methods.items():
            if len(candidates) > 1:
                called = f"{method} on {mine[0].run.model}" if len(models) > 1 else method
                found = pick(called, candidates, kept[base])
                chosen = found.controlled.name if found.controlled else None
                free = found.uncontrolled.name if found.uncontrolled else None
                margins = {name: _number(margin) for name, margin in found.margins.items()}
                why = _say(called, chosen, free) + ("" if given else note)
                yield Controlled(called, chosen, free, margins, why)


def _say(method: str, chosen: str | None, free: str | None) -> str:
    if chosen is None:
        return f"{method}: no run surely keeps enough; without control the pick would be {free}."
    if chosen == free:
        return f"{method}: {chosen} forgets most, and surely keeps enough."
    return f"{method}: {chosen}, since {free}, which reveals less, does not surely keep enough."


def _shown(change: Change, sides: Sequence[Side]) -> Changed:
    one, other = (next(side.items for side in sides if side.name == name) for name in change.runs)
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
