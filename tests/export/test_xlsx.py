"""The table as a workbook: no formula, no lost character, and every cut said."""

from __future__ import annotations

import logging
from pathlib import Path

import openpyxl
import pytest

import judgekit as jk
from judgekit.export import xlsx
from judgekit.readers.files.cells import LONGEST, unescaped
from tests.export.made import SURE, folder, result


def sheet(path: Path) -> list[dict]:
    """Rows by column, cells as openpyxl has them."""
    page = openpyxl.load_workbook(path)["verdicts"]
    head, *rows = page.iter_rows()
    return [dict(zip([cell.value for cell in head], row, strict=True)) for row in rows]


def test_texts_stay_texts_and_numbers_numbers(tmp_path: Path) -> None:
    rows = sheet(jk.export(folder(tmp_path / "run"), tmp_path / "v.xlsx"))
    assert rows[1]["outputs"].value == "=1+1" and rows[1]["outputs"].data_type == "s"
    assert unescaped(rows[2]["outputs"].value) == "Bell \x07 and \ud800."
    assert rows[0]["id"].value == "1" and rows[0]["id"].data_type == "s"
    assert rows[0]["confidence"].value == 0.75 and rows[0]["confidence"].data_type == "n"
    assert rows[1]["label"].value is None
    assert rows[0]["opinions"].value == "lexical: leaked 0.75, wrong 0.25\nsmall: no answer"


def test_a_text_that_is_too_long_is_cut_and_said(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    run = folder(tmp_path / "run", [result("1", SURE, output="x" * 40_000), result("2", SURE)])
    with caplog.at_level(logging.WARNING):
        [long, short] = sheet(jk.export(run, tmp_path / "v.xlsx"))
    assert len(long["outputs"].value) <= LONGEST
    assert long["outputs"].value.endswith("[cut here: a cell holds no more]")
    assert short["outputs"].value == "Ghent."
    assert "1 texts are longer" in caplog.text and "Parquet" in caplog.text


def test_more_rows_than_a_sheet_has_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "MOST", 3)
    with pytest.raises(jk.JudgekitError, match="holds 3 rows, and the run has more: use Parquet"):
        jk.export(folder(tmp_path / "run"), tmp_path / "v.xlsx")
    assert not (tmp_path / "v.xlsx").exists()
