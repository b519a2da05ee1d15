"""Tables in memory as items: whatever holds the rows, the same items; and what a run was exported to is read back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import datasets
import pyarrow as pa
import pytest

import judgekit as jk
from judgekit.readers import Table
from tests.export.made import EVERY, folder

ROWS = {
    "n": ["a", "b"],
    "prompt": ["Where?", "Who?"],
    "said": ["In Ghent.", ""],
    "gold": [["Ghent", "Gent"], ["Ann Lee"]],
    "method": ["NPO", None],
    "seen": [1.5, None],
}
COLUMNS = {"id": "n", "question": "prompt", "output": "said", "references": "gold"}


def pandas_frame(rows: dict[str, list[Any]]) -> Any:
    return pytest.importorskip("pandas").DataFrame(rows)


def polars_frame(rows: dict[str, list[Any]]) -> Any:
    return pytest.importorskip("polars").DataFrame(rows)


def streamed(rows: dict[str, list[Any]]) -> Any:
    return datasets.Dataset.from_dict(rows).to_iterable_dataset()


FORMS = [
    pandas_frame,
    pytest.param(polars_frame, marks=pytest.mark.integrations),
    pa.table,
    datasets.Dataset.from_dict,
    streamed,
]


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.__name__)
def test_a_table_gives_its_items(form: Callable[..., Any]) -> None:
    first, second = jk.read(form(ROWS), columns=COLUMNS, model="m", split="forget")
    assert (first.id, first.question, first.outputs, first.references) == (
        "a",
        "Where?",
        ("In Ghent.",),
        ("Ghent", "Gent"),
    )
    assert (first.model, first.method, first.split) == ("m", "NPO", "forget")
    assert second.output == "" and second.method == "", "no file's name says what the method is"


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.__name__)
def test_a_table_is_scored(form: Callable[..., Any], tmp_path: Path) -> None:
    scored = jk.score(form(ROWS), tmp_path / "run", columns=COLUMNS, split="forget")
    assert [verdict.id for verdict in scored.verdicts] == ["a", "b"]
    assert [item.question for item in scored.items] == ["Where?", "Who?"]


def test_its_items_are_judged_in_memory() -> None:
    found = jk.judge(jk.read(pa.table(ROWS), columns=COLUMNS, split="forget"))
    assert [one.verdict.id for one in found] == ["a", "b"]
    named = {
        "question": ROWS["prompt"],
        "output": ROWS["said"],
        "split": ["forget"] * 2,
        "seen": ROWS["seen"],
    }
    assert [one.verdict.id for one in jk.judge(pa.table(named))] == ["0", "1"]
    with pytest.raises(jk.JudgekitError, match="which column is the question"):
        jk.judge(pa.table(ROWS))


@pytest.mark.parametrize(
    ("table", "options", "said"),
    [
        (pa.table(ROWS), {"columns": {"question": "promt", "output": "said"}}, "no column 'promt' for question; did you"),
        (pa.table({"question": ["q", None], "output": ["o", "o"]}), {}, r"Table:1: column 'question' \(question\) is empty"),
        (pa.table({"id": ["1", "1"], "question": ["q", "q"], "output": ["o", "o"]}), {}, "the id '1' occurs twice"),
        (pa.table({"question": ["q"], "output": ["o"]}), {"format": "table"}, "'format' says how a file is read; a Table"),
        (datasets.DatasetDict(a=datasets.Dataset.from_dict(ROWS)), {}, r"give one split of it, as in data\['a'\]; splits: a"),
        (pa.table({"question": [], "output": []}), {}, "no items"),
        (pa.chunked_array([["x"]]), {}, "cannot be read as a table"),
    ],
)  # fmt: skip
def test_a_mistake_is_one_line(table: Any, options: dict[str, Any], said: str) -> None:
    with pytest.raises(jk.JudgekitError, match=said) as told:
        list(jk.read(table, **options))
    assert "\n" not in str(told.value)


def test_values_of_several_types_in_a_column_are_one_line() -> None:
    frame = pandas_frame({"question": ["q", 1], "output": ["o", "o"]})
    with pytest.raises(jk.JudgekitError, match=r"DataFrame: cannot be read as a table"):
        list(jk.read(frame))


def test_items_and_paths_are_no_tables() -> None:
    for other in (
        [],
        [jk.Item(id="1", question="q", outputs=("o",))],
        "x.csv",
        Path("x.csv"),
        jk.read(pa.table(ROWS)),
    ):
        assert not isinstance(other, Table)


def test_the_old_name_of_the_argument_still_works(tmp_path: Path) -> None:
    path = tmp_path / "o.csv"
    path.write_text("question,output\nq,o\n")
    with pytest.warns(DeprecationWarning, match="'path' is now called 'source'"):
        assert next(jk.read(path=path)).question == "q"


@pytest.mark.parametrize(("name", "options"), [("v.parquet", {}), ("v", {"format": "hf"})])
def test_an_exported_run_is_read_back(tmp_path: Path, name: str, options: dict[str, Any]) -> None:
    out = jk.export(folder(tmp_path / "run", EVERY[:2]), tmp_path / name)
    names = ("id", "question_id", "question", "references", "outputs", "method", "split")
    found = [[getattr(item, name) for name in names] for item in jk.read(out, **options)]
    assert found == [[getattr(one.item, name) for name in names] for one in EVERY[:2]]


def test_a_folder_saved_to_disk_takes_a_column_map(tmp_path: Path) -> None:
    datasets.Dataset.from_dict(ROWS).save_to_disk(tmp_path / "saved")
    assert [item.output for item in jk.read(tmp_path / "saved", columns=COLUMNS)] == ["In Ghent.", ""]
