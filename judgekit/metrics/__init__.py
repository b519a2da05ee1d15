"""Reference-based measures of the unlearning papers: texts and losses in, numbers out.

`measure_run` gives everything that a run's recorded fields support; the single formulas stand in `overlap`,
`likelihood`, `fluency`, `semantic`, `memorization`, `privacy`, `attack` and `aggregate`; `catalog` says
what each one means.

Here: formulas on texts, losses and recorded fields, and their catalog. Not here: any judge, or intervals.
"""

from judgekit.metrics.aggregate import (
    AGGREGATES,
    forget_efficacy,
    harmonic_mean,
    model_utility_closer_look,
    model_utility_retain_closer_look,
    model_utility_tofu,
)
from judgekit.metrics.catalog import better, catalog
from judgekit.metrics.entry import Entry, Rule
from judgekit.metrics.likelihood import OPEN_UNLEARNING_EPS
from judgekit.metrics.measure import Measure
from judgekit.metrics.recorded import RunMeasures, item_values, measure_run, measure_split

__all__ = [
    "AGGREGATES",
    "OPEN_UNLEARNING_EPS",
    "Entry",
    "Measure",
    "Rule",
    "RunMeasures",
    "better",
    "catalog",
    "forget_efficacy",
    "harmonic_mean",
    "item_values",
    "measure_run",
    "measure_split",
    "model_utility_closer_look",
    "model_utility_retain_closer_look",
    "model_utility_tofu",
]
