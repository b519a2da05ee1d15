"""From runs to everything the report says: one frozen, JSON-able :class:`Summary`; the renderers only print it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from judgekit.calibration.record import REFUSED
from judgekit.display import brief_repr
from judgekit.records import PEOPLE, Verdict
from judgekit.report.about import About, about
from judgekit.report.claims.claims import NOT_WATCHED, Claim, checks, claim
from judgekit.report.claims.vouched import Vouched, vouched
from judgekit.report.comparison.compare import comparisons
from judgekit.report.comparison.flows import flows
from judgekit.report.comparison.records import Comparison, Flows
from judgekit.report.comparison.roles import role
from judgekit.report.diagnostics import People, against_people, tier_use
from judgekit.report.faithfulness import Faithfulness, check_pools, faithfulness, is_in
from judgekit.report.faithfulness import told as tested_measures
from judgekit.report.findings import findings
from judgekit.report.groups import Group, RunSummary
from judgekit.report.headlines.headlines import headlines
from judgekit.report.order import best_first
from judgekit.report.rates.chance import leaks_by_chance
from judgekit.report.rates.judged import judged_rates
from judgekit.report.rates.measured import measured
from judgekit.report.run import JudgedItem, Run
from judgekit.report.samples.count import samples
from judgekit.report.splits import NO_SPLIT
from judgekit.report.titles import titles
from judgekit.report.words import Finding
from judgekit.rubrics import Role, load_rubric

SCHEMA = "judgekit.report/2"

ANSWERS_AT_LEAST = 0.5
"""A model *still answers* when it answers this share of what it should keep."""


@dataclass(frozen=True)
class Summary:
    """Everything the report says. ``to_dict`` gives plain JSON types.

    ``people``: verdicts of all runs together against people, by rubric. ``comparisons``: one for each group of runs
    that answered the same forget questions. ``headlines``: the sentences that come first; ``order``: run names, best
    first. ``flows``: what became of one run's outputs in another, the most telling pair of runs first.
    ``faithfulness``: how good the measures are, where models that know and models that do not were given.
    """

    runs: tuple[RunSummary, ...]
    findings: tuple[Finding, ...]
    people: tuple[People, ...]
    comparisons: tuple[Comparison, ...]
    about: About
    headlines: tuple[Finding, ...]
    order: tuple[str, ...]
    flows: tuple[Flows, ...]
    faithfulness: Faithfulness | None = None
    schema: str = SCHEMA

    __repr__ = brief_repr

    def to_dict(self) -> dict[str, Any]:
        """``schema`` first, then the fields by name, tuples as lists."""
        return {
            "schema": self.schema,
            **{key: value for key, value in asdict(self).items() if key != "schema"},
        }


def to_json(summary: Summary) -> str:
    """The summary as indented JSON; what is not known is null, never NaN."""
    return json.dumps(summary.to_dict(), ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def summarize(runs: Sequence[Run], *, known: Sequence[Run] = (), ignorant: Sequence[Run] = ()) -> Summary:
    """Judge nothing, count everything: pure and repeatable from the run folders.

    Parameters
    ----------
    runs : sequence of Run
    known, ignorant : sequence of Run, optional
        Of models that know what is to be forgotten, and of models that never saw it: both, to test the measures.

    Raises
    ------
    ValueError
        No runs, only one of the two pools, or a run that is in both.
    """
    if not runs:
        raise ValueError("no runs to report on")
    check_pools(known, ignorant)
    tested = faithfulness(known, ignorant) if known else None
    watched = checks(runs)
    claims = {
        (run.name, rubric): claim(run, rubric, rows, watched.get((run.name, rubric), NOT_WATCHED))
        for run in runs
        for rubric, rows in run.by_rubric.items()
    }
    promises = vouched(runs, {key for key, made in claims.items() if made.stands})
    called = titles(runs)
    told = tuple(
        replace(
            _summarize(run, called[run.name], claims, promises),
            pool="known" if is_in(run, known) else "ignorant" if is_in(run, ignorant) else "",
        )
        for run in runs
    )
    compared = tuple(comparisons(runs, told, promises))
    order = best_first(told, compared)
    said = tuple(tested_measures(tested)) if tested else ()
    return Summary(
        runs=told,
        findings=(*findings(told, compared), *said),
        people=_people(runs),
        comparisons=compared,
        about=about(runs, claims),
        headlines=headlines(told, order, compared, said),
        order=order,
        flows=tuple(flows(runs, told, compared, order)),
        faithfulness=tested,
    )


Key = tuple[str, str]
"""Run name and rubric."""

READ_FOR_CHANCE = "forgetting"
"""The rubric under which the lexical judge reads what leaks by chance, whatever the run was judged under."""


def _summarize(
    run: Run, title: str, claims: Mapping[Key, Claim], promises: Mapping[Key, Vouched]
) -> RunSummary:
    made = tuple(claims[run.name, rubric] for rubric in run.by_rubric)
    groups = tuple(
        group
        for rubric, rows in run.by_rubric.items()
        for group in _groups(run, rubric, rows, promises.get((run.name, rubric)))
    )
    known = [row.verdict.cost for row in run.rows if row.verdict.cost is not None]
    return RunSummary(
        name=run.name,
        title=title,
        model=run.model,
        method=run.trained.method,
        settings=dict(run.trained.settings),
        source=run.source,
        items=len(run.rows),
        certified=all(one.stands for one in made),
        claims=made,
        answers=_answers(groups),
        groups=groups,
        tiers=tier_use(run.rows),
        cost=sum(known) if known else None,
        measures=measured(run),
        recorded=run.recorded,
        people=_people([run]),
        failed=run.failed,
        failing=run.failing,
        samples=samples(run),
        baseline="" if (part := role(run)) == "unlearned" else part,
        judged_by={
            rubric: tuple(
                (tier, said) for tier, said in cascade.fingerprints.items() if said and tier != PEOPLE
            )
            for rubric, cascade in run.about.cascades.items()
        },
    )


def _people(runs: Sequence[Run]) -> tuple[People, ...]:
    rows: dict[str, list[JudgedItem]] = {}
    for run in runs:
        for rubric, part in run.by_rubric.items():
            rows.setdefault(rubric, []).extend(part)
    found = (against_people(rubric, part) for rubric, part in rows.items())
    return tuple(people for people in found if people is not None)


def _groups(run: Run, rubric: str, rows: Sequence[JudgedItem], promise: Vouched | None) -> Iterable[Group]:
    """All splits together first, then each."""
    labels = run.every_label(rubric)
    role = run.role(rubric)
    by_chance = leaks_by_chance(rows, load_rubric(READ_FOR_CHANCE)) if role.side == "forget" else {}
    splits: dict[str, list[JudgedItem]] = {}
    for row in rows:
        splits.setdefault(row.verdict.split or NO_SPLIT, []).append(row)
    for split, part in {"": rows, **splits}.items():
        group = _group(run, rubric, role, split, part, labels, promise)
        yield replace(group, by_chance=by_chance.get(split, ()))


def _group(
    run: Run,
    rubric: str,
    role: Role,
    split: str,
    rows: Sequence[JudgedItem],
    labels: Sequence[str],
    promise: Vouched | None,
) -> Group:
    states = Counter(row.verdict.state for row in rows)
    counts = Counter(row.verdict.label for row in rows)
    reasons = Counter(filter(None, (_why_open(row.verdict) for row in rows)))
    return Group(
        run=run.name,
        rubric=rubric,
        side=role.side,
        split=split,
        items=len(rows),
        counts={label: counts[label] for label in labels},
        abstained=states["abstained"],
        unscored=states["unscored"],
        reasons=dict(reasons.most_common(5)),
        human=sum(bool(row.human) for row in rows),
        rates=judged_rates(rows, labels, role.together(labels), promise, pools=run.pools),
        unread=dict(
            Counter(row.verdict.label or row.verdict.state for row in rows if row.verdict.fluent is False)
        ),
        counts_as=dict(role.counts_as),
    )


def _why_open(verdict: Verdict) -> str:
    """Why an item is unscored, or the rule by which it got no verdict whatever judges say; empty of all others."""
    reason = verdict.reason or ""
    if verdict.state == "unscored":
        return reason or "no reason given"
    ruled = (rule for rule in REFUSED if reason.startswith(rule))
    return next(ruled, "") if verdict.state == "abstained" else ""


def _answers(groups: Sequence[Group]) -> bool | None:
    keep = next((group for group in groups if group.side == "keep" and not group.split), None)
    if keep is None:
        return None
    rate = keep.rates["answered"]
    least, most = (
        at >= ANSWERS_AT_LEAST for at in (rate.bounds if rate.value is None else (rate.value,) * 2)
    )
    return least if least == most else None
