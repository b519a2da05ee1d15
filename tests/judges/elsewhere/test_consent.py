"""Code that only a cascade file names does not run."""

from __future__ import annotations

import pytest

from judgekit.errors import ConfigError
from judgekit.judges.elsewhere.consent import CODE, consent, imported


@pytest.mark.parametrize("allowed", ["", "other.module", "mine.judges:another", "mine"])
def test_what_a_file_names_needs_a_word_of_its_user(allowed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CODE, allowed)
    with pytest.raises(
        ConfigError, match=f"If you trust it, .*: {CODE}=mine.judges:right in the environment"
    ):
        consent("mine.judges:right", "function", trusted=False)


@pytest.mark.parametrize("allowed", ["mine.judges:right", "other, mine.judges", "other mine.judges:right"])
def test_the_user_may_name_the_object_or_its_module(allowed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CODE, allowed)
    consent("mine.judges:right", "function", trusted=False)


def test_what_was_written_in_python_needs_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(CODE, raising=False)
    consent("mine.judges:right", "function", trusted=True)


def test_an_object_inside_another_is_found_and_a_missing_one_is_named() -> None:
    assert imported("pathlib:Path.cwd", "function").__name__ == "cwd"
    with pytest.raises(ConfigError, match="pathlib:Path.nowhere cannot be loaded: .*nowhere"):
        imported("pathlib:Path.nowhere", "function")
