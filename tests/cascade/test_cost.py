"""What a job would take, said before it is spent; what nobody knows is said to be unknown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import judgekit as jk
from judgekit import judges
from judgekit.cascade.cost import estimate
from judgekit.cli import cli
from judgekit.extensions import Extension
from judgekit.judges.base import Need
from judgekit.rubrics import Rubric

ITEMS = [
    jk.Item(id=str(k), question=f"q{k}", references=("r",), outputs=("o",), split="forget")
    for k in range(500)
]


class Foreign:
    """A judge of another package, which says nothing of itself that it need not."""

    description = "of another package"
    stages = 1

    def __init__(self, name: str) -> None:
        self.name = name

    @classmethod
    def from_spec(cls, spec: Mapping[str, Any], context: judges.Context) -> Foreign:
        return cls(spec.get("name", "foreign"))

    def fingerprint(self, rubric: Rubric) -> str:
        return "f"

    async def evidence(self, items: Sequence[jk.Item], rubric: Rubric, stage: int) -> list[jk.Evidence]:
        return [jk.Evidence(probs={rubric.labels[0]: 1.0})] * len(items)

    async def close(self) -> None:
        pass


class Telling(Foreign):
    """One that says what it needs and which questions it shows."""

    def need(self, items: Sequence[jk.Item], rubric: Rubric, stage: int) -> Need:
        return Need(calls=3 * len(items), tokens=30 * len(items), cost=0.5 * len(items))

    def shown(self, rubric: Rubric) -> set[str]:
        return {"an example"}


@pytest.fixture
def cascade(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    def installed(group: str) -> dict[str, Extension]:
        kinds = {kind.lower(): f"{__name__}:{kind}" for kind in ("Foreign", "Telling")}
        return {name: Extension(name, (EntryPoint(name, value, group),)) for name, value in kinds.items()}

    monkeypatch.setattr(judges, "extensions", installed)
    path = tmp_path / "c.yaml"
    path.write_text("tiers: [{judge: lexical}, {judge: telling, name: t}, {judge: foreign, name: f}]\n")
    return path


def test_a_judge_of_another_package_is_planned_at_what_it_says_or_as_unknown(cascade: Path) -> None:
    made = estimate(ITEMS, jk.load_cascade(cascade))
    found = {tier.tier: (tier.calls, tier.tokens, tier.cost) for tier in made.tiers}
    assert found == {"lexical": (0, 0, 0.0), "t": (1500, 15000, 250.0), "f": (None, None, None)}
    assert made.cost is None
    path = cascade.with_name("o.jsonl")
    path.write_text('{"id": "1", "question": "q", "reference": "r", "output": "o"}\n')
    said = CliRunner().invoke(cli, ["plan", str(path), "--cascade", str(cascade), "--no-prompt"]).output
    assert "unknown" in said and "together cost unknown" in said


def test_its_examples_are_kept_out_of_calibration(cascade: Path) -> None:
    run = cascade.with_name("run")
    jk.score(ITEMS[:3], run, cascade=cascade)
    assert '"an example"' in (run / "run.json").read_text()
