"""What is told to GitHub cannot be taken for a command, and fits where it goes."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from judgekit.cli import github


@settings(deadline=None)
@given(st.text(), st.text())
def test_an_annotation_is_one_line_that_reads_back(title: str, text: str) -> None:
    line = github.annotation(title, text)
    assert "\n" not in line and "\r" not in line
    command, _, message = line.removeprefix("::").partition("::")
    name, _, properties = command.partition(" ")
    assert name == "error" and properties.startswith("title=") and "," not in properties
    assert unescaped(message) == text and unescaped(properties.removeprefix("title=")) == title


def unescaped(text: str) -> str:
    for code, one in (("%3A", ":"), ("%2C", ","), ("%0D", "\r"), ("%0A", "\n"), ("%25", "%")):
        text = text.replace(code, one)
    return text


def test_of_many_annotations_the_last_counts_the_rest(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    github.errors("gate", ["not here"])
    assert capsys.readouterr().err == ""
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    github.errors("gate", [f"condition {k}" for k in range(14)])
    told = capsys.readouterr().err.splitlines()
    assert len(told) == github.MOST and told[-1].endswith("::and 5 more")


def test_a_summary_that_would_not_fit_is_left_out_whole(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "summary.md"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(file))
    github.summarized("a" * (github.ROOM - 3))
    github.summarized("déf")
    assert file.stat().st_size == github.ROOM - 3 and "is full" in capsys.readouterr().err
    github.summarized("dé")
    assert file.read_text("utf-8").endswith("adé")
