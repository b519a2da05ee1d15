"""A finished run of items that came from no file is told from one of other items, too."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from judgekit import api
from judgekit.records import HumanLabel, Item
from judgekit.runs.occupied import Occupied
from tests.judges.asking import some_items


def named(name: str, count: int = 4) -> list[Item]:
    return [item.model_copy(update={"outputs": (f"{name}.",)}) for item in some_items(count)]


def table(items: list[Item]) -> object:
    return pd.DataFrame([{"id": item.id, "question": item.question, "output": item.output} for item in items])


def score(items: object, folder: Path, **options: object) -> bytes:
    api.score(items, folder, rubric="forgetting", **options)  # type: ignore[arg-type]
    return (folder / "items.jsonl").read_bytes()


@pytest.mark.parametrize("form", [list, iter, table])
def test_other_items_replace_no_finished_run(form: Callable[[list[Item]], object], tmp_path: Path) -> None:
    before = score(form(named("one")), tmp_path / "run")
    for other, said in (
        (named("two"), r"other items \(number 1 is another than 'i0'\)"),
        (named("one", 3), "4 items, not 3"),
    ):
        with pytest.raises(Occupied, match=f"a finished run is there, of {said}.*--replace"):
            score(form(other), tmp_path / "run")
        assert (tmp_path / "run" / "items.jsonl").read_bytes() == before
    assert score(form(named("one")), tmp_path / "run") == before
    assert score(form(named("one", 6)), tmp_path / "run").startswith(before)
    assert score(form(named("two")), tmp_path / "run", replace=True) != before


def test_labels_and_limits_make_no_other_items(tmp_path: Path) -> None:
    items = named("one")
    items[1] = items[1].model_copy(
        update={"question": "Wo? \ud800 \u2028", "metadata": {"loss": float("nan")}}
    )
    score(items, tmp_path / "run")
    labeled = [
        item.model_copy(update={"human": (HumanLabel(annotator="a", label="leaked"),)}) for item in items
    ]
    score(labeled, tmp_path / "run")
    assert score(items, tmp_path / "run", limit=2).count(b"\n") == 2


def test_a_file_replaces_no_run_of_items_and_items_none_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "items.jsonl"
    path.write_text("".join(json.dumps(item.to_row()) + "\n" for item in named("one")))
    score(named("one"), tmp_path / "run")
    with pytest.raises(Occupied, match="of items that were given without a file"):
        score(path, tmp_path / "run")
    score(path, tmp_path / "of a file")
    with pytest.raises(Occupied, match=r"of .*items\.jsonl"):
        score(named("one"), tmp_path / "of a file")


def test_items_that_cannot_be_read_any_more_are_written_again(tmp_path: Path) -> None:
    whole = score(named("one"), tmp_path / "run")
    (tmp_path / "run" / "items.jsonl").write_bytes(whole[:150])
    assert score(named("one"), tmp_path / "run") == whole
