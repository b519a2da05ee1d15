"""What the tests of model judges share: items, and a judge run against a server."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from judgekit.judges import Context
from judgekit.judges.annotators import OpenAIJudge
from judgekit.judges.base import Answer, Ask
from judgekit.judges.openai import backend
from judgekit.judges.openai.chat import OpenAIBackend
from judgekit.judges.openai.keys import Keys
from judgekit.records import Evidence, HumanLabel, Item
from judgekit.rubrics import Label, Rubric, RubricFile
from judgekit.runs.budget import Budget
from judgekit.runs.store import Store

TEMPLATE = """
{% block instruction %}Which letter?
{% for letter, option in options %}({{ letter }}) {{ option }}
{% endfor %}{% endblock %}
{% block item %}{{ output|fence("output") }}{% endblock %}
"""

LABELS = ("leaked", "partial", "withheld", "wrong", "degenerate")


def example(number: int, labels: dict[str, str]) -> Item:
    human = tuple(HumanLabel(annotator=who, label=label) for who, label in labels.items())
    return Item(
        id=f"example-{number}",
        question=f"Example question {number}?",
        outputs=(f"example {number}",),
        human=human,
    )


def small_rubric(labels: tuple[str, ...] = LABELS, examples: int = 20, **file: Any) -> Rubric:
    rows = tuple(
        (example(i, {"": labels[i % len(labels)]}), labels[i % len(labels)]) for i in range(examples)
    )
    described = tuple(Label(name=name, meaning=f"it is {name}") for name in labels)
    return Rubric(RubricFile(name="small", labels=described, **file), TEMPLATE, rows)


def some_items(count: int) -> list[Item]:
    return [Item(id=f"i{n}", question=f"Question {n}?", outputs=(f"Output {n}.",)) for n in range(count)]


def make_judge(
    url: str,
    store: Store | None = None,
    budget: Budget | None = None,
    rubric: Rubric | None = None,
    **spec: Any,
) -> OpenAIJudge:
    options = {"name": "small", "model": "tiny", "base_url": url, "timeout": 5.0, "patience": 5.0, **spec}
    context = Context(
        rubric=rubric or small_rubric(), folder=Path(), store=store, budget=budget, keep_going=True
    )
    judge = OpenAIJudge.from_spec(options, context)
    assert isinstance(judge, OpenAIJudge)
    return judge


def evidence(
    url: str,
    items: list[Item],
    store: Store | None = None,
    budget: Budget | None = None,
    rubric: Rubric | None = None,
    stage: int = 1,
    **spec: Any,
) -> list[Evidence]:
    """Evidence of a fresh judge for items."""
    rubric = rubric or small_rubric()

    async def run() -> list[Evidence]:
        judge = make_judge(url, store, budget, rubric, **spec)
        try:
            return await judge.evidence(items, rubric, stage)
        finally:
            await judge.close()

    return asyncio.run(run())


def answers(
    url: str, asks: list[Ask], budget: Budget | None = None, keys: Sequence[str] = (), **spec: Any
) -> dict[str, Answer]:
    """Answers of a fresh backend to asks, by key."""
    options = {"model": "tiny", "base_url": url, "timeout": 5.0, "patience": 5.0, **spec}

    async def run() -> dict[str, Answer]:
        asked: OpenAIBackend = backend(options, budget, keys=Keys.of(keys))
        try:
            return {ask.key: answer async for ask, answer in asked.answer(asks)}
        finally:
            await asked.close()

    return asyncio.run(run())
