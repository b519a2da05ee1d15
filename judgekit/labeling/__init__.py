"""What people are asked, and what their answers show: the label queue, labels joined to items, spot checks."""

from judgekit.labeling.join import Labels, merged
from judgekit.labeling.spotchecks import SpotChecks, spot_checks

__all__ = ["Labels", "SpotChecks", "merged", "spot_checks"]
