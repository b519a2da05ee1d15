"""Any scorer of MLflow as a judge: it is run with the item's question as inputs, its output, and its references."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pydantic import Field, ValidationError

from judgekit.errors import ConfigError, MissingExtra
from judgekit.judges.elsewhere.asking import Entry, ItemBackend, ItemJudge, pointwise
from judgekit.judges.elsewhere.consent import consent, imported
from judgekit.judges.elsewhere.identity import digest, source_of
from judgekit.judges.elsewhere.opinion import Opinion, Unreadable
from judgekit.records import Evidence, Item, explain
from judgekit.rubrics import Rubric
from judgekit.runs.budget import Budget

if TYPE_CHECKING:
    from judgekit.judges import Context

_SCORERS = "mlflow.genai.scorers"
_WORKERS = 4


class MLflowEntry(Entry):
    """The judge's entry in a cascade file.

    Attributes
    ----------
    scorer : str or Scorer
        The name of one of MLflow's own (``Correctness``), ``package.module:name`` of a scorer or of a class of
        scorers, or in memory the scorer itself.
    args : mapping
        What a class is made with.
    """

    scorer: Any
    args: dict[str, Any] = Field(default_factory=dict)


class MLflowBackend(ItemBackend):
    """Runs a scorer of MLflow on items, each in a thread; an assessment with an error is missing evidence.

    Parameters
    ----------
    scorer : mlflow.genai.Scorer
        Its ``run`` is called.
    entry : MLflowEntry
        What the cascade file says of it.
    budget : Budget, optional
        That of the run.
    """

    entry: MLflowEntry

    def __init__(self, scorer: Any, entry: MLflowEntry, budget: Budget | None = None) -> None:
        super().__init__(entry, budget, _WORKERS)
        self._scorer = scorer
        self._told = entry.version or digest(_source(scorer))

    def identity(self) -> dict[str, object]:
        """Name, version or source and settings."""
        return {"mlflow scorer": self._scorer.name, "told by": self._told, "labels": self.entry.labels}

    async def opinions(self, items: Sequence[Item], rubric: Rubric) -> Sequence[Opinion]:
        """The value that the scorer gives the one item."""
        (item,) = items
        found = await asyncio.to_thread(
            self._scorer.run,
            inputs={"question": item.question},
            outputs=item.output,
            expectations={"expected_response": item.reference, "references": list(item.references)},
        )
        return [_value(found)]


class MLflowJudge(ItemJudge):
    """A scorer of MLflow (``judge: mlflow``)."""

    kind = "mlflow"
    description = "any scorer of MLflow (package mlflow)"

    @classmethod
    def make_backend(cls, spec: Mapping[str, Any], context: Context) -> ItemBackend:
        """The scorer that the entry names or holds."""
        entry = MLflowEntry.model_validate(spec)
        pointwise(cls.kind, context.rubric)
        os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")  # read when MLflow is first imported
        try:
            from mlflow.genai import scorers
        except ImportError as error:
            raise MissingExtra("judge 'mlflow'", "mlflow", error) from None
        found = entry.scorer
        if isinstance(found, str):
            consent(found, cls.kind, trusted=context.trusted)
            if ":" in found:
                found = imported(found, cls.kind)
            elif (found := getattr(scorers, found, None)) is None:
                raise ConfigError(f"judge 'mlflow': {_SCORERS} has no '{entry.scorer}'")
        if isinstance(found, type):
            try:
                found = found(**entry.args)
            except ValidationError as error:
                raise ConfigError(f"judge 'mlflow', scorer '{entry.scorer}': {explain(error)}") from None
            except (TypeError, ValueError) as error:
                raise ConfigError(f"judge 'mlflow', scorer '{entry.scorer}': {error}") from None
        if not isinstance(found, scorers.Scorer):
            raise ConfigError(f"judge 'mlflow': {type(found).__name__} is no scorer of MLflow")
        return MLflowBackend(found, entry, context.budget)


def _value(found: Any) -> Opinion:
    """What an assessment, or a plain value, says."""
    if isinstance(found, list):
        if len(found) != 1:
            raise Unreadable(f"the scorer gives {len(found)} assessments, expected one")
        (found,) = found
    if (error := getattr(found, "error", None)) is not None:
        return Evidence.missing(f"{error.error_code}: {error.error_message}")
    value: Opinion = found.value if hasattr(found, "rationale") else found
    return value


def _source(scorer: Any) -> str:
    """A scorer's settings, and the source of the function or class behind it."""
    settings = {name: getattr(scorer, name) for name in sorted(type(scorer).model_fields)}
    made_of = getattr(scorer, "_original_func", None) or type(scorer)
    return f"{json.dumps(settings, default=str)}\n{source_of(made_of)}"
