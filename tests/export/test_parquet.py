"""The table as Parquet: every row, and columns that do not hang on what they hold."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as parquet
import pytest

import judgekit as jk
from judgekit.export.table import MEANINGS, SCHEMA
from judgekit.records import Evidence, EvidenceRow, ItemResult
from tests.export.made import ABSTAINED, EVERY, folder, result


def test_every_row_stands_beside_its_texts(tmp_path: Path) -> None:
    table = parquet.read_table(jk.export(folder(tmp_path / "run"), tmp_path / "v.parquet"))
    rows = table.to_pylist()
    assert [row["id"] for row in rows] == ["1", "2", "3", "4"]
    assert [row["state"] for row in rows] == ["verdict", "abstained", "unscored", "verdict"]
    assert [row["label"] for row in rows] == ["leaked", None, None, "wrong"]
    assert rows[1]["outputs"] == ["=1+1"] and rows[2]["outputs"] == ["Bell \x07 and \ufffd."]
    assert rows[3]["human"] == ["wrong"] and rows[0]["references"] == ["Ghent"]
    assert [
        (one["tier"], one["label"], one["probability"], one["reason"]) for one in rows[0]["opinions"]
    ] == [
        ("lexical", "leaked", 0.75, None),
        ("lexical", "wrong", 0.25, None),
        ("small", None, None, "no answer"),
    ]


@pytest.mark.parametrize("results", [[], EVERY, [result("1", ABSTAINED)]], ids=len)
def test_types_do_not_hang_on_what_rows_hold(tmp_path: Path, results: list[ItemResult]) -> None:
    out = jk.export(folder(tmp_path / "run", results), tmp_path / "v.parquet")
    assert parquet.read_schema(out).equals(SCHEMA)
    assert parquet.read_schema(out).metadata[b"schema"] == b"judgekit.table/1"
    assert parquet.read_table(out).num_rows == len(results)


def test_labels_of_two_rubrics_do_not_merge_into_one_struct(tmp_path: Path) -> None:
    rows = []
    for name, labels in (("forgetting", ("leaked", "wrong")), ("utility", ("correct", "refused"))):
        item, evidence, verdict = (one := result(name, ABSTAINED)).item, one.evidence, one.verdict
        tiers = {"t": Evidence(probs=dict.fromkeys(labels, 0.5))}
        row = EvidenceRow(**{**evidence.named, "rubric": name}, tiers=tiers)
        rows.append(ItemResult(item, row, verdict.model_copy(update={"rubric": name})))
    found = parquet.read_table(jk.export(folder(tmp_path / "run", rows), tmp_path / "v.parquet"))
    assert [[one["label"] for one in row] for row in found["opinions"].to_pylist()] == [
        ["leaked", "wrong"],
        ["correct", "refused"],
    ]


def test_a_folder_of_verdicts_alone_has_no_texts(tmp_path: Path) -> None:
    run = folder(tmp_path / "run")
    (run / "items.jsonl").unlink()
    (run / "evidence.jsonl").unlink()
    rows = parquet.read_table(jk.export(run, tmp_path / "v.parquet")).to_pylist()
    assert rows[0]["label"] == "leaked" and rows[0]["question"] is None and rows[0]["opinions"] == []


def test_every_column_is_explained() -> None:
    assert list(MEANINGS) == SCHEMA.names
