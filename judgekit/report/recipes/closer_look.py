"""Closer Look (Yuan et al. 2025): six measures, Model Utility, Forget Efficacy; ME, IDK+AP and any other
method.
"""

from __future__ import annotations

from collections.abc import Sequence

from judgekit.report.paired import mean, shares
from judgekit.report.per_question import QuestionValues
from judgekit.report.rates.intervals import intervals
from judgekit.report.recipes.base import Row, Table, cell

SIX = (
    "rougeL_recall",
    "probability",
    "truth_ratio_known",
    "token_entropy",
    "cosine_similarity",
    "entailment",
)
AGGREGATES = ("forget_efficacy", "model_utility_closer_look", "model_utility_retain_closer_look")
DEGENERATE = "judged degenerate"

GIBBERISH_AT, EFFICACY_AT = 0.5, 0.7


def closer_look(runs: Sequence[QuestionValues]) -> Table:
    """The six measures on the forget split with the three aggregates, and what judges say of the same
    outputs.

    Forget Efficacy counts gibberish as forgetting, so the judged share of degenerate outputs stands beside
    it, and a run with a high efficacy that is mostly gibberish is told so.
    """
    rows = []
    for run in runs:
        limits, forget = intervals(run), run.measures.splits.get("forget", {})
        cells = {name: limits.get(("forget", name)) or cell(forget.get(name), name) for name in SIX}
        cells |= {n: limits.get(("", n)) or cell(run.measures.overall.get(n), n) for n in AGGREGATES}
        cells[DEGENERATE] = mean(shares(run.labels.get("forget", {}), ["degenerate"]))
        efficacy, gibberish = cells["forget_efficacy"].value, cells[DEGENERATE].value
        notes = (
            ("a high Forget Efficacy by degenerate output is no forgetting",)
            if efficacy is not None
            and gibberish is not None
            and efficacy >= EFFICACY_AT
            and gibberish >= GIBBERISH_AT
            else ()
        )
        rows.append(Row(run.name, cells, notes))
    return Table("closer-look", (*AGGREGATES, *SIX, DEGENERATE), tuple(rows))
