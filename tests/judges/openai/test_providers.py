"""Anthropic and Gemini through their OpenAI-compatible addresses, by what docs/judges.md says of each."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from judgekit.errors import BudgetSpent, ConfigError
from judgekit.judges.openai.settings import Settings
from judgekit.runs.budget import Budget
from tests.judges.asking import evidence, make_judge, small_rubric, some_items
from tests.judges.openai.providers import Anthropic, Gemini

MANUAL = (Path(__file__).parents[3] / "docs" / "judges.md").read_text("utf-8")


def entry(provider: str) -> dict[str, Any]:
    """The entry that the manual shows for a provider, but for name, model, address, key and price."""
    section = MANUAL.partition(f"### {provider}\n")[2].partition("\n### ")[0].partition("\n## ")[0]
    (tier,) = yaml.safe_load(re.findall(r"```yaml\n(.*?)```", section, re.S)[0])["tiers"]
    address = tier.pop("base_url")
    assert address.startswith("https://"), address
    for key in ("judge", "name", "model", "api_key_env", "price"):
        tier.pop(key)
    return dict(tier)


@pytest.mark.parametrize("takes_temperature", [True, False])
def test_anthropic_is_sampled_one_request_a_sample(takes_temperature: bool) -> None:
    spec = entry("Anthropic")
    with Anthropic(takes_temperature=takes_temperature) as server:
        found = evidence(server.url, some_items(3), **spec)
        asked = server.seen
    samples = spec["samples"]
    assert len(asked) == sum(one.asks for one in found) * samples
    assert {body.get("n") for body in asked} == {1}
    assert not any("temperature" in body for body in asked)
    for one in found:
        assert one.probs and one.mass and one.completion_tokens == one.asks * samples
    assert len({tuple(one.probs.values()) for one in found}) > 1


def test_gemini_is_sampled_up_to_eight_a_request() -> None:
    spec = entry("Gemini")
    with Gemini() as server:
        found = evidence(server.url, some_items(3), **{**spec, "samples": 20})
        asked = [body["n"] for body in server.seen]
    assert all(one.probs for one in found)
    assert sorted(set(asked)) == [4, 8] and sum(asked) == sum(one.asks for one in found) * 20


def test_without_what_the_manual_says_the_reason_is_heard() -> None:
    with Anthropic() as server, pytest.raises(ConfigError, match="n: must be exactly 1"):
        evidence(server.url, some_items(8), samples=5)
    with Anthropic() as server, pytest.raises(ConfigError, match="no log-probabilities in the answer"):
        evidence(server.url, some_items(8))
    with Gemini() as server, pytest.raises(ConfigError, match="Logprobs is not enabled"):
        evidence(server.url, some_items(8))
    with Gemini() as server:
        found = evidence(server.url, some_items(1), samples=4)
    assert not found[0].probs, "all tokens went into thinking"


def test_in_how_many_requests_samples_come_makes_no_other_judge() -> None:
    def fingerprint(**spec: Any) -> str:
        return make_judge("http://localhost:1/v1", **spec).fingerprint(small_rubric())

    assert fingerprint(samples=5) == fingerprint(samples=5, extra_body={"n": 1})
    assert fingerprint(samples=5) != fingerprint(samples=6, extra_body={"n": 1})


def test_a_budget_counts_every_request_of_a_prompt() -> None:
    """The most that the first prompt may cost is set aside before anything is known."""
    price = {"input": 1e6, "output": 0}  # a dollar a token, and no prompt has so few
    with Anthropic() as server, pytest.raises(BudgetSpent):
        evidence(
            server.url, some_items(1), budget=Budget(dollars=1), samples=5, extra_body={"n": 1}, price=price
        )
    assert not server.seen
    assert Settings(model="m", samples=5, extra_body={"n": 1}).requests == 5
    assert Settings(model="m", samples=20, extra_body={"n": 8}).requests == 3


def test_no_request_asks_for_more_samples_than_the_judge_has() -> None:
    with Gemini() as server:
        (found,) = evidence(
            server.url, some_items(1), samples=4, extra_body={"n": 8, "reasoning_effort": "none"}
        )
        assert [sent.get("n") for sent in server.seen] == [4] * found.asks
    with pytest.raises(ValidationError, match="expected 1 or more samples a request"):
        Settings(model="m", samples=4, extra_body={"n": 0})


def test_a_batch_cannot_ask_again() -> None:
    with pytest.raises(ValidationError, match="a batch asks once a prompt, for 1 of 5 samples"):
        Settings(model="m", samples=5, extra_body={"n": 1}, batch=True)
