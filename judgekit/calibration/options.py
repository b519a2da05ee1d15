"""What a calibration is asked for: the options that a pool is drawn for, and that a calibration was made with."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from judgekit.records import Record


class CalibrationOptions(Record):
    """The options of :func:`judgekit.calibration.calibrate.calibrate` that say what is promised, and at what cost.

    Attributes
    ----------
    agreement, delta, per_label, at_most, tolerance, people, group_by, per, max_mean_cost, tries, tiers, costs
        See there.
    """

    agreement: float | None = None
    delta: float = 0.1
    per_label: dict[str, float] = Field(default_factory=dict)
    at_most: dict[str, float] = Field(default_factory=dict)
    tolerance: int = 0
    people: Literal["majority", "random"] = "majority"
    group_by: Literal["split", "model", "method"] | None = None
    per: Literal["question", "item"] = "question"
    max_mean_cost: float | None = None
    tries: int = 1
    tiers: tuple[str, ...] = ()
    costs: dict[str, float] = Field(default_factory=dict)

    @property
    def options(self) -> dict[str, Any]:
        """The same by name, as keyword arguments."""
        return {name: getattr(self, name) for name in CalibrationOptions.model_fields}
