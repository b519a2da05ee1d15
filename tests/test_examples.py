"""The examples in the documentation of the modules print what they say."""

from __future__ import annotations

import doctest
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SHOWING = sorted(
    ".".join(path.relative_to(ROOT).with_suffix("").parts)
    for path in (ROOT / "judgekit").glob("**/*.py")
    if ">>> " in path.read_text("utf-8")
)


@pytest.mark.parametrize("module", SHOWING)
def test_examples(module: str) -> None:
    result = doctest.testmod(import_module(module.removesuffix(".__init__")))
    assert result.attempted > 0 and result.failed == 0
