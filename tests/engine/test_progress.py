"""How far a job is, as a person sees it."""

from __future__ import annotations

import asyncio
import io
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import judgekit as jk
from judgekit.engine import progress, scoring
from judgekit.engine.progress import money, progress_bar, states_line
from judgekit.runs.writer import Progress

HALF = Progress(5, 0.5, {"verdict": 3, "abstained": 1, "unscored": 1}, calls=7)


def test_a_line_says_states_and_cost() -> None:
    assert states_line(HALF) == "5 items: 3 verdicts, 1 abstained, 1 unscored, $0.5000"
    assert [money(None), money(0), money(1234.5)] == ["cost unknown", "$0.00", "$1,234.50"]


def test_where_there_is_no_place_for_a_bar_a_line_now_and_then(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def never() -> int:
        raise AssertionError("counted for nobody")

    with progress_bar("run\x1b[2J", never) as tell:
        tell(HALF)
        assert capsys.readouterr().err == "", "ten seconds have not passed"
        monkeypatch.setattr(progress, "_EVERY", 0.0)
        tell(HALF)
        tell(replace(HALF, calls=1))
    line, one = capsys.readouterr().err.splitlines()
    assert line.startswith("run\\x1b[2J: 5 items: 3 verdicts") and line.endswith(", 7 calls")
    assert one.endswith(", 1 call")


def test_on_a_terminal_there_is_a_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "160")
    monkeypatch.setattr(sys, "stderr", shown := Terminal())
    with progress_bar("my [red]run", lambda: 10) as tell:
        tell(HALF)
    assert "my [red]run" in shown.getvalue() and "5/10" in shown.getvalue()
    assert "7 calls, $0.5000 of about $1.00" in shown.getvalue()


def test_in_a_notebook_the_bar_is_html_and_texts_are_escaped(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []

    class Handle:
        def update(self, page: str) -> None:
            shown.append(page)

    ipython = ModuleType("IPython.display")
    ipython.HTML = str  # type: ignore[attr-defined]
    ipython.display = lambda page, display_id: Handle()  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "IPython.display", ipython)
    tell = progress._in_a_notebook("<b>run", 10)
    tell(HALF)
    assert shown[0].startswith('<progress max="10" value="5"></progress> &lt;b&gt;run: 5 of 10 items')


def test_score_tells_its_progress_while_a_block_is_judged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("judgekit.engine.local._TOLD_EVERY", 0.01)
    told: list[Progress] = []

    async def slow(item: jk.Item) -> str:
        await asyncio.sleep(0.1)
        return "right"

    tier: dict[str, Any] = {
        "judge": "function",
        "function": slow,
        "version": "1",
        "price": 0,
        "max_concurrency": 1,
    }
    items = [jk.Item(id=str(i), question="?", references=("a",), outputs=("a",)) for i in range(5)]
    scored = jk.score(items, tmp_path / "run", cascade={"tiers": [tier]}, rubric="qa", report=told.append)
    assert {one.calls for one in told if not one.done} >= {1, 2}
    assert scored.progress.calls == 5 and told[-1].done == 5


def test_progress_is_shown_where_it_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "o.jsonl"
    path.write_text('{"id": "1", "question": "?", "reference": "a", "output": "a"}\n')
    asked: list[tuple[str, int | None]] = []
    real = progress_bar

    def seen(what: str, count: Any) -> Any:
        asked.append((what, count()))
        return real(what, count)

    monkeypatch.setattr(scoring, "progress_bar", seen)
    jk.score(path, tmp_path / "quiet", rubric="qa")
    assert not asked
    jk.score(path, tmp_path / "one", rubric="qa", progress=True)
    items = list(jk.read(path))
    jk.score(items, tmp_path / "two", rubric="qa", progress=True, limit=3)
    jk.score(iter(items), tmp_path / "three", rubric="qa", progress=True)
    assert asked == [("one", 1), ("two", 1), ("three", None)]
