"""Trying a judge out: what it shows must be what the server does."""

from __future__ import annotations

import asyncio
import random
from typing import Any

import pytest

from judgekit.judges.probe import Probe, check, describe, probe
from judgekit.rubrics import load_rubric
from tests.judges.asking import make_judge, small_rubric, some_items
from tests.judges.server import ChatServer, refusal


def try_out(server: ChatServer, count: int = 10, **spec: Any) -> Probe:
    async def run() -> Probe:
        judge = make_judge(server.url, **spec)
        panel = judge.panel(small_rubric())
        try:
            return await probe(judge.backend, [panel.asks(item, 1) for item in some_items(count)])
        finally:
            await judge.close()

    return asyncio.run(run())


def test_a_sound_server_repeats_itself_and_reports_every_letter() -> None:
    with ChatServer(vllm=True) as server:
        seen = try_out(server)
    assert (seen.asks, seen.answered, seen.changed, seen.difference, seen.errors) == (20, 20, 0, 0.0, {})
    assert seen.exact == 1.0
    assert seen.mass == pytest.approx(0.95)
    assert seen.context_length == 4096
    assert (
        seen.order_inconsistency is not None and seen.order_inconsistency > 0
    )  # its opinions are a hash of the prompt


def test_short_lists_samples_and_noise_are_seen() -> None:
    with ChatServer() as server:
        assert try_out(server, top_logprobs=2).exact == 0.0
        assert try_out(server, samples=9).sampled
        draw = random.Random(0)
        steady = server.opinion
        server.opinion = lambda messages: {k: v * draw.uniform(0.9, 1) for k, v in steady(messages).items()}
        noisy = try_out(server)
    assert 0.001 < noisy.difference < 0.2


def test_reasons_are_counted_and_told() -> None:
    with ChatServer(lambda request, body: refusal(400, "maximum context length is 10 tokens")) as server:
        seen = try_out(server, count=2)
    assert (seen.answered, sum(seen.errors.values())) == (0, 8)
    assert any("8 x prompt too long" in line for line in describe(seen))


def test_the_lines_that_a_person_reads() -> None:
    with ChatServer(vllm=True) as server:
        judge = make_judge(server.url, rubric=load_rubric("forgetting"), annotators={"n": 2, "k": 2})
        lines = asyncio.run(check([judge] * 2, "forgetting", 6))
        assert lines[0] == "small: 6 examples of rubric 'forgetting'"
        assert sum(line.endswith("without evidence") for line in lines) == 1
        judge = make_judge(server.url, rubric=load_rubric("entailment"))
        stressed = asyncio.run(check([judge], "qa", 4, "rulebreakers"))
    assert any("paired_accuracy" in line for line in stressed)
