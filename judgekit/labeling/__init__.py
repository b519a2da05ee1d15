"""What people are asked, and what their answers show: the label queue, labels joined to items, spot checks."""

from judgekit.labeling.join import Labels, majority, merged
from judgekit.labeling.promised import Promised
from judgekit.labeling.queue import Task, sample, write_sheet
from judgekit.labeling.spotchecks import SpotChecks, spot_checks, unused

__all__ = [
    "Labels",
    "Promised",
    "SpotChecks",
    "Task",
    "majority",
    "merged",
    "sample",
    "spot_checks",
    "unused",
    "write_sheet",
]
