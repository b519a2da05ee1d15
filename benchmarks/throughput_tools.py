"""Other tools scoring the same items through a server; run by ``benchmarks/throughput.py`` in their environment.

    PYTHON -m benchmarks.throughput_tools NAME URL ITEMS.json CONNECTIONS

``ITEMS.json`` is a list of objects with ``question``, ``reference``, ``output`` and ``chats`` (judgekit's own prompts
for the item). Each tool does what its documentation shows for such a job, with its cache, log or report as it comes
and as many requests at once as judgekit has. Prints one JSON object: the tool's version, requests made, requests a
second.

*inspect*: inspect-ai's ``eval`` of a task whose samples are the chats, answered with one token and its
log-probabilities, scored by ``match``. *alpaca*: alpaca_eval's ``PairwiseAnnotator`` with its default weighted
annotator (one token, log-probabilities) on output and reference. *deepeval*: ``evaluate`` with ``GEval``, whose
evaluation steps are given, so that it asks once an item.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

Rows = list[dict[str, Any]]


def inspect(url: str, rows: Rows, connections: int) -> tuple[int, float]:
    """Requests made and seconds of an inspect-ai evaluation."""
    from inspect_ai import Task, eval
    from inspect_ai.dataset import MemoryDataset, Sample
    from inspect_ai.model import (
        ChatMessageAssistant,
        ChatMessageSystem,
        ChatMessageUser,
        GenerateConfig,
        get_model,
    )
    from inspect_ai.scorer import match
    from inspect_ai.solver import generate

    kinds = {"system": ChatMessageSystem, "user": ChatMessageUser, "assistant": ChatMessageAssistant}
    samples = [
        Sample(input=[kinds[turn["role"]](content=turn["content"]) for turn in chat], target="A")
        for row in rows
        for chat in row["chats"]
    ]
    asked = GenerateConfig(
        max_tokens=1, temperature=0, logprobs=True, top_logprobs=20, max_connections=connections
    )
    model = get_model("openai-api/local/tiny", base_url=url, api_key="none", config=asked)
    task = Task(dataset=MemoryDataset(samples), solver=generate(), scorer=match())
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        (log,) = eval(task, model=model, log_dir=folder, display="none", max_samples=connections)
        elapsed = time.perf_counter() - started
    assert log.status == "success", log.error
    return len(samples), elapsed


def alpaca(url: str, rows: Rows, connections: int) -> tuple[int, float]:
    """Requests made and seconds of an alpaca_eval annotation."""
    os.environ["OPENAI_API_KEY"] = "none"
    import yaml
    from alpaca_eval.annotators import PairwiseAnnotator
    from alpaca_eval.constants import EVALUATORS_CONFIG_DIR

    name = "weighted_alpaca_eval_gpt4_turbo"
    config = yaml.safe_load((EVALUATORS_CONFIG_DIR / name / "configs.yaml").read_text())
    config[name]["prompt_template"] = str(EVALUATORS_CONFIG_DIR / config[name]["prompt_template"])
    config[name]["completions_kwargs"] |= {
        "openai_api_base": url,
        "num_procs": connections,
        "price_per_token": 0,
    }
    pairs = [
        {"instruction": row["question"], "output_1": row["reference"], "output_2": row["output"]}
        for row in rows
    ]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "judge" / "configs.yaml"
        path.parent.mkdir()
        path.write_text(yaml.safe_dump(config))
        annotator = PairwiseAnnotator(annotators_config=path)
        started = time.perf_counter()
        found = annotator.annotate_pairs(pairs)
        elapsed = time.perf_counter() - started
    assert all(1 <= one["preference"] <= 2 for one in found), found[0]
    return len(pairs), elapsed


def deepeval(url: str, rows: Rows, connections: int) -> tuple[int, float]:
    """Requests made and seconds of a deepeval evaluation."""
    os.environ |= {"DEEPEVAL_TELEMETRY_OPT_OUT": "YES", "DEEPEVAL_NO_INSPECT_PROMPT": "1"}
    from deepeval import evaluate
    from deepeval.evaluate.configs import AsyncConfig, DisplayConfig
    from deepeval.metrics import GEval
    from deepeval.models import OpenAIModel
    from deepeval.test_case import LLMTestCase, SingleTurnParams

    params = SingleTurnParams
    metric = GEval(
        name="agreement",
        evaluation_steps=["Say whether the actual output states what the expected output states."],
        evaluation_params=[params.INPUT, params.ACTUAL_OUTPUT, params.EXPECTED_OUTPUT],
        model=OpenAIModel(model="gpt-4.1", base_url=url, api_key="none"),
    )
    cases = [
        LLMTestCase(input=row["question"], actual_output=row["output"], expected_output=row["reference"])
        for row in rows
    ]
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        started = time.perf_counter()
        result = evaluate(
            test_cases=cases,
            metrics=[metric],
            async_config=AsyncConfig(max_concurrent=connections),
            display_config=DisplayConfig(show_indicator=False, print_results=False, inspect_after_run=False),
        )
        elapsed = time.perf_counter() - started
    assert len(result.test_results) == len(cases)
    assert all(one.metrics_data[0].score is not None for one in result.test_results), result.test_results[0]
    return len(cases), elapsed


TOOLS = {
    "inspect": ("inspect-ai", inspect),
    "alpaca": ("alpaca_eval", alpaca),
    "deepeval": ("deepeval", deepeval),
}


def main(name: str, url: str, path: str, connections: str) -> None:
    logging.disable(logging.WARNING)
    package, run = TOOLS[name]
    with contextlib.redirect_stdout(sys.stderr):
        requests, seconds = run(url, json.loads(Path(path).read_text(encoding="utf-8")), int(connections))
    found = {"version": version(package), "requests": requests, "requests_per_s": requests / seconds}
    print(json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
