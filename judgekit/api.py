"""The verbs as functions, one for each of the command line's, by the same name: what notebooks and pipelines import.

Each is documented where it is made; there is no logic here.
"""

from __future__ import annotations

from judgekit.calibration.files import calibrate, frontier
from judgekit.cascade.cost import plan
from judgekit.cascade.decide import decide
from judgekit.cascade.spec import load_cascade
from judgekit.engine.scoring import score
from judgekit.judges import described as judges
from judgekit.labeling.audit import audit
from judgekit.labeling.planning import plan_labels
from judgekit.labeling.queue import queue
from judgekit.readers import read
from judgekit.report.verb import report, summarize
from judgekit.rubrics import described as rubrics
from judgekit.validation import validate

__all__ = [
    "audit",
    "calibrate",
    "decide",
    "frontier",
    "judges",
    "load_cascade",
    "plan",
    "plan_labels",
    "queue",
    "read",
    "report",
    "rubrics",
    "score",
    "summarize",
    "validate",
]
