"""How fast the vllm judge asks an engine in its own process, beside the bare engine; prints one JSON object.

    python -m benchmarks.throughput_offline [--items 500] [--rounds 3]

In an environment with vLLM (``make test-engine`` makes one), on the tiny model that the tests use. Five simulated
annotators of about 1,500 tokens of examples each, in both orders, under the rubric *forgetting*. The same prompts
are answered

- by judgekit, from items to evidence (render, key, tokenize, ask, read, combine);
- by one bare ``LLM.generate`` call over their texts, sorted so that the prefix cache serves what they share, and
  once more over their token ids, which spares the engine all tokenizing;
- by the loop of the released code of Jung, Brahman and Choi (``evaluate_calibration_vllm.py``), over the same texts in
  the same engine: an item at a time, one ``LLM.generate`` call an order with the prompts of all annotators, up to five
  tokens with five log-probabilities each. Their code leaves prefix caching to vLLM, whose default was off when it was
  released (2024) and is on today: both are given. (The tiny judge says a letter and ends; their ``[[A]]`` is longer.)

Rounds alternate and the ratio is the median over rounds, since a shared machine drifts. A token is *shareable* where
an earlier prompt of the run began with the same tokens up to and including it; a cache keeps whole blocks only, so the
share is given of all of them and of those in whole blocks.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import os
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from judgekit.judges.annotators import Annotators, ModelJudge
from judgekit.judges.vllm.backend import backend
from judgekit.records import HumanLabel
from judgekit.rubrics import ORDERS, load_rubric
from tests.engine.cases import make_cases
from tests.engine.conftest import ENVIRONMENT, SPEC

ANNOTATORS, K = 5, 30


def throughput(items: int = 500, rounds: int = 3) -> dict[str, Any]:
    """Items a second of every way of asking, their ratios, and what the prefix cache served."""
    os.environ.update(ENVIRONMENT)
    rubric = load_rubric("forgetting")
    with tempfile.TemporaryDirectory() as folder:
        examples = Path(folder, "examples.jsonl")
        with examples.open("w", encoding="utf-8") as file:
            for item, label in make_cases(rubric.name, ANNOTATORS * K + 20, seed=1):
                row = item.model_copy(
                    update={"human": (HumanLabel(annotator="maker", label=label),)}
                ).to_row()
                file.write(json.dumps(row) + "\n")
        return asyncio.run(_measure(rubric.name, examples, items, rounds))


async def _measure(rubric_name: str, examples: Path, n: int, rounds: int) -> dict[str, Any]:
    rubric = load_rubric(rubric_name)
    asked = backend(SPEC)
    judge = ModelJudge("tiny", asked, Annotators(n=ANNOTATORS, k=K, orders=2, examples=examples))
    engine = await asked.engine()
    from vllm import SamplingParams

    llm, chat = engine.llm, engine.chat
    items = [item for item, _ in make_cases(rubric.name, n, seed=2, held=True)]
    prompts = [ask.prompt for item in items for ask in judge.panel(rubric).asks(item, ANNOTATORS)]
    ids, letters = zip(*(chat.token_ids(prompt) for prompt in prompts), strict=True)
    texts = [chat.text(prompt.messages, **chat.options) for prompt in prompts]
    params, asks = engine.sampling(letters[0]), ANNOTATORS * len(ORDERS)
    best = sorted(range(len(prompts)), key=lambda i: texts[i])

    async def ours() -> list[Any]:
        return await judge.evidence(items, rubric, judge.stages)

    async def bare(inputs: Sequence[Any]) -> list[Any]:
        return await engine.call(lambda: llm.generate([inputs[i] for i in best], params, use_tqdm=False))

    async def released(n: int, *, cached: bool) -> None:
        theirs = SamplingParams(temperature=0, max_tokens=5, logprobs=5, skip_reading_prefix_cache=not cached)
        for item in range(n):
            for order in ORDERS:
                panel = texts[item * asks + order : (item + 1) * asks : len(ORDERS)]
                await engine.call(lambda panel=panel: llm.generate(panel, theirs, use_tqdm=False))

    async def rate(run: Callable[[], Any], n: int) -> float:
        await engine.call(llm.reset_prefix_cache)
        begin = time.perf_counter()
        await run()
        return n / (time.perf_counter() - begin)

    as_ids = [{"prompt_token_ids": one} for one in ids]
    await ours()  # warm
    few = min(n, 20)  # without a cache every item costs the same
    rates: dict[str, list[float]] = defaultdict(list)
    for _ in range(rounds):
        rates["judgekit"].append(await rate(ours, n))
        rates["bare_texts"].append(await rate(lambda: bare(texts), n))
        rates["bare_ids"].append(await rate(lambda: bare(as_ids), n))
        rates["released_loop"].append(await rate(lambda: released(n, cached=True), n))
        rates["released_loop_uncached"].append(await rate(lambda: released(few, cached=False), few))
    await engine.call(llm.reset_prefix_cache)
    evidence = await ours()
    cached, total = (
        sum(getattr(one, name) for one in evidence) for name in ("cached_tokens", "prompt_tokens")
    )
    block = llm.llm_engine.vllm_config.cache_config.block_size
    shareable, in_blocks = _shareable([ids[i] for i in best], block)
    identity = asked.identity()
    await judge.close()
    return {
        "benchmark": "throughput_offline",
        "engine": {key: identity[key] for key in ("vllm", "model", "dtype")},
        "items": n,
        "prompts": len(prompts),
        "examples_tokens": min(len(one) for one in ids),
        "items_per_second": {name: round(statistics.median(values), 3) for name, values in rates.items()},
        "ratio_to_bare_texts": _ratio(rates, "bare_texts"),
        "ratio_to_bare_ids": _ratio(rates, "bare_ids"),
        "times_released_loop": _ratio(rates, "released_loop"),
        "times_released_loop_uncached": _ratio(rates, "released_loop_uncached"),
        "prompt_tokens": total,
        "shareable_tokens": shareable,
        "cached_tokens": cached,
        "cached_of_shareable": round(cached / shareable, 4),
        "cached_of_shareable_in_blocks": round(cached / in_blocks, 4),
        "block": block,
        "order_inconsistency": round(statistics.mean(one.order_inconsistency for one in evidence), 3),
    }


def _ratio(rates: dict[str, list[float]], other: str) -> float:
    return round(statistics.median(a / b for a, b in zip(rates["judgekit"], rates[other], strict=True)), 3)


def _shareable(ids: Sequence[Sequence[int]], block: int) -> tuple[int, int]:
    """Tokens that a sorted run's prompts share with the one before, all and in whole blocks."""
    whole = blocks = 0
    for before, now in itertools.pairwise(ids):
        same = next((k for k, (a, b) in enumerate(zip(before, now, strict=False)) if a != b), len(now))
        whole += same
        blocks += same // block * block
    return whole, blocks


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--items", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    print(json.dumps(throughput(arguments.items, arguments.rounds), indent=1))
