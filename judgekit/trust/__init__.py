"""The mathematics of trust: arrays in, arrays out; nothing else of judgekit is imported here.

Read in this order: ``evidence`` (tiers become one opinion), ``path`` (candidate cascades), ``promises`` (what is
promised), ``bounds`` and ``testing`` (what may be promised), ``calibrate`` (all of it together), ``policy`` (its
use); ``docs/guarantee.md`` has the proofs. Beside them: ``diagnosis`` (why nothing was certified), ``frontier`` (what
budgets buy), ``planning`` (how many labels), ``audit`` and ``shift`` (does it still hold), ``scope`` (items unlike any
labeled), ``human`` (how far people agree), ``prevalence`` (rates over all items; ``certified``: what a promise says
of them).

Here: pure functions on arrays. Not here: names, files, records.
"""

from judgekit.trust.agreement import ceiling
from judgekit.trust.monitoring.audit import Audit
from judgekit.trust.monitoring.ood import OodCheck, ood_check
from judgekit.trust.monitoring.shift import Shift, shift_check
from judgekit.trust.prevalence.certified import Certified
from judgekit.trust.prevalence.judged import Judged
from judgekit.trust.prevalence.rates import Rate, rate, rate_difference, rate_ratio
from judgekit.trust.risk import Agreement, Promise
from judgekit.trust.sample_size import LabelPlan, choose_items, plan_labels
from judgekit.trust.selective.calibrate import NO_SEED, calibrate
from judgekit.trust.selective.diagnosis import Diagnosis, diagnose
from judgekit.trust.selective.frontier import Candidate, frontier
from judgekit.trust.selective.policy import Actions, Decisions, Policy

__all__ = [
    "NO_SEED",
    "Actions",
    "Agreement",
    "Audit",
    "Candidate",
    "Certified",
    "Decisions",
    "Diagnosis",
    "Judged",
    "LabelPlan",
    "OodCheck",
    "Policy",
    "Promise",
    "Rate",
    "Shift",
    "calibrate",
    "ceiling",
    "choose_items",
    "diagnose",
    "frontier",
    "ood_check",
    "plan_labels",
    "rate",
    "rate_difference",
    "rate_ratio",
    "shift_check",
]
