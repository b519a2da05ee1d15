"""Which original and which retrained model a run is measured against: those of its own base model, or none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from judgekit.report.comparison.per_run import RunValues
from judgekit.report.comparison.roles import Role, role
from judgekit.report.titles import base_model


def baselines(sides: Sequence[RunValues], part: Role) -> Mapping[str, RunValues]:
    """Run name -> the run of the same base model that plays a part, for all that have one.

    Of several (retrained without 1, 5 or 10 % of the authors, or with other seeds) the one whose forget questions are
    most nearly the run's own; the first of those that are alike.
    """
    found: dict[str, list[RunValues]] = {}
    for side in sides:
        if role(side.run) == part:
            found.setdefault(base_model(side.run.model), []).append(side)

    def shared(side: RunValues, other: RunValues) -> float:
        return len(side.asked & other.asked) / len(side.asked | other.asked)

    return {
        side.name: max(own, key=lambda other: shared(side, other))
        for side in sides
        if (own := found.get(base_model(side.run.model)))
    }
