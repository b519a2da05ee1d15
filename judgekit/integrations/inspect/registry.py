"""What inspect registers when it looks for ``judgekit/…``: the entry point of the group ``inspect_ai``.

inspect puts the package's name before a name by itself, but only where the distribution is called like the package or
lies in ``site-packages``; of an editable installation it would be lost, and metrics could not be computed again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from inspect_ai.scorer import metric, scorer
from inspect_ai.util import registry_info

from judgekit.integrations.inspect import metrics
from judgekit.integrations.inspect import scorer as scorers

F = TypeVar("F", bound=Callable[..., object])


def _named(function: F, decorate: Callable[[str], Callable[[F], F]]) -> F:
    name = function.__name__
    made = decorate(name)(function)
    full = f"judgekit/{name}"
    return made if registry_info(made).name == full else decorate(full)(function)


def _metric(function: F) -> F:
    return _named(function, lambda name: metric(name, scores="unreduced"))


verdict_rates, outcome_rates = _metric(metrics.verdict_rates), _metric(metrics.outcome_rates)
trusted_judge = _named(scorers.trusted_judge, lambda name: scorer([verdict_rates()], name=name))
outcomes = _named(scorers.outcomes, lambda name: scorer([outcome_rates()], name=name))
