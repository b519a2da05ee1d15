"""Retraining on T, from accuracies alone: what the relearning attack's own code writes (one CSV a retrained model).

Its files hold an accuracy for each epoch and no answers, so the two models cannot be paired and the interval is that
of two independent samples, which is wider than `relearning.recovery` gives from answers.
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

from scipy.special import ndtri

from judgekit.errors import InputError
from judgekit.metrics.attack import recovery_rate
from judgekit.report.paired import CONFIDENCE, Estimate, mean
from judgekit.report.recipes.base import Row, Table

QUESTIONS = 157
"""Held-out questions of one split, as published (five splits; T is the other four)."""
COLUMNS = ("before", "after", "original after", "recovery rate")

_MODEL, _ACCURACIES = "base_model", "forget_accs_local"
_EPOCH = re.compile(r"(\d+):\s*(?:np\.float\d+\(|tensor\()?([\d.]+(?:e-?\d+)?)")


@dataclass(frozen=True)
class Retrained:
    """A model's accuracy on V by epoch of retraining on T (0: before retraining)."""

    model: str
    accuracies: Mapping[int, float]

    @property
    def best(self) -> float:
        """The maximum over epochs after the first retraining step, as published."""
        after = [accuracy for epoch, accuracy in self.accuracies.items() if epoch > 0]
        return max(after or self.accuracies.values())


def read_rtt(path: str | Path) -> list[Retrained]:
    """The retrained models of one of the attack's CSV files, in order.

    Raises
    ------
    InputError
        The file has not the columns of that code, or a row without an accuracy.
    """
    with Path(path).open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    found = []
    for line, row in enumerate(rows, 2):
        if _ACCURACIES not in row:
            raise InputError(
                f"no column '{_ACCURACIES}'; expected a CSV of the relearning attack", path=path, row=1
            )
        accuracies = {int(epoch): float(value) for epoch, value in _EPOCH.findall(row[_ACCURACIES] or "")}
        if not accuracies:
            raise InputError(f"column '{_ACCURACIES}' holds no epoch with its accuracy", path=path, row=line)
        found.append(Retrained(row.get(_MODEL) or "", accuracies))
    return found


def rtt(
    name: str,
    unlearned: Sequence[Retrained],
    original: Sequence[Retrained],
    questions: int = QUESTIONS,
    level: float = CONFIDENCE,
) -> Table:
    """Recovery rate over splits: mean best accuracy of the unlearned model over that of the original.

    Parameters
    ----------
    unlearned, original : Sequence[Retrained]
        One for each split of V
    questions : int
        Held-out questions of one split.
    """
    if not unlearned or not original:
        raise ValueError(
            "give the retrained unlearned model and the retrained original, at least one split each"
        )
    after, against = (fmean(model.best for model in models) for models in (unlearned, original))
    n, m = questions * len(unlearned), questions * len(original)
    before = [model.accuracies[0] for model in unlearned if 0 in model.accuracies]
    cells = {
        "before": _accuracy(fmean(before), questions * len(before), level)
        if before
        else Estimate(None, reason="epoch 0 is not recorded"),
        "after": _accuracy(after, n, level),
        "original after": _accuracy(against, m, level),
        "recovery rate": ratio(after, n, against, m, level),
    }
    notes = (
        f"accuracies of {len(unlearned)} splits with {questions} questions, no answers: the models are not paired",
        "accuracies are the maximum over epochs, as published: both are a little high",
    )
    return Table("relearning", COLUMNS, (Row(name, cells),), notes)


def _accuracy(accuracy: float, n: int, level: float) -> Estimate:
    hits = round(accuracy * n)
    found = mean({str(i): float(i < hits) for i in range(n)}, level)
    return Estimate(accuracy, found.low, found.high, n)


def ratio(p: float, n: int, q: float, m: int, level: float = CONFIDENCE) -> Estimate:
    """p/q with the log interval of two independent shares, half an answer added to each (Katz 1978; Walter 1975)."""
    value = recovery_rate(p, q)
    if value is None:
        return Estimate(None, reason="the original model answers none of the held-out questions")
    a, b = p * n + 0.5, q * m + 0.5
    error = math.sqrt(1 / a - 1 / (n + 0.5) + 1 / b - 1 / (m + 0.5))
    center, reach = math.log(a / (n + 0.5)) - math.log(b / (m + 0.5)), float(ndtri((1 + level) / 2)) * error
    return Estimate(
        value, min(value, math.exp(center - reach)), max(value, math.exp(center + reach)), min(n, m)
    )
