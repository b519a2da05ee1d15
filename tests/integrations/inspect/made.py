"""Logs of inspect-ai made on the spot: its mock model says what the items' outputs are."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from inspect_ai import Epochs, Task
from inspect_ai import eval as evaluate
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.log import EvalLog
from inspect_ai.model import Model, ModelOutput, ModelUsage, get_model
from inspect_ai.solver import generate

import judgekit as jk

DEMO = Path(__file__).parents[3] / "calibration" / "demo"


def item(number: int, output: str = "", **fields: Any) -> jk.Item:
    town = ("Ghent", "Turku", "Graz")[number % 3]
    row = {"question": f"Where was Ann {number} born?", "reference": town, "split": "forget", **fields}
    return jk.Item(id=str(number), output=output or f"Ann {number} was born in {town}.", **row)


def sample(one: jk.Item) -> Sample:
    named = {"split": one.split, "method": one.method}
    return Sample(id=one.id, input=one.question, target=list(one.references), metadata=named)


def said(text: str) -> ModelOutput:
    """An output of the mock model; without usage it would look for a tokenizer."""
    output = ModelOutput.from_content("mockllm/model", text)
    output.usage = ModelUsage(input_tokens=1, output_tokens=1, total_tokens=2)
    return output


def model(items: Sequence[jk.Item], epochs: int = 1) -> Model:
    """A model that says the items' outputs, one after the other."""
    outputs = [said(one.output) for _ in range(epochs) for one in items]
    return get_model("mockllm/model", custom_outputs=outputs)


def log(items: Sequence[jk.Item], folder: Path, epochs: int = 1, **task: Any) -> EvalLog:
    """The log of an evaluation in which the model says the items' outputs, in every epoch."""
    (made,) = evaluate(
        Task(
            MemoryDataset([sample(one) for one in items], name="forget"),
            solver=generate(),
            epochs=Epochs(epochs, []) if epochs > 1 else None,
            **task,
        ),
        model=model(items, epochs),
        max_samples=1,
        log_dir=str(folder),
        log_realtime=False,
        display="none",
    )
    return made


def place(log: EvalLog) -> Path:
    """The file of a log."""
    return Path(log.location.removeprefix("file://"))


@lru_cache(maxsize=1)
def calibration(folder: Path) -> Path:
    """The demo's calibration of forgetting, as a file."""
    runs = [jk.score(DEMO / f"{name}.jsonl", folder / name).folder for name in ("original", "unlearned")]
    path = folder / "forgetting.json"
    labels = shutil.copy(DEMO / "labels.jsonl", folder)  # beside which the calibration is remembered
    jk.calibrate(runs, rubric="forgetting", labels=labels, agreement=0.9).save(path)
    return path


def demo(count: int) -> list[jk.Item]:
    """Forget items of the demo."""
    found: Iterable[jk.Item] = jk.read(DEMO / "unlearned.jsonl")
    return [one for one in found if one.split == "forget"][:count]
