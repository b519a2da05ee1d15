"""The manual says what the commands do."""

from __future__ import annotations

from tests.cli.reference import PATH, render


def test_the_manual_is_that_of_the_commands() -> None:
    assert PATH.read_text("utf-8") == render(), "docs/cli.md is stale: python -m tests.cli.reference"
