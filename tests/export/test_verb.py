"""The verb: which format, which mistakes are one line, and files that belong together."""

from __future__ import annotations

from pathlib import Path

import pytest

import judgekit as jk
from judgekit.export.verb import FORMATS
from tests.docs.blocks import DOCS
from tests.export.made import folder


@pytest.mark.parametrize(
    ("out", "format", "said"),
    [
        (
            "v.txt",
            None,
            r"v\.txt: the ending tells no format; say --format, or end it in \.jsonl \(inspect\), .*or in nothing \(dataset\)",
        ),
        ("v.jsonl", "csv", "unknown format 'csv'; known: inspect, parquet, xlsx, dataset"),
        ("no/v.jsonl", None, "there is no such folder"),
    ],
)
def test_a_mistake_is_one_line(tmp_path: Path, out: str, format: str | None, said: str) -> None:
    run = folder(tmp_path / "run")
    with pytest.raises(jk.JudgekitError, match=said) as told:
        jk.export(run, tmp_path / out, format=format)
    assert "\n" not in str(told.value)
    assert list(tmp_path.iterdir()) == [run]


def test_no_run_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(jk.JudgekitError, match="not a run folder"):
        jk.export(tmp_path, tmp_path / "v.jsonl")


def test_files_of_two_runs_are_refused(tmp_path: Path) -> None:
    run = folder(tmp_path / "run")
    lines = (run / "items.jsonl").read_text().splitlines(keepends=True)
    (run / "items.jsonl").write_text("".join(lines[1:]))
    with pytest.raises(jk.JudgekitError, match=r"items\.jsonl:1: expected the row of verdict '1'"):
        jk.export(run, tmp_path / "v.jsonl")


def test_the_manual_has_every_format() -> None:
    text = (DOCS / "integrations" / "data.md").read_text("utf-8")
    assert all(f"| {name} |" in text for name in FORMATS)
