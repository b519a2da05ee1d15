"""How well each measure tells models that know from models that do not, as a table."""

from __future__ import annotations

from judgekit.report.comparison.records import Number
from judgekit.report.faithfulness import DISJOINT, Faithfulness
from judgekit.report.render.cells import ABSENT, Table, figure


def faithful(found: Faithfulness | None) -> Table:
    """One row a measure, the best first; without rows where nothing was tested."""
    rows = [
        (
            made.label,
            f"{made.auc:.3f} [{made.low:.2f}–{made.high:.2f}]",
            _by_question(made.by_question),
            f"{made.knowing:,} and {made.ignorant:,}",
            figure(made.least_knowing),
            figure(made.most_ignorant),
        )
        for made in (found.measures if found else ())
    ]
    columns = (
        "Measure",
        "AUC over models",
        "AUC by question",
        "Models",
        "Least that knows",
        "Most that does not",
    )
    note = (
        "AUC: how often a model that knows scores higher than one that does not; 0.5 is a coin, 1 is perfect. Over "
        "models with Newcombe's 95 % limits, which models of one family make look narrower than they are. By question: "
        "the answers of two such models to the same question, limits over which questions were asked; a measure of two "
        "values ties often and cannot reach 1. Every measure is turned so that more means more knowledge."
    )
    if found and found.disjoint:
        note += f" {DISJOINT}."
    return Table("faithfulness", "Is a measure any good?", columns, tuple(rows), note, place="measures")


def _by_question(number: Number) -> str:
    if number.value is None or number.low is None or number.high is None:
        return ABSENT
    return f"{number.value:.3f} [{number.low:.2f}–{number.high:.2f}]"
