"""The manual says what the commands do."""

from __future__ import annotations

from pathlib import Path

import judgekit
from judgekit import api
from judgekit.cli import VERBS
from tests.cli.reference import PATH, render

ROOT = Path(__file__).resolve().parents[2]


def test_the_manual_is_that_of_the_commands() -> None:
    assert PATH.read_text("utf-8") == render(), "docs/cli.md is stale: python -m tests.cli.reference"


def test_a_verb_is_whole() -> None:
    """The drill: a module in cli/, its line in VERBS, its function in api and judgekit, its section in docs/cli.md."""
    modules = {
        path.stem
        for path in (ROOT / "judgekit" / "cli").glob("*.py")
        if "\n@click." in (text := path.read_text("utf-8")) and "\ndef command(" in text
    }
    assert modules == set(VERBS), (
        f"judgekit/cli/__init__.py: VERBS and the modules differ in {modules ^ set(VERBS)}"
    )
    manual = PATH.read_text("utf-8")
    tests = "".join(path.read_text("utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    for verb in VERBS:
        assert verb in api.__all__, f"verb '{verb}': judgekit.api has no function of that name"
        assert verb in judgekit.__all__ and callable(getattr(judgekit, verb)), (
            f"verb '{verb}': not in judgekit.api.__all__"
        )
        assert f"\n## judgekit {verb}\n" in manual, f"verb '{verb}': no section in docs/cli.md"
        assert f'"{verb}"' in tests, f"verb '{verb}': no test calls it"


def test_the_lists_are_functions_too() -> None:
    assert judgekit.judges()["lexical"] == judgekit.judges.described()["lexical"] != ""
    assert judgekit.rubrics()["qa"] == ("right", "wrong") == judgekit.rubrics.labels_of("qa")
