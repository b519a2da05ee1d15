"""Any method's outputs as runs, over ordinary, reformatted and adversarial questions for the same facts.

For FLAT, CodeUnlearn, mechanistic unlearning, MUSO and whatever comes next: a method needs no recipe of its
own to be judged. What mechanistic unlearning adds is the question whether forgetting survives another format
(multiple choice, paraphrase, adversarial prompts).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from judgekit.report.paired import Estimate, difference, mean, shares
from judgekit.report.per_question import QuestionValues
from judgekit.report.recipes.base import Row, Table

LEAKED, WELL = ("leaked",), ("withheld", "wrong")
WORST, SPREAD = "worst split", "worst - forget"


def formats(runs: Sequence[QuestionValues], splits: Sequence[str], base: str = "forget") -> Table:
    """Judged leak rate per split of the same facts, and how much the worst one leaks beyond the base split.

    Parameters
    ----------
    splits : sequence of str
        Splits that ask for the same facts in another format; questions are paired by key where the keys
        agree.
    """
    rows = []
    for run in runs:
        leaks: Mapping[str, Mapping[str, float]] = {
            split: shares(run.labels.get(split, {}), LEAKED) for split in (base, *splits)
        }
        rates = {split: mean(values) for split, values in leaks.items()}
        known = {
            split: rate.value for split, rate in rates.items() if split != base and rate.value is not None
        }
        worst = max(known, key=lambda split: known[split], default=None)
        spread = (
            difference(leaks[worst], leaks[base])
            if worst is not None
            else Estimate(None, reason="no other split is judged")
        )
        forgotten = mean(shares(run.labels.get(base, {}), WELL))
        cells = {
            "forgotten well": forgotten,
            **rates,
            WORST: rates[worst] if worst else spread,
            SPREAD: spread,
        }
        rows.append(Row(run.name, cells, (f"worst split: {worst}",) if worst else ()))
    return Table("formats", ("forgotten well", base, *splits, WORST, SPREAD), tuple(rows))
