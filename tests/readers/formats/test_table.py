"""Tables of any columns, with a column map: every kind is read alike, scored alike, and refused alike."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet
import pytest

from judgekit import api, readers
from judgekit.errors import JudgekitError
from judgekit.validation import examine

ROWS: list[dict[str, Any]] = [
    {
        "prompt": "Where was Ann born?",
        "answer": "Ghent",
        "said": 'In "Ghent",\nI\tthink; yes',
        "part": "forget",
    },
    {"prompt": "Where was Bob born?", "answer": "Turku", "said": "NA", "part": "retain"},
]
COLUMNS = {"question": "prompt", "reference": "answer", "output": "said", "split": "part"}


def csv_text(rows: list[dict[str, Any]], delimiter: str) -> str:
    cells = [list(rows[0]), *([*row.values()] for row in rows)]
    quoted = [['"' + str(cell).replace('"', '""') + '"' for cell in row] for row in cells]
    return "".join(delimiter.join(row) + "\n" for row in quoted)


def columns_of(rows: list[dict[str, Any]]) -> dict[str, list[Any]]:
    return {name: [row[name] for row in rows] for name in rows[0]}


def arrow(path: Path, rows: list[dict[str, Any]], make: Callable[..., Any]) -> None:
    table = pa.Table.from_pylist(rows)
    with make(path, table.schema) as writer:
        writer.write_table(table, max_chunksize=1)


WRITERS: dict[str, Callable[[Path, list[dict[str, Any]]], object]] = {
    "x.csv": lambda path, rows: path.write_text(csv_text(rows, ",")),
    "x.tsv": lambda path, rows: path.write_text(csv_text(rows, "\t")),
    "semicolons.csv": lambda path, rows: path.write_text(csv_text(rows, ";")),
    "x.parquet": lambda path, rows: pa.parquet.write_table(pa.Table.from_pylist(rows), path),
    "file.arrow": lambda path, rows: arrow(path, rows, pa.ipc.new_file),
    "stream.arrow": lambda path, rows: arrow(path, rows, pa.ipc.new_stream),
    "x.json": lambda path, rows: path.write_text(json.dumps(rows, indent=1)),
    "columns.json": lambda path, rows: path.write_text(json.dumps(columns_of(rows))),
    "pandas.json": lambda path, rows: path.write_text(
        json.dumps(
            {name: {str(i): v for i, v in enumerate(of)} for name, of in columns_of(rows).items()}, indent=1
        )
    ),
    "x.jsonl": lambda path, rows: path.write_text("".join(json.dumps(row) + "\n" for row in rows)),
    "no-suffix": lambda path, rows: path.write_text("".join(json.dumps(row) + "\n" for row in rows)),
}


@pytest.fixture(params=WRITERS)
def write(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[..., Path]:
    """Writes rows as one kind of table."""

    def make(rows: list[dict[str, Any]] = ROWS) -> Path:
        path = tmp_path / request.param
        WRITERS[request.param](path, rows)
        return path

    return make


def error_of(path: Path, **options: Any) -> str:
    with pytest.raises(JudgekitError) as caught:
        list(readers.read(path, **options))
    message = str(caught.value)
    assert "\n" not in message and message.startswith(str(path)), message
    return message


def test_a_mapped_setting_is_joined_to_the_method_so_that_settings_do_not_collide(tmp_path: Path) -> None:
    path = tmp_path / "sweep.csv"
    path.write_text("id,question,output,method,lr\n1,q,a,NPO,1e-4\n1,q,b,NPO,1e-5\n2,q,b,NPO,warm\n")
    items = list(readers.read(path, columns={"setting": "lr"}))
    assert [item.method for item in items] == ["NPO lr=1e-4", "NPO lr=1e-5", "NPO warm"]
    assert "the method is said to be 'DPO'" in error_of(path, columns={"setting": "lr"}, method="DPO")
    names = tmp_path / "names.csv"
    names.write_text("run,method\nsweep,DPO\n")
    assert "the method is said to be 'DPO'" in error_of(path, columns={"setting": "lr"}, names=names)


@pytest.mark.parametrize(
    ("setting", "method"),
    [
        ("beta=0.1 lr=1e-4", "NPO beta=0.1 lr=1e-4"),
        ("lr 1e-4", "NPO lr 1e-4"),
        ("zero-shot", "NPO"),
        ("0.5", "NPO"),
        ("few-shot lr=1e-4", "NPO"),
        ("", "NPO"),
    ],
)
def test_a_column_called_setting_is_joined_only_where_it_reads_as_settings(
    tmp_path: Path, setting: str, method: str
) -> None:
    path = tmp_path / "t.csv"
    path.write_text(f"question,output,method,setting\nq,a,NPO,{setting}\n")
    assert [item.method for item in readers.read(path)] == [method]
    assert [item.method for item in readers.read(path, method="GA")] == ["GA"]


@pytest.mark.parametrize("form", ["table", "hf"])
def test_every_kind_of_table_is_read_by_its_map(write: Callable[..., Path], form: str) -> None:
    items = list(readers.read(write(), format=form, columns=COLUMNS))
    assert [(one.id, one.question, one.reference, one.output, one.split) for one in items] == [
        (str(number), *(row[column] for column in COLUMNS.values())) for number, row in enumerate(ROWS)
    ]


def test_every_kind_of_table_is_scored_by_its_map(write: Callable[..., Path], tmp_path: Path) -> None:
    path = write()
    if path.name not in ("columns.json", "pandas.json"):  # an object may be anything: say --format table
        done = api.score(path, tmp_path / "a", columns=COLUMNS)
        assert done.progress.states == {"verdict": 2}
        told = list(examine(path, {"columns": COLUMNS}))
        assert [str(one) for one in told] == ["table, 2 items (forget 1, retain 1)"]
    done = api.score(path, tmp_path / "b", format="table", columns=COLUMNS)
    assert done.progress.states == {"verdict": 2}


def test_columns_of_the_fields_own_names_need_no_map(write: Callable[..., Path]) -> None:
    path = write([{"question": "Who?", "output": "Ann", "reference": "Ann", "loss": 1.5}])
    if path.name in ("columns.json", "pandas.json"):
        assert [item.output for item in readers.read(path, format="table")] == ["Ann"]
    else:
        assert readers.detect(path) == "table"
        assert [item.output for item in readers.read(path)] == ["Ann"]


def test_an_unknown_column_is_named_with_those_there_are(write: Callable[..., Path]) -> None:
    said = error_of(write(), format="table", columns=COLUMNS | {"question": "promt"})
    assert (
        "no column 'promt' for question; did you mean 'prompt'? columns: prompt, answer, said, part" in said
    )
    said = error_of(write(), format="table", columns={"question": "prompt"})
    assert "which column is the output? columns: prompt, answer, said, part" in said


def test_a_missing_value_is_named_with_row_and_column(write: Callable[..., Path]) -> None:
    path = write([*ROWS, {**ROWS[0], "said": None}])
    if path.suffix in (".csv", ".tsv"):
        path.write_text(path.read_text().replace("None", ""))
    place = {".csv": 5, ".tsv": 5, ".jsonl": 3, "": 3}.get(path.suffix, 2)
    said = error_of(path, format="table", columns=COLUMNS)
    assert f"{path}:{place}: column 'said' (output) is empty" in said
    assert [
        one.id
        for one in readers.read(write([{**ROWS[0], "answer": None}, *ROWS]), format="table", columns=COLUMNS)
    ]


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        (
            "x.csv",
            "question,output\nq,nan\n",
            ":2: column 'output' (output) is 'nan': a row needs a value there",
        ),
        ("x.csv", "question,output\n,o\n", ":2: column 'question' (question) is empty"),
        ("x.csv", "id,question,output\n,q,o\n", ":2: column 'id' (id) is empty"),
        ("x.jsonl", '{"question": "q", "output": NaN}\n', ":1: column 'output' (output) is NaN"),
        (
            "x.json",
            '[{"question": "q", "output": "o"}, {"question": "q"}]',
            ":1: column 'output' (output) is empty",
        ),
        (
            "x.jsonl",
            '{"question": "q", "output": {"a": 1}}\n',
            ":1: column 'output' (output): expected a text, found dict",
        ),
        (
            "x.jsonl",
            '{"question": "q", "output": "o", "reference": ["a"]}\n',
            "lists go to --columns references=reference",
        ),
        ("x.csv", "question,output\\n", "there is a first line and no other"),
        ("x.csv", "question,output,output\nq,a,b\n", "the column 'output' stands 2 times"),
        ("x.parquet", "PAR1 cut off", "cannot be read as a table"),
        ("x.arrow", "ARROW1 cut off", "cannot be read as a table"),
        ("x.csv", "prompt,said\nq,o\n", "say what is what: --columns question="),
    ],
)
def test_a_wrong_table_is_one_line(tmp_path: Path, name: str, content: str, expected: str) -> None:
    path = tmp_path / name
    path.write_text(content)
    assert expected in error_of(path)


def test_a_table_whose_column_has_a_name_that_is_no_text_is_one_line(tmp_path: Path) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    path = tmp_path / "x.parquet"
    parquet.write_table(pa.table({"question": ["q"], "columnname": ["o"]}), path, store_schema=False)
    path.write_bytes(path.read_bytes().replace(b"columnname", b"column\xc1ame"))
    assert "cannot be read as a table" in error_of(path)


def test_numbers_of_columns_that_are_not_read_may_be_nan_and_answers_may_be_numbers(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text(
        '{"id": 7, "question": "6*7?", "output": 42, "references": ["42", "forty-two"], "loss": NaN}\n'
    )
    (item,) = readers.read(path, columns={"output": "output"})
    assert (item.id, item.output, item.references) == ("7", "42", ("42", "forty-two"))


@pytest.mark.parametrize(
    ("name", "start", "expected"),
    [
        (
            "x.jsonl",
            '{"id": "1", "question": "q", "output": "o"}\n{"id": "2", "question": "',
            ":2: the line is longer than",
        ),
        ("x.csv", "question,output\nq,o\nq,", ":3: the line is longer than"),
        ("x.csv", 'question,output\nq,o\nq,"', "a cell is longer than"),
        ("x.json", '[{"question": "q", "output": "', ":0: a value is longer than"),
    ],
)
def test_what_is_too_long_is_named_and_never_held(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, start: str, expected: str
) -> None:
    for module in ("documents.lines", "readers.files.jsonfile", "readers.files.tables"):
        monkeypatch.setattr(f"judgekit.{module}.LARGEST", 1 << 20)
    path = tmp_path / name
    lines = "a cell" in expected  # in quotation marks, over many lines
    path.write_text(start + ("word " * 100 + "\n" if lines else "word " * 100) * 8000)
    with pytest.raises(JudgekitError) as caught:
        list(readers.read(path))
    assert expected in str(caught.value) and str(path) in str(caught.value)


def test_cells_longer_than_csv_allows_by_default_are_read(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("question,output\nq," + "the " * 50_000 + "\n")
    (item,) = readers.read(path)
    assert len(item.output) == 200_000


@pytest.mark.parametrize("name", ["x.parquet", "file.arrow", "stream.arrow", "x.csv", "x.jsonl"])
def test_a_large_table_is_never_held(tmp_path: Path, name: str) -> None:
    import tracemalloc

    path = tmp_path / name
    WRITERS[name](path, [{"question": "q", "output": f"{i} " + "word " * 800} for i in range(4000)])  # 16 MB
    tracemalloc.start()
    try:
        assert sum(1 for _ in readers.read(path)) == 4000
        assert tracemalloc.get_traced_memory()[1] < 8e6
    finally:
        tracemalloc.stop()
