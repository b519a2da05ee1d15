"""The mathematics of trust: arrays in, arrays out; nothing else of judgekit is imported here."""

from judgekit.trust.calibrate import calibrate
from judgekit.trust.policy import Actions, Decisions, Policy

__all__ = ["Actions", "Decisions", "Policy", "calibrate"]
