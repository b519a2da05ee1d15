"""The openai judge on a real ``vllm serve`` process, and the whole command line over it."""

from __future__ import annotations

import asyncio
import json
import urllib.request
from pathlib import Path

import pytest
import yaml

from judgekit.judges import Context, build_judge
from judgekit.judges.annotators import Annotators, ModelJudge
from judgekit.judges.base import Judge
from judgekit.judges.vllm.backend import VLLMBackend
from judgekit.records import Evidence, Item
from judgekit.rubrics import Rubric, load_rubric
from tests.engine.cases import make_cases
from tests.engine.conftest import SPEC

pytestmark = pytest.mark.vllm

PANEL = {"n": 2, "k": 3, "orders": 2}


def over_http(url: str, rubric: Rubric, **options: object) -> Judge:
    spec = {
        "judge": "openai",
        "name": "tiny",
        "model": "tiny",
        "base_url": url,
        "annotators": PANEL,
        **options,
    }
    return build_judge(spec, Context(rubric=rubric))


def evidence(judge: Judge, items: list[Item], rubric: Rubric) -> list[Evidence]:
    async def run() -> list[Evidence]:
        try:
            return await judge.evidence(items, rubric, judge.stages)
        finally:
            await judge.close()

    return asyncio.run(run())


@pytest.mark.parametrize("name", ["qa", "forgetting"])
def test_a_server_gives_the_probabilities_that_the_offline_engine_gives(
    server: str, backend: VLLMBackend, name: str
) -> None:
    rubric = load_rubric(name)
    items = [item for item, _ in make_cases(name, 30, seed=31, held=True)]
    through = evidence(over_http(server, rubric), items, rubric)
    inside = asyncio.run(
        ModelJudge("tiny", backend, Annotators.model_validate(PANEL)).evidence(items, rubric, 1)
    )
    for a, b in zip(through, inside, strict=True):
        assert a.probs == pytest.approx(b.probs, abs=2e-3)
        assert a.mass == pytest.approx(b.mass, abs=2e-3)
        assert a.asks == b.asks == 4
    assert sum(one.prompt_tokens or 0 for one in through) == sum(one.prompt_tokens or 0 for one in inside)


def test_a_prompt_the_server_finds_too_long_has_no_evidence_and_a_reason(server: str) -> None:
    rubric = load_rubric("qa")
    items = [item for item, _ in make_cases("qa", 3, seed=5)]
    items[1] = items[1].model_copy(update={"outputs": ("so on " * 5000,)})
    found = evidence(over_http(server, rubric), items, rubric)
    assert [bool(one.probs) for one in found] == [True, False, True]
    assert found[1].reason


def prefix_cache(server: str) -> dict[str, float]:
    """Tokens that the server looked up in its prefix cache, and found."""
    with urllib.request.urlopen(server.removesuffix("/v1") + "/metrics") as page:
        lines = page.read().decode().splitlines()
    return {
        name: sum(
            float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith(f"vllm:prefix_cache_{name}")
        )
        for name in ("queries_total", "hits_total")
    }


def test_what_annotators_share_comes_from_the_servers_prefix_cache(server: str) -> None:
    rubric = load_rubric("forgetting")
    items = [item for item, _ in make_cases("forgetting", 24, seed=6)]
    before = prefix_cache(server)
    found = evidence(over_http(server, rubric), items, rubric)
    after = prefix_cache(server)
    asked, hit = (after[name] - before[name] for name in ("queries_total", "hits_total"))
    assert asked >= sum(one.prompt_tokens or 0 for one in found) > 0
    assert hit > 0.5 * asked


@pytest.mark.parametrize("kind", ["vllm", "openai"])
def test_the_command_line_scores_a_file(kind: str, server: str, backend: VLLMBackend, tmp_path: Path) -> None:
    from judgekit.cli import cli

    cases = make_cases("qa", 40, seed=41, held=True)
    items = tmp_path / "items.jsonl"
    items.write_text("".join(json.dumps(item.to_row()) + "\n" for item, _ in cases))
    own = SPEC if kind == "vllm" else {"model": "tiny", "base_url": server}
    tier = {"judge": kind, "name": "tiny", **own, "annotators": PANEL}
    cascade = tmp_path / "cascade.yaml"
    cascade.write_text(yaml.safe_dump({"rubrics": {"*": "qa"}, "tiers": [tier]}))
    arguments = ["score", str(items), "--cascade", str(cascade), "--out", str(tmp_path / "run")]
    assert not cli.main(arguments, standalone_mode=False)
    (file,) = (tmp_path / "run").rglob("verdicts.jsonl")
    rows = [json.loads(line) for line in file.read_text().splitlines()]
    assert [row["id"] for row in rows] == [item.id for item, _ in cases]
    right = sum(row["label"] == label for row, (_, label) in zip(rows, cases, strict=True))
    assert all(row["state"] == "verdict" for row in rows) and right >= 36
