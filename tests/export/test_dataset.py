"""The folder that ``datasets`` opens, whole or not at all."""

from __future__ import annotations

from pathlib import Path

import datasets
import pytest

import judgekit as jk
from tests.export.made import EVERY, folder


def test_load_dataset_opens_it(tmp_path: Path) -> None:
    out = jk.export(folder(tmp_path / "run"), tmp_path / "set")
    loaded = datasets.load_dataset(str(out), cache_dir=str(tmp_path / "cache"))
    assert list(loaded) == ["test"]
    assert loaded["test"]["label"] == ["leaked", None, None, "wrong"]
    assert loaded["test"][0]["opinions"][0] == {
        "tier": "lexical",
        "label": "leaked",
        "probability": 0.75,
        "reason": None,
    }


def test_an_export_is_replaced_and_nothing_else(tmp_path: Path) -> None:
    run, out = folder(tmp_path / "run"), tmp_path / "set"
    jk.export(run, out)
    jk.export(folder(tmp_path / "other", EVERY[:1]), out)
    assert datasets.load_dataset(str(out), cache_dir=str(tmp_path / "cache"))["test"].num_rows == 1
    (out / "notes.txt").write_text("mine")
    for place in (out, tmp_path / "run"):
        before = sorted(path.name for path in place.iterdir())
        with pytest.raises(jk.JudgekitError, match="something else than an exported data set is there"):
            jk.export(run, place, format="dataset")
        assert sorted(path.name for path in place.iterdir()) == before
    assert not list(tmp_path.glob("*.part"))


def test_what_fails_leaves_what_was_there(tmp_path: Path) -> None:
    run, out = folder(tmp_path / "run"), tmp_path / "set"
    jk.export(run, out)
    before = (out / "README.md").read_text()
    with (run / "verdicts.jsonl").open("a") as file:
        file.write("{broken\n")
    with pytest.raises(jk.JudgekitError, match=r"verdicts\.jsonl:5: expected a JSON object a line"):
        jk.export(run, out)
    assert (out / "README.md").read_text() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["run", "set"]
