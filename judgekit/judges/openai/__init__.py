"""The judge behind an OpenAI-compatible endpoint: what is sent, where, with which key, and what its failures mean.

Here: the transport, at once or in batches, its settings, prices and throttle. Not here: reading a verdict out of an
answer (:mod:`judgekit.judges.reading.verdicts`), or the annotators that are asked (:mod:`judgekit.judges.annotators`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from judgekit.errors import ConfigError

if TYPE_CHECKING:
    from judgekit.judges.openai.chat import OpenAIBackend
    from judgekit.judges.openai.keys import Keys
    from judgekit.runs.budget import Budget
    from judgekit.runs.store import Store


def backend(
    spec: Mapping[str, Any],
    budget: Budget | None = None,
    store: Store | None = None,
    keys: Keys | None = None,
) -> OpenAIBackend:
    """The backend of an ``openai`` judge from its part of the cascade file; without ``keys`` it only tells of itself.

    Raises
    ------
    ConfigError
        ``batch`` without a store to note batches in.
    """
    from judgekit.judges.openai.batch import BatchBackend  # the SDK takes half a second to import
    from judgekit.judges.openai.chat import OpenAIBackend
    from judgekit.judges.openai.settings import Settings

    settings = Settings.model_validate(dict(spec))
    if not settings.batch or keys is None:
        return OpenAIBackend(settings, budget, keys)
    if store is None:
        raise ConfigError("batch: true needs a run that keeps its answers")
    return BatchBackend(settings, budget, store, keys)
