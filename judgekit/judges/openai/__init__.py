"""Makes the backend of an OpenAI-compatible judge: one that asks at once, or one that asks in batches."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from judgekit.errors import ConfigError
from judgekit.judges.openai.batch import BatchBackend
from judgekit.judges.openai.chat import OpenAIBackend
from judgekit.judges.openai.keys import Keys
from judgekit.judges.openai.settings import Settings
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
    ConfigError : ``batch`` without a store to note batches in.
    """
    settings = Settings.model_validate(dict(spec))
    if not settings.batch or keys is None:
        return OpenAIBackend(settings, budget, keys)
    if store is None:
        raise ConfigError("batch: true needs a run that keeps its answers")
    return BatchBackend(settings, budget, store, keys)
