"""inspect-ai: a scorer under a calibrated cascade, and metrics of its scores (``docs/integrations/inspect.md``).

Here: what inspect finds through its entry point, thin over :class:`judgekit.Session`. Not here: reading inspect's logs
(:mod:`judgekit.readers.formats.inspect_ai`) and people's edits in them
(:mod:`judgekit.readers.label_tools.inspect_ai`), or scores for ``precomputed_scores``
(:mod:`judgekit.export.inspect_scores`).
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from judgekit.errors import MissingExtra

if TYPE_CHECKING:
    from judgekit.integrations.inspect.registry import outcome_rates as outcome_rates
    from judgekit.integrations.inspect.registry import outcomes as outcomes
    from judgekit.integrations.inspect.registry import trusted_judge as trusted_judge
    from judgekit.integrations.inspect.registry import verdict_rates as verdict_rates

__all__ = ["outcome_rates", "outcomes", "trusted_judge", "verdict_rates"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
    try:
        return getattr(import_module(f"{__name__}.registry"), name)
    except ModuleNotFoundError as error:
        raise MissingExtra("the scorer for inspect-ai", "inspect", error) from None
