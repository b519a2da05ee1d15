"""What comes from elsewhere neither steers a terminal, nor runs in a spreadsheet, nor breaks a chart."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from judgekit.display import cell, printable, uncell
from judgekit.errors import InputError
from tests.cli.calling import judgekit
from tests.cli.test_verbs import ROWS

ESCAPE = "\x1b[31mred\x1b]0;title\x07"


@given(st.text())
def test_nothing_printable_steers_a_terminal(text: str) -> None:
    shown = printable(text)
    assert not any((ord(c) < 32 and c not in "\n\t") or 127 <= ord(c) < 160 for c in shown)
    assert printable(shown) == shown


@given(st.text())
def test_no_cell_is_a_formula(text: str) -> None:
    assert not cell(text).startswith(tuple("=+-@\t\r\n＝＋－＠"))
    assert cell(text) in (text, f"'{text}") and uncell(cell(text)) == text


def test_errors_are_printable() -> None:
    assert "\x1b" not in str(InputError(f"no label {ESCAPE}", path="x"))


@pytest.mark.parametrize(
    "method", [r"NPO $\alpha_$", "=HYPERLINK(1)", ESCAPE, "<script>x</script>", "$", "{x}", "%s"]
)
def test_a_report_survives_any_name(method: str, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    for name, told in (("one", method), ("two", "other")):
        rows = "".join(json.dumps(row | {"method": told}) + "\n" for row in ROWS)
        (tmp_path / f"{name}.jsonl").write_text(rows)
        assert judgekit("score", f"{name}.jsonl", cwd=tmp_path).returncode == 0
    done = judgekit(
        "report", "runs/one", "runs/two", "-o", "r.html", "--csv", "r.csv", "--markdown", "r.md", cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    assert "\x1b" not in done.stdout
    assert "<script>x" not in (tmp_path / "r.html").read_text()
    for row in csv.reader(io.StringIO((tmp_path / "r.csv").read_text())):
        assert not any(text[:1] in "=@" and text for text in row)
