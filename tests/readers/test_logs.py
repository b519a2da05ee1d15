"""Logs under a folder: which files they are, and what their runs are called."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from judgekit import readers
from judgekit.errors import InputError
from judgekit.readers.logs import holds_logs, logs, name_below, names_of, unique_names
from tests.shared_data import shared

ITEM = json.dumps({"id": "1", "question": "q", "output": "o"}) + "\n"
TEXTS = {"generated_text": {"0": ["q", "o", "r"]}}


def write(path: Path, content: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    return path


def found(folder: Path, **options: object) -> list[str]:
    return [path.relative_to(folder).as_posix() for path in logs(folder, **options).files]  # type: ignore[arg-type]


def test_logs_are_told_from_everything_else(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    write(tmp_path / "b" / "evals" / "out.jsonl", ITEM)
    write(tmp_path / "a" / "eval_log_aggregated.json", json.dumps({"eval_log.json": TEXTS}))
    write(tmp_path / "a" / "eval_log_forget.json", json.dumps(TEXTS))  # repeats what stands beside it
    write(tmp_path / "c" / "eval_log_forget.json", json.dumps(TEXTS))
    write(tmp_path / "table.csv", "question,output\nq,o\n")
    write(tmp_path / "sheet.csv", "id,question,output,annotator,label\n1,q,o,,\n")
    write(tmp_path / "config.json", '{"hidden_size": 8}')
    write(tmp_path / "notes.csv", "just a line\n")
    write(tmp_path / "weights.bin", ITEM)
    write(tmp_path / ".hydra" / "out.jsonl", ITEM)
    write(tmp_path / "__MACOSX" / "out.jsonl", ITEM)
    write(tmp_path / "__models__x" / "out.jsonl", ITEM)
    write(tmp_path / "runs" / "one" / "verdicts.jsonl", "")
    write(tmp_path / "runs" / "one" / "items.jsonl", ITEM)
    write(tmp_path / "empty.json", "")
    assert found(tmp_path) == [
        "table.csv",
        "__models__x/out.jsonl",
        "a/eval_log_aggregated.json",
        "b/evals/out.jsonl",
        "c/eval_log_forget.json",
    ]
    assert logs(tmp_path).others == 4
    assert "empty.json: the file is empty" in caplog.text
    assert found(tmp_path, format="tofu") == ["a/eval_log_aggregated.json", "c/eval_log_forget.json"]
    assert found(tmp_path, columns={"output": "output"}) == [
        "sheet.csv",
        "table.csv",
        "__models__x/out.jsonl",
        "b/evals/out.jsonl",
    ]


def test_a_data_set_saved_to_disk_is_one_source(tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets")
    datasets.Dataset.from_dict({"question": ["q"], "output": ["o"]}).save_to_disk(tmp_path / "in" / "saved")
    write(tmp_path / "in" / "out.jsonl", ITEM)
    assert found(tmp_path) == ["in/saved", "in/out.jsonl"]
    assert not holds_logs(tmp_path / "in" / "saved") and holds_logs(tmp_path)
    assert name_below(tmp_path, tmp_path / "in" / "saved") == "in-saved"


@pytest.mark.parametrize(
    ("log", "name"),
    [
        ("tofu_A_npo/evals/TOFU_EVAL.json", "tofu_A_npo"),
        ("tofu_A_npo/TOFU_EVAL.json", "tofu_A_npo"),
        ("tofu_A_npo/evals/LMEval_EVAL.json", "tofu_A_npo-LMEval_EVAL"),
        ("unlearn/x/checkpoint-5/evals/TOFU_EVAL.json", "unlearn-x-checkpoint-5-TOFU_EVAL"),
        ("x/eval_log_aggregated.json", "x"),
        ("out.jsonl", "out"),
        ("x/forget.json", "x-forget"),
        ("eval_log_aggregated.json", "saves"),
    ],
)
def test_a_run_is_called_by_its_path_alone(log: str, name: str) -> None:
    assert name_below(Path("saves"), Path("saves") / log) == name


def test_files_that_are_called_alike_are_told_apart(tmp_path: Path) -> None:
    def names(*paths: str) -> list[str]:
        return list(names_of(str(write(tmp_path / path, ITEM)) for path in paths).values())

    assert names("a/evals/TOFU_EVAL.json", "b/evals/TOFU_EVAL.json") == ["a", "b"]
    assert names("x/a/TOFU_EVAL.json", "y/a/TOFU_EVAL.json") == ["x-a-TOFU_EVAL", "y-a-TOFU_EVAL"]
    assert names("y/a/TOFU_EVAL.json", "x/a/TOFU_EVAL.json") == ["y-a-TOFU_EVAL", "x-a-TOFU_EVAL"], (
        "in any order"
    )
    assert names("r/one.json", "r/two.json") == ["one", "two"]
    assert names("p/o.jsonl", "q/o.jsonl", "z.jsonl") == ["p-o", "q-o", "z"]
    assert names("d_1/D_EVAL.json", "d_2/D_EVAL.json", "d_2/D_SUMMARY.json") == [
        "d_1",
        "d_2-D_EVAL",
        "d_2-D_SUMMARY",
    ], "a file beside one of them takes no other run's name"
    assert names("a_1/A_EVAL.json", "a_1/A_SUM.json", "a_2/A_EVAL.json", "a_2/A_SUM.json") == [
        "a_1-A_EVAL",
        "a_1-A_SUM",
        "a_2-A_EVAL",
        "a_2-A_SUM",
    ]
    assert unique_names([("1", "a"), ("2", "a"), ("3", "a-2")]) == {"1": "a", "2": "a-2", "3": "a-2-2"}


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    write(tmp_path / "deep" / "in" / "out.jsonl", ITEM)
    with pytest.raises(InputError, match=r"is a folder; did you mean .*deep[/\\]in[/\\]out\.jsonl\?"):
        list(readers.read(tmp_path))


def test_the_recorded_tree() -> None:
    folder = shared("data/outputs")
    assert {name_below(folder, path) for path in logs(folder).files} == {
        *(f"open_unlearning-{path.name}" for path in (folder / "open_unlearning").iterdir()),
        *(f"tofu_original_format-{path.name}" for path in (folder / "tofu_original_format").iterdir()),
    }
