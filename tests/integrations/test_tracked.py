"""What trackers keep of a run: figures with limits, the promise in words, a page and a table."""

from __future__ import annotations

from pathlib import Path

import pytest

from judgekit.integrations.tracked import COLUMNS, Tracked
from judgekit.runs.about import CascadeAbout, RunAbout
from tests.export.made import EVERY, SURE, folder, result

pytest.importorskip("matplotlib")
pytest.importorskip("textalloc")

ABOUT = RunAbout(
    cascades={"forgetting": CascadeAbout(labels=("leaked", "partial", "withheld", "wrong", "degenerate"))}
)


def test_rates_have_limits_and_what_is_open_has_no_value(tmp_path: Path) -> None:
    found = Tracked.of(folder(tmp_path / "npo", EVERY, ABOUT), tmp_path)
    figures = found.figures
    assert found.name == "npo"
    counts = [figures[f"forgetting/{name}"] for name in ("items", "verdicts", "abstained", "unscored")]
    assert counts == [4, 2, 1, 1]
    assert "forgetting/leaked" not in figures, "two of four outputs have no verdict: the rate is left open"
    assert figures["forgetting/leaked.low"] <= 0.25 and figures["forgetting/leaked.high"] >= 0.75
    assert found.said["forgetting promise"] == "judge's opinion only: not calibrated against people"
    assert "<html" in found.page.read_text("utf-8") and found.table.stat().st_size


def test_a_rate_that_is_known_has_its_value(tmp_path: Path) -> None:
    rows = [result(str(k), SURE, question=str(k)) for k in range(20)]
    figures = Tracked.of(folder(tmp_path / "run", rows, ABOUT), tmp_path).figures
    assert figures["forgetting/leaked"] == 1.0 and 0.7 < figures["forgetting/leaked.low"] < 1
    assert all(isinstance(value, int | float) for value in figures.values())


def test_rows_hold_texts_that_any_tool_can_keep(tmp_path: Path) -> None:
    rows = [
        dict(zip(COLUMNS, row, strict=True)) for row in Tracked.of(folder(tmp_path / "run"), tmp_path).rows()
    ]
    assert [row["state"] for row in rows] == ["verdict", "abstained", "unscored", "verdict"]
    assert rows[2]["output"] == "Bell \x07 and \ufffd." and rows[0]["confidence"] == 0.75
    assert rows[1]["label"] is None


def test_several_models_are_kept_apart(tmp_path: Path) -> None:
    rows = [result("1", SURE, model="a", method="x"), result("1", SURE, model="b", method="x")]
    figures = Tracked.of(folder(tmp_path / "run", rows, ABOUT), tmp_path).figures
    assert len([name for name in figures if name.endswith("forgetting/items")]) == 2
