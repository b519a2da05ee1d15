"""Any scorer of inspect (inspect-ai) as a judge: it sees a sample with the item's question, output and references."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pydantic import Field

from judgekit.errors import ConfigError, MissingExtra
from judgekit.judges.elsewhere.asking import Entry, ItemBackend, ItemJudge, pointwise
from judgekit.judges.elsewhere.consent import consent, imported
from judgekit.judges.elsewhere.identity import called, digest, source_of
from judgekit.judges.elsewhere.opinion import Opinion
from judgekit.records import Evidence, Item
from judgekit.rubrics import Rubric
from judgekit.runs.budget import Budget

if TYPE_CHECKING:
    from judgekit.judges import Context

_WORKERS = 16
_NOBODY = "none/none"
"""The model that inspect is told the output is of: none that could be asked."""

_MODEL = "INSPECT_EVAL_MODEL"
"""Where inspect looks for a model that a scorer asks and does not name."""


class InspectEntry(Entry):
    """The judge's entry in a cascade file.

    Attributes
    ----------
    scorer : str or Scorer
        A scorer's name in inspect's registry (``match``, ``package/name``), ``package.module:name`` of a function that
        makes one, or in memory the scorer itself.
    args : mapping
        What it is made with.
    """

    scorer: Any
    args: dict[str, Any] = Field(default_factory=dict)


class InspectBackend(ItemBackend):
    """Has a scorer of inspect score items; a score without a value is missing evidence.

    Parameters
    ----------
    scorer : Scorer
        Called with the state of a finished sample and its target.
    entry : InspectEntry
        What the cascade file says of it.
    budget : Budget, optional
        That of the run.
    """

    entry: InspectEntry

    def __init__(self, scorer: Any, entry: InspectEntry, budget: Budget | None = None) -> None:
        super().__init__(entry, budget, _WORKERS)
        self._scorer = scorer
        self._told = entry.version or digest(source_of(scorer))

    def identity(self) -> dict[str, object]:
        """Name and arguments, version or source, and the model that inspect would ask where none is named."""
        named = self.entry.scorer if isinstance(self.entry.scorer, str) else called(self.entry.scorer)
        return {
            "inspect scorer": named,
            "args": json.dumps(self.entry.args, sort_keys=True, default=str),
            "told by": self._told,
            "labels": self.entry.labels,
            "model": os.environ.get(_MODEL, ""),
        }

    async def opinions(self, items: Sequence[Item], rubric: Rubric) -> Sequence[Opinion]:
        """The value of the one item's score."""
        from inspect_ai.model import ChatMessageAssistant, ChatMessageUser, ModelName, ModelOutput
        from inspect_ai.scorer import Target
        from inspect_ai.solver import TaskState

        (item,) = items
        state = TaskState(
            model=ModelName(_NOBODY),
            sample_id=item.id,
            epoch=1,
            input=item.question,
            messages=[ChatMessageUser(content=item.question), ChatMessageAssistant(content=item.output)],
            target=(target := Target(list(item.references))),
            output=ModelOutput.from_content(_NOBODY, item.output),
            completed=True,
            metadata={name: getattr(item, name) for name in ("question_id", "split", "model", "method")},
        )
        score = await self._scorer(state, target)
        if score is None:
            return [None]
        value: Any = score.value
        if isinstance(value, float) and math.isnan(value):  # inspect's sign for a sample that is not scored
            reason = score.reason or score.explanation or "the scorer gave no value"
            return [Evidence.missing(str(reason))]
        return [value]


class InspectJudge(ItemJudge):
    """A scorer of inspect (``judge: inspect``)."""

    kind = "inspect"
    description = "any scorer of inspect (package inspect-ai)"

    @classmethod
    def make_backend(cls, spec: Mapping[str, Any], context: Context) -> ItemBackend:
        """The scorer that the entry names, made with its arguments, or holds."""
        entry = InspectEntry.model_validate(spec)
        pointwise(cls.kind, context.rubric)
        try:
            from inspect_ai.util import registry_create
        except ImportError as error:
            raise MissingExtra("judge 'inspect'", "inspect", error) from None
        if not isinstance(entry.scorer, str):
            return InspectBackend(entry.scorer, entry, context.budget)
        consent(entry.scorer, cls.kind, trusted=context.trusted)
        try:
            if ":" in entry.scorer:
                made = imported(entry.scorer, cls.kind)(**entry.args)
            else:
                made = registry_create("scorer", entry.scorer, **entry.args)
        except (LookupError, TypeError, ValueError) as error:
            raise ConfigError(f"judge 'inspect', scorer '{entry.scorer}': {error}") from None
        return InspectBackend(made, entry, context.budget)
