"""A log is opened once to tell what it is, and once to be read; who asks again is given what is known."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow
import pytest
from pyarrow import parquet

import judgekit as jk
from judgekit import readers
from judgekit.errors import EXIT_DONE, EXIT_UNSCORED_LEFT
from judgekit.readers.formats import SHIPPED
from tests.cli.calling import judgekit

TEXT = "A text here."
ROW = {"question": "Who?", "output": TEXT, "reference": TEXT}
TINY = Path(__file__).parent / "formats" / "inspect_ai" / "tiny.eval"


def as_json(content: object) -> Callable[[Path], object]:
    return lambda path: path.write_text(json.dumps(content) + "\n", encoding="utf-8")


FILES: dict[str, tuple[str, Callable[[Path], object]]] = {
    "a.jsonl": ("judgekit", as_json({"id": "1", **ROW})),
    "generations.jsonl": (
        "samples",
        as_json({"prompt": "Who?", "ground_truth": TEXT, "responses": [{"response": TEXT}]}),
    ),
    "TOFU_EVAL.json": (
        "open_unlearning",
        as_json(
            {
                "forget_Q_A_ROUGE": {
                    "agg_value": 1.0,
                    "value_by_index": {"0": {"input": "Who?", "ground_truth": TEXT, "generation": TEXT}},
                }
            }
        ),
    ),
    "eval_log_aggregated.json": (
        "tofu",
        as_json({"eval_log.json": {"avg_gt_loss": [0.5], "generated_text": [["Who?", TEXT, TEXT]]}}),
    ),
    "history.json": ("muse", as_json([{"prompt": "Who?", "gt": TEXT, "response": TEXT}])),
    "forget.json": (
        "rwku",
        as_json(
            {
                "level_1_rouge_l_r": 0.5,
                "results": [{"query": "Who?", "answer": TEXT, "prediction": TEXT}],
            }
        ),
    ),
    "samples_x.jsonl": (
        "lm_eval",
        as_json(
            {
                "doc_id": 0,
                "doc": {"question": "Who?"},
                "target": TEXT,
                "resps": [[TEXT]],
                "filtered_resps": [TEXT],
            }
        ),
    ),
    "pairs.json": ("alpaca_eval", as_json([{"instruction": "Who?", "output": TEXT, "generator": "m"}])),
    "rules.jsonl": (
        "rulebreakers",
        as_json(
            {
                "id": "1_rb",
                "rulebreaker_type": "a",
                "premises": "p",
                "conclusion": "c",
                "label": "true",
                "output": "yes",
            }
        ),
    ),
    "tiny.eval": ("inspect_ai", lambda path: path.write_bytes(TINY.read_bytes())),
    "a.csv": ("table", lambda path: path.write_text("question,output,reference\nWho?,A text,B\n")),
    "rows.jsonl": ("table", as_json(ROW)),
    "a.parquet": (
        "table",
        lambda path: parquet.write_table(pyarrow.table({key: [value] for key, value in ROW.items()}), path),
    ),
}
HOLDS_TOTALS = ("open_unlearning", "rwku", "inspect_ai")
"""Formats whose run-level numbers stand in the file itself: read before its items, and once more."""

_opened: list[str] = []
_watching = False


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    if _watching and event == "open" and isinstance(arguments[0], str | bytes | os.PathLike):
        _opened.append(Path(os.fsdecode(arguments[0])).name)


@pytest.fixture
def opens() -> Any:
    """How often a file of this name was opened since."""
    global _watching
    if not _opened:
        sys.addaudithook(_watch)  # such a hook cannot be taken away
        _opened.append("")
    _opened[1:] = []
    _watching = True
    yield _opened.count
    _watching = False


def test_every_format_is_counted() -> None:
    assert {form for form, _ in FILES.values()} == SHIPPED.keys() - {"hf"}


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("by", ["function", "command"])
def test_scoring_opens_a_log_once_to_look_and_once_to_read(
    tmp_path: Path, opens: Callable[[str], int], name: str, by: str
) -> None:
    form, write = FILES[name]
    path = tmp_path / "log" / name
    path.parent.mkdir()
    write(path)
    assert readers.detect(path) == form
    before = opens(name)
    if by == "function":
        jk.score(path, tmp_path / "run")
    else:
        assert judgekit("score", path, cwd=tmp_path).returncode in (EXIT_DONE, EXIT_UNSCORED_LEFT)
    assert opens(name) - before <= 2 + (form in HOLDS_TOTALS)


def test_a_log_knows_its_format_its_digest_and_its_totals(tmp_path: Path) -> None:
    path = tmp_path / "forget.json"
    FILES["forget.json"][1](path)
    log = readers.log(path, digest=True)
    assert (log.form.name, log.recorded, len(log.digest or "")) == ("rwku", {"level_1_rouge_l_r": 0.5}, 12)
    assert [item.output for item in log.items()] == [TEXT]
    assert readers.log(path).digest is None and readers.log(path, digest=True) == log


def test_a_log_keeps_what_hydra_recorded_near_it(tmp_path: Path) -> None:
    folder = tmp_path / "run7" / "evals"
    (tmp_path / "run7" / ".hydra").mkdir(parents=True)
    (tmp_path / "run7" / ".hydra" / "overrides.yaml").write_text(
        "- trainer=NPO\n- +trainer.args.learning_rate=1e-3\n"
    )
    folder.mkdir()
    path = folder / "answers.jsonl"
    path.write_text(json.dumps({"question": "q", "output": "o"}) + "\n")
    assert readers.log(path).overrides == {"trainer": "NPO", "trainer.args.learning_rate": "1e-3"}
    assert readers.log(path, method="DPO").overrides == {"trainer.args.learning_rate": "1e-3"}
