"""ECO (Liu et al. 2024): how far every text measure is from the model that never saw the data."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean

from judgekit.report.paired import Estimate, difference
from judgekit.report.per_question import QuestionValues
from judgekit.report.recipes.base import Row, Table, cell, plain

TEXT_MEASURES = (
    "rouge1_recall",
    "rougeL_recall",
    "rougeL_f1",
    "exact_match",
    "containment",
    "cosine_similarity",
    "unique_token_ratio",
    "unique_word_ratio",
)
QUALITY = ("forget_quality_raw", "forget_quality_folded")
MEAN_GAP = "mean absolute gap"


def eco(runs: Sequence[QuestionValues], retrained: QuestionValues, split: str = "forget") -> Table:
    """Signed gap to the retrained model in every text measure both have, their mean size, and forget quality.

    Gaps are paired on the questions both runs answered. Forget quality stands in both forms: ECO's code folds
    the truth ratios, TOFU's does not.
    """
    base = retrained.values.get(split, {})
    rows = []
    for run in runs:
        own = run.values.get(split, {})
        gaps: dict[str, Estimate] = {
            name: difference(own[name], base[name])
            if name in own and name in base
            else Estimate(None, reason=f"{name} is not there for both runs")
            for name in TEXT_MEASURES
        }
        known = [abs(gap.value) for gap in gaps.values() if gap.value is not None]
        total = plain(fmean(known) if known else None, len(known), "no text measure in common")
        quality = {name: cell(run.measures.overall.get(name), name) for name in QUALITY}
        rows.append(Row(run.name, {MEAN_GAP: total, **quality, **gaps}))
    note = (
        f"{MEAN_GAP}: over the text measures listed; which ones ECO's own average (ASG) takes is not public, "
        "so the two need not be equal"
    )
    return Table("eco", (MEAN_GAP, *QUALITY, *TEXT_MEASURES), tuple(rows), (note,))
