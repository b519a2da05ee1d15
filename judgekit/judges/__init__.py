"""Judges: anything that answers a rubric. ``build_judge`` makes one from its entry in a cascade file.

Here: one module or package a kind of judge, and what all of them share. Not here: several judges in an order
(:mod:`judgekit.cascade`), or anything about policies and certificates.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from judgekit.errors import ConfigError
from judgekit.extensions import extensions
from judgekit.judges.base import Judge, JudgeKind
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
    "function": "judgekit.judges.elsewhere.function:FunctionJudge",
    "classifier": "judgekit.judges.elsewhere.classifier:ClassifierJudge",
    "inspect": "judgekit.judges.elsewhere.inspect_scorer:InspectJudge",
    "mlflow": "judgekit.judges.elsewhere.mlflow_scorer:MLflowJudge",
}
"""Built-in kinds of judge: name -> ``module:class`` (imported only when used)."""


@dataclass(frozen=True)
class Context:
    """What a judge may need beside its own entry.

    Attributes
    ----------
    rubric : Rubric
        What it is asked.
    folder : Path
        Where relative paths start. store, budget : those of the run.
    keys : Keys | None
        Which keys go where; None: the judge will be asked nothing, as for a plan, and needs none.
    keep_going : bool
        Go on although every call fails.
    trusted : bool
        The entry was written in Python by whoever runs it, so that code which it names may be run; a file's may not
        be before the user has named it too (:mod:`judgekit.judges.elsewhere.consent`).
    """

    rubric: Rubric
    folder: Path = Path()
    store: Store | None = None
    budget: Budget | None = None
    keys: Keys | None = field(default_factory=Keys.of)
    keep_going: bool = False
    trusted: bool = False


def judge_kind(kind: str) -> JudgeKind:
    """The class behind a kind of judge: a built-in one, else that of another package.

    Raises
    ------
    ConfigError
        No such kind, or the package that adds it is broken.
    """
    added = extensions("judgekit.judges")
    if kind in KINDS:
        module, name = KINDS[kind].split(":")
        found: JudgeKind = getattr(import_module(module), name)
    elif kind in added:
        found = added[kind].load(JudgeKind)
    else:
        names = dict.fromkeys([*KINDS, *added])
        raise ConfigError(f"unknown judge '{kind}' in the cascade; known: {', '.join(names)}")
    return found


def described() -> dict[str, str]:
    """Every kind of judge with its one-line description; of one whose package is broken, what is wrong with it."""
    found = {kind: judge_kind(kind).description for kind in KINDS}
    for kind, added in extensions("judgekit.judges").items():
        if kind not in KINDS:
            try:
                found[kind] = f"{judge_kind(kind).description} (package {added.package})"
            except ConfigError as error:
                found[kind] = str(error)
    return found


def build_judge(spec: Mapping[str, Any], context: Context) -> Judge:
    """Make a judge from its entry in a cascade file.

    The class behind ``spec["judge"]`` is called as ``from_spec(spec without "judge", context)``.

    Raises
    ------
    ConfigError
        Unknown kind, unknown or wrong key.
    """
    options = dict(spec)
    kind = str(options.pop("judge", None))
    cls = judge_kind(kind)
    try:
        judge = cls.from_spec(options, context)
    except ValidationError as error:
        raise ConfigError(f"judge '{kind}': {explain(error)}") from None
    if not isinstance(judge, Judge):
        raise ConfigError(f"judge '{kind}': {type(judge).__name__} lacks methods of {Judge.__module__}.Judge")
    return judge
