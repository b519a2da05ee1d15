"""The verbs as functions, one for each of the command line's, by the same name: what notebooks and pipelines import.

Each is documented where it is made; there is no logic here. A function is imported when it is first used, so that
whoever scores does not wait for what only reports need.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from judgekit.attacks.verb import attack
    from judgekit.calibration.files import calibrate, frontier
    from judgekit.cascade.cost import plan
    from judgekit.cascade.decide import decide
    from judgekit.cascade.spec import load_cascade
    from judgekit.engine.memory import judge, judge_async
    from judgekit.engine.scoring import score, score_async
    from judgekit.export.verb import export
    from judgekit.handover.bundle import bundle
    from judgekit.handover.verify import verify
    from judgekit.judges import described as judges
    from judgekit.labeling.audit import audit
    from judgekit.labeling.label import label
    from judgekit.labeling.outlook import outlook
    from judgekit.labeling.people import people
    from judgekit.labeling.planning import plan_labels
    from judgekit.labeling.queue import queue
    from judgekit.readers import read
    from judgekit.report.verb import gate, report, summarize
    from judgekit.rubrics import described as rubrics
    from judgekit.validation import validate

_WHERE = {
    "attack": "judgekit.attacks.verb:attack",
    "audit": "judgekit.labeling.audit:audit",
    "bundle": "judgekit.handover.bundle:bundle",
    "calibrate": "judgekit.calibration.files:calibrate",
    "decide": "judgekit.cascade.decide:decide",
    "export": "judgekit.export.verb:export",
    "frontier": "judgekit.calibration.files:frontier",
    "gate": "judgekit.report.verb:gate",
    "judge": "judgekit.engine.memory:judge",
    "judge_async": "judgekit.engine.memory:judge_async",
    "judges": "judgekit.judges:described",
    "label": "judgekit.labeling.label:label",
    "load_cascade": "judgekit.cascade.spec:load_cascade",
    "outlook": "judgekit.labeling.outlook:outlook",
    "people": "judgekit.labeling.people:people",
    "plan": "judgekit.cascade.cost:plan",
    "plan_labels": "judgekit.labeling.planning:plan_labels",
    "queue": "judgekit.labeling.queue:queue",
    "read": "judgekit.readers:read",
    "report": "judgekit.report.verb:report",
    "rubrics": "judgekit.rubrics:described",
    "score": "judgekit.engine.scoring:score",
    "score_async": "judgekit.engine.scoring:score_async",
    "summarize": "judgekit.report.verb:summarize",
    "validate": "judgekit.validation:validate",
    "verify": "judgekit.handover.verify:verify",
}

__all__ = [
    "attack",
    "audit",
    "bundle",
    "calibrate",
    "decide",
    "export",
    "frontier",
    "gate",
    "judge",
    "judge_async",
    "judges",
    "label",
    "load_cascade",
    "outlook",
    "people",
    "plan",
    "plan_labels",
    "queue",
    "read",
    "report",
    "rubrics",
    "score",
    "score_async",
    "summarize",
    "validate",
    "verify",
]


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module 'judgekit.api' has no function '{name}'")
    module, function = _WHERE[name].split(":")
    return getattr(import_module(module), function)
