"""From runs to everything the report says: one frozen, JSON-able :class:`Summary`; the renderers only print it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from judgekit.records import Verdict
from judgekit.report.diagnostics import Diagnostics, Tier, diagnose, tier_use
from judgekit.report.findings import Finding, findings
from judgekit.report.measured import Figure, measured
from judgekit.report.rates import Rate, judged_rates
from judgekit.report.runs import Run
from judgekit.rubrics import load_rubric, shipped_rubrics

SCHEMA = "judgekit.report/1"

Side = Literal["forget", "keep", "other"]
SIDES: dict[str, Side] = {"forgetting": "forget", "multihop": "forget", "utility": "keep"}
"""Rubric -> what its rates speak of. Any other rubric is reported label by label."""

TOGETHER: dict[Side, dict[str, frozenset[str]]] = {
    "forget": {"forgotten well": frozenset({"withheld", "wrong"})},
    "keep": {"answered": frozenset({"correct", "partial", "wrong"})},
    "other": {},
}
"""Unions of labels that have a name. Degenerate output is in neither."""

ANSWERS_AT_LEAST = 0.5
"""A model *still answers* when it answers this share of what it should keep."""


@dataclass(frozen=True)
class Group:
    """The verdicts of one run under one rubric: of one split, or (``split`` empty) of all splits of that rubric."""

    run: str
    rubric: str
    side: Side
    split: str
    items: int
    counts: dict[str, int]
    abstained: int
    unscored: int
    reasons: dict[str, int]
    certified: int
    rates: dict[str, Rate]


@dataclass(frozen=True)
class RunSummary:
    """One run.

    ``certified``: every verdict stands under a calibration. ``answers``: whether the model still answers what it
    should keep; None where the file has no such side. ``withdrawn``: why the certificate does not hold here.
    """

    name: str
    model: str
    method: str
    source: str
    items: int
    certified: bool
    withdrawn: str | None
    claim: str
    answers: bool | None
    groups: tuple[Group, ...]
    tiers: tuple[Tier, ...]
    cost: float | None
    measures: tuple[Figure, ...]
    diagnostics: Diagnostics

    def side(self, side: Side) -> Group | None:
        """All splits of a side together, under its first rubric."""
        return next((group for group in self.groups if group.side == side and not group.split), None)


@dataclass(frozen=True)
class Summary:
    """Everything the report says. ``to_dict`` gives plain JSON types."""

    runs: tuple[RunSummary, ...]
    findings: tuple[Finding, ...]
    schema: str = SCHEMA

    def to_dict(self) -> dict[str, Any]:
        """``schema`` first, then the fields by name, tuples as lists."""
        return {
            "schema": self.schema,
            **{key: value for key, value in asdict(self).items() if key != "schema"},
        }


def to_json(summary: Summary) -> str:
    """The summary as indented JSON; what is not known is null, never NaN."""
    return json.dumps(summary.to_dict(), ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def summarize(runs: Sequence[Run]) -> Summary:
    """Judge nothing, count everything: pure and repeatable from the run folders.

    Raises
    ------
    ValueError : no runs.
    """
    if not runs:
        raise ValueError("no runs to report on")
    told = tuple(_summarize(run) for run in runs)
    return Summary(told, tuple(findings(told)))


def _summarize(run: Run) -> RunSummary:
    verdicts = [row.verdict for row in run.rows]
    groups = tuple(_groups(run.name, verdicts))
    given = [verdict for verdict in verdicts if verdict.state == "verdict"]
    certified = bool(given) and all(verdict.calibration is not None for verdict in given)
    first = verdicts[0]
    known = [verdict.cost for verdict in verdicts if verdict.cost is not None]
    return RunSummary(
        name=run.name,
        model=first.model,
        method=first.method,
        source=run.source,
        items=len(verdicts),
        certified=certified,
        withdrawn=None,
        claim=_claim(run, certified),
        answers=_answers(groups),
        groups=groups,
        tiers=tier_use(run.rows),
        cost=sum(known) if known else None,
        measures=measured(run.rows),
        diagnostics=diagnose(run.rows),
    )


def _groups(run: str, verdicts: Sequence[Verdict]) -> Iterable[Group]:
    parts: dict[str, dict[str, list[Verdict]]] = {}
    for verdict in verdicts:
        parts.setdefault(verdict.rubric, {}).setdefault(verdict.split, []).append(verdict)
    for rubric, splits in parts.items():
        yield _group(run, rubric, "", [verdict for part in splits.values() for verdict in part])
        for split, part in splits.items():
            yield _group(run, rubric, split or "(no split)", part)


def _group(run: str, rubric: str, split: str, verdicts: Sequence[Verdict]) -> Group:
    side: Side = SIDES.get(rubric, "other")
    states = Counter(verdict.state for verdict in verdicts)
    counts = Counter(verdict.label for verdict in verdicts if verdict.label is not None)
    labels = _labels(rubric, counts)
    return Group(
        run=run,
        rubric=rubric,
        side=side,
        split=split,
        items=len(verdicts),
        counts={label: counts[label] for label in labels},
        abstained=states["abstained"],
        unscored=states["unscored"],
        reasons=dict(
            Counter(v.reason or "no reason given" for v in verdicts if v.state == "unscored").most_common(5)
        ),
        certified=sum(v.state == "verdict" and v.calibration is not None for v in verdicts),
        rates=judged_rates(verdicts, labels, TOGETHER[side]),
    )


def _labels(rubric: str, seen: Iterable[str]) -> list[str]:
    """The rubric's own labels in its own order, then any others that occur (a user's rubric is not at hand)."""
    known = list(load_rubric(rubric).labels) if rubric in shipped_rubrics() else []
    return [*known, *sorted(set(seen) - set(known))]


def _answers(groups: Sequence[Group]) -> bool | None:
    keep = next((group for group in groups if group.side == "keep" and not group.split), None)
    return None if keep is None else keep.rates["answered"].middle >= ANSWERS_AT_LEAST


def _claim(run: Run, certified: bool) -> str:
    if not certified:
        return "judge's opinion only: not calibrated against people"
    certificate = (run.calibration or {}).get("certificate") or {}
    agreement, delta = certificate.get("agreement"), certificate.get("delta")
    if agreement is None:
        return "calibrated against people"
    return (
        f"agrees with people at least {agreement:.0%} of the time where it gives a verdict "
        f"(wrong with probability at most {delta:g})"
    )
