"""Judges: anything that answers a rubric. ``build_judge`` makes one from its entry in a cascade file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from judgekit.errors import ConfigError
from judgekit.judges.base import Judge
from judgekit.judges.openai.keys import Keys
from judgekit.records import explain
from judgekit.rubrics import Rubric

if TYPE_CHECKING:
    from judgekit.runs.budget import Budget
    from judgekit.runs.store import Store

KINDS = {
    "lexical": "judgekit.judges.lexical:LexicalJudge",
    "openai": "judgekit.judges.annotators:OpenAIJudge",
    "vllm": "judgekit.judges.annotators:VLLMJudge",
    "recorded": "judgekit.judges.recorded:RecordedJudge",
    "human": "judgekit.judges.human:HumanJudge",
}
"""Built-in kinds of judge: name -> ``module:class`` (imported only when used)."""


@dataclass(frozen=True)
class Context:
    """What a judge may need beside its own entry.

    Attributes
    ----------
    rubric : what it is asked. folder : where relative paths start. store, budget : those of the run.
    keys : which keys go where; None: the judge will be asked nothing, as for a plan, and needs none.
    keep_going : go on although every call fails.
    """

    rubric: Rubric
    folder: Path = Path()
    store: Store | None = None
    budget: Budget | None = None
    keys: Keys | None = field(default_factory=Keys.of)
    keep_going: bool = False


def build_judge(spec: Mapping[str, Any], context: Context) -> Judge:
    """Make a judge from its entry in a cascade file.

    The class behind ``spec["judge"]`` is called as ``from_spec(spec without "judge", context)``.

    Raises
    ------
    ConfigError : unknown kind, unknown or wrong key.
    """
    options = dict(spec)
    kind = options.pop("judge", None)
    plugins = {entry.name: entry for entry in entry_points(group="judgekit.judges")}
    if kind in KINDS:
        module, name = KINDS[kind].split(":")
        cls = getattr(import_module(module), name)
    elif kind in plugins:
        cls = plugins[kind].load()
    else:
        raise ConfigError(
            f"unknown judge '{kind}' in the cascade; known: {', '.join([*KINDS, *sorted(plugins)])}"
        )
    try:
        judge: Judge = cls.from_spec(options, context)
    except ValidationError as error:
        raise ConfigError(f"judge '{kind}': {explain(error)}") from None
    return judge
