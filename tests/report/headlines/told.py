"""Summaries of runs with figures of one's choice, for the sentences of the first screen."""

from __future__ import annotations

from collections.abc import Sequence

from judgekit.report.claims.claims import Claim
from judgekit.report.groups import Baseline, Group, RunSummary
from judgekit.report.rates.judged import JudgedRate
from judgekit.rubrics import Side

Share = float | tuple[float, float]
"""An estimate, or what open items leave it between."""


def rate(label: str, share: Share, kind: str = "judge", reach: float = 0.03) -> JudgedRate:
    least, most = share if isinstance(share, tuple) else (share, share)
    low, high = max(least - reach, 0.0), min(most + reach, 1.0)
    value = None if isinstance(share, tuple) else share
    return JudgedRate(label, value, low, high, (least, most), kind, "basis")  # type: ignore[arg-type]


def group(run: str, side: Side, kind: str = "judge", **shares: Share) -> Group:
    rates = {name.replace("_", " "): rate(name, share, kind) for name, share in shares.items()}
    rubric = "forgetting" if side == "forget" else "utility"
    return Group(run, rubric, side, "", 100, {}, 0, 0, {}, 0, rates)


def told(
    name: str,
    *,
    well: Share = 0.8,
    leaked: Share = 0.1,
    degenerate: Share = 0.0,
    correct: Share | None = 0.7,
    answers: bool | None = True,
    baseline: Baseline = "",
    claims: Sequence[Claim] = (),
    kind: str = "judge",
    failed: Sequence[str] = (),
) -> RunSummary:
    groups = [group(name, "forget", kind, leaked=leaked, forgotten_well=well, degenerate=degenerate)]
    if correct is not None:
        groups.append(group(name, "keep", kind, correct=correct, answered=correct))
    claims = claims or [Claim(rubric, "not calibrated", "opinion") for rubric in ("forgetting", "utility")]
    return RunSummary(
        name=name,
        title=name,
        model="",
        method=name,
        settings={},
        source="",
        items=200,
        certified=all(made.stands for made in claims),
        claims=tuple(claims),
        answers=answers,
        groups=tuple(groups),
        tiers=(),
        cost=None,
        measures=(),
        recorded={},
        people=(),
        failed=tuple(failed),
        baseline=baseline,
    )
