"""What the figures rest on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from judgekit.display import some
from judgekit.report.claims.claims import Claim
from judgekit.report.groups import RunSummary
from judgekit.report.headlines.best import NAMED
from judgekit.report.words import Finding, Tone, listed

Ground = Literal["withdrawn", "certified", "labels", "judge only"]

_PERCENT = re.compile(r"(?<=\d)%")

KINDS = 3
"""Different grounds that the sentence tells apart."""

States = tuple[tuple[Ground, tuple[str, ...]], ...]
"""Ground -> the rubrics that rest on it; without rubrics where all rest on one."""


def trusted(ranked: Sequence[RunSummary]) -> Iterable[Finding]:
    """What the figures rest on: one sentence for all runs that rest on the same, what is withdrawn first."""
    kinds: dict[States, list[RunSummary]] = {}
    for run in ranked:
        kinds.setdefault(_states(run), []).append(run)
    if not kinds:
        return
    order = sorted(kinds, key=lambda states: states[0][0] != "withdrawn")
    alike = (
        {
            _promise(made, [made.labels] if made.labels else [])
            for run in ranked
            for made in run.claims
            if made.stands
        }
        if len(kinds) > 1
        else set()
    )
    once = (
        alike if len(alike) == 1 else set()
    )  # one promise for all that are certified is said once, at the end
    told = [_sentence(dict(states), kinds[states], len(kinds) == 1, bool(once)) for states in order[:KINDS]]
    if len(order) > KINDS:
        left = sum(len(kinds[states]) for states in order[KINDS:])
        told.append(f"{left:,} more {'run rests' if left == 1 else 'runs rest'} on something else.")
    told += [f"Certified means that {says}." for says in once]
    beside = [*_beside(ranked), *_doubts(ranked), *_judged_apart(ranked)]
    told += beside
    grounds = {ground for states in kinds for ground, _ in states}
    tone: Tone = (
        "good" if grounds == {"certified"} and not beside else "bad" if "withdrawn" in grounds else "warning"
    )
    yield Finding(tone, " ".join(told), tuple(run.name for run in ranked), "trust")


def _beside(ranked: Sequence[RunSummary]) -> Iterable[str]:
    """A promise of several runs together says nothing of one of them: the verdicts are certified, the rates are not."""
    runs: dict[tuple[str, ...], list[str]] = {}
    for run in ranked:
        if run.beside_promise:
            runs.setdefault(run.beside_promise, []).append(run.title)
    for rubrics, titles in runs.items():
        yield (
            f"The promise for {listed(rubrics)} is for more outputs than are reported here, so no interval of "
            f"{listed(titles, NAMED)} covers the judges' errors."
        )


def _doubts(ranked: Sequence[RunSummary]) -> Iterable[str]:
    """What speaks against the labels behind promises that stand, each once."""
    told: dict[str, dict[str, None]] = {}
    for made in (made for run in ranked for made in run.claims if made.stands):
        for doubt in made.doubts:
            told.setdefault(doubt, {})[made.rubric] = None
    for doubt, rubrics in told.items():
        yield f"Of the labels behind the certificate{' for ' + listed(list(rubrics)) if any(rubrics) else ''}: {doubt}"


def _judged_apart(ranked: Sequence[RunSummary]) -> Iterable[str]:
    """Runs under one rubric that not the same judges have judged: what differs may be the judges."""
    for rubric in dict.fromkeys(made.rubric for run in ranked for made in run.claims):
        by: dict[tuple[tuple[str, str], ...], list[RunSummary]] = {}
        for run in ranked:
            if judges := run.judged_by.get(rubric):
                by.setdefault(judges, []).append(run)
        if len(by) > 1:
            told = [
                f"{listed([run.title for run in runs], NAMED)} by "
                + listed([f"{tier} ({said[:6]})" for tier, said in judges])
                for judges, runs in by.items()
            ]
            yield (
                f"Under {rubric} not the same judges judged all runs: {'; '.join(told)}. A difference between runs "
                "that were judged apart may be the judges'."
            )


def _states(run: RunSummary) -> States:
    found: dict[Ground, list[str]] = {}
    for made in run.claims:
        found.setdefault(_ground(run, made), []).append(made.rubric)
    every: tuple[Ground, ...] = ("withdrawn", "certified", "labels", "judge only")
    if len(found) == 1:  # which rubrics a run was judged under makes no other ground
        return ((next(iter(found)), ()),)
    return tuple((ground, tuple(sorted(found[ground]))) for ground in every if ground in found)


def _ground(run: RunSummary, made: Claim) -> Ground:
    if made.status == "withdrawn":
        return "withdrawn"
    if made.stands:
        return "certified"
    group = next((group for group in run.groups if group.rubric == made.rubric and not group.split), None)
    kinds = {rate.kind for rate in group.rates.values()} if group else set()
    return "labels" if kinds and "judge" not in kinds else "judge only"


def _sentence(
    states: Mapping[Ground, tuple[str, ...]], runs: Sequence[RunSummary], everyone: bool, brief: bool
) -> str:
    """What some runs rest on; ``brief``: without what is promised."""
    titles = listed([run.title for run in runs], NAMED)
    if len(states) == 1:
        (ground,) = states
        whose = "" if everyone else f" for {titles}"
        if ground == "withdrawn":
            return f"The certificate is withdrawn{whose}: {_reason(runs)}."
        if ground == "certified":
            return f"Certified{whose}{'' if brief else ': ' + _promises(runs)}."
        if ground == "labels":
            return f"Corrected by people's labels{whose}, without a certificate."
        return f"The judge's opinion only{whose}: not calibrated against people, so no interval covers its errors."
    parts = "; ".join(_part(ground, listed(rubrics), runs, brief) for ground, rubrics in states.items())
    return f"{parts[:1].upper()}{parts[1:]}." if everyone else f"{titles}: {parts}."


def _part(ground: Ground, rubrics: str, runs: Sequence[RunSummary], brief: bool) -> str:
    if ground == "withdrawn":
        return f"the certificate for {rubrics} is withdrawn: {_reason(runs)}"
    if ground == "certified":
        return f"certified for {rubrics}" if brief else f"certified {_promises(runs)}"
    if ground == "labels":
        return f"{rubrics}: corrected by people's labels, without a certificate"
    return f"{rubrics}: the judge's opinion only"


def _reason(runs: Sequence[RunSummary]) -> str:
    why = [made.text.partition(": ")[2] for run in runs for made in run.claims if made.status == "withdrawn"]
    return listed(list(dict.fromkeys(why)))


def _promises(runs: Sequence[RunSummary]) -> str:
    """'for forgetting and utility, at least 90 % of the verdicts agree with people (90 % confidence, 480 labels)'."""
    told: dict[str, list[Claim]] = {}
    for made in (made for run in runs for made in run.claims if made.stands):
        told.setdefault(_promise(made, ()), []).append(made)
    parts = []
    for alike in told.values():
        rubrics = dict.fromkeys(made.rubric for made in alike)
        labels = dict.fromkeys(made.labels for made in alike if made.labels)
        parts.append(f"for {listed(list(rubrics))}, {_promise(alike[0], list(labels))}")
    return listed(parts, NAMED)


def _promise(made: Claim, labels: Sequence[int]) -> str:
    """A promise with its confidence, from these numbers of labels."""
    known = [] if made.delta is None else [f"{100 * (1 - made.delta):.3g} % confidence"]
    if labels:
        known.append(
            some(labels[0], "label") if len(labels) == 1 else f"{listed([f'{n:,}' for n in labels])} labels"
        )
    known += [f"one promise for {made.runs:,} runs together"] if made.runs > 1 else []
    says = _PERCENT.sub(" %", made.says or made.text)  # as all other figures of a report are written
    return says + (f" ({', '.join(known)})" if known else "")
