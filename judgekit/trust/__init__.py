"""The mathematics of trust: arrays in, arrays out; nothing else of judgekit is imported here.

Read in this order: :mod:`.selective.opinion_pool` (tiers become one opinion), :mod:`.selective.stopping` (candidate
policies), :mod:`.risk` (what is promised), :mod:`.bounds` and :mod:`.selective.fixed_sequence` (what may be promised),
:mod:`.selective.calibrate` (all of it together), :mod:`.selective.policy` (its use); ``docs/guarantee.md`` has the
proofs. Beside them: :mod:`.selective.diagnosis` (why nothing was certified), :mod:`.selective.frontier` (what budgets
buy), :mod:`.selective.outlook` (what labels buy), :mod:`.sample_size` (how many labels), :mod:`.monitoring.audit` and
:mod:`.monitoring.shift` (does it still hold), :mod:`.monitoring.ood` (items unlike any labeled), :mod:`.agreement`
(how far people agree, and whether a judge may replace one), :mod:`.prevalence` (rates over all items;
:mod:`.prevalence.certified`: what a promise says of them).

Here: pure functions on arrays. Not here: names, files, records.
"""

from judgekit.trust.agreement.ceiling import ceiling
from judgekit.trust.at_most import AtMost
from judgekit.trust.monitoring.audit import Audit
from judgekit.trust.monitoring.ood import OodCheck, ood_check
from judgekit.trust.monitoring.shift import Shift, shift_check
from judgekit.trust.prevalence.certified import Certified
from judgekit.trust.prevalence.judged import Judged
from judgekit.trust.prevalence.rates import Rate, rate, rate_difference, rate_ratio
from judgekit.trust.risk import CANNOT_TELL, Agreement, Promise
from judgekit.trust.sample_size import LabelPlan, choose_items, plan_labels
from judgekit.trust.selective.calibrate import NO_SEED, calibrate
from judgekit.trust.selective.certificate import Certificate
from judgekit.trust.selective.diagnosis import Diagnosis, diagnose
from judgekit.trust.selective.frontier import Candidate, frontier
from judgekit.trust.selective.outlook import Buys, Outlook, claimed, outlook
from judgekit.trust.selective.policy import Actions, Decisions, Policy
from judgekit.trust.selective.progress import Ahead, Progress, progress

__all__ = [
    "CANNOT_TELL",
    "NO_SEED",
    "Actions",
    "Agreement",
    "Ahead",
    "AtMost",
    "Audit",
    "Buys",
    "Candidate",
    "Certificate",
    "Certified",
    "Decisions",
    "Diagnosis",
    "Judged",
    "LabelPlan",
    "OodCheck",
    "Outlook",
    "Policy",
    "Progress",
    "Promise",
    "Rate",
    "Shift",
    "calibrate",
    "ceiling",
    "choose_items",
    "claimed",
    "diagnose",
    "frontier",
    "ood_check",
    "outlook",
    "plan_labels",
    "progress",
    "rate",
    "rate_difference",
    "rate_ratio",
    "shift_check",
]
