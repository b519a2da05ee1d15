"""Other tools asking and scoring prompts through a server; run by ``benchmarks/throughput.py`` in their environment.

    PYTHON -m benchmarks.throughput_tools URL PROMPTS.json CONNECTIONS

``PROMPTS.json`` is a list of chats. Prints one JSON object: prompts a second of inspect-ai, whose model answers every
chat with one token and its log-probabilities and whose scorer compares the answer with a target.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from pathlib import Path


def inspect_ai(url: str, chats: list[list[dict[str, str]]], connections: int) -> float:
    """Prompts a second of an inspect-ai evaluation, its log written as it always does."""
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
        for chat in chats
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
    return len(chats) / elapsed


if __name__ == "__main__":
    os.environ.setdefault("INSPECT_DISPLAY", "none")
    found = json.loads(Path(sys.argv[2]).read_text())
    print(json.dumps({"inspect_ai_prompts_per_s": inspect_ai(sys.argv[1], found, int(sys.argv[3]))}))
