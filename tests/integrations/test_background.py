"""A session for threads that ask one by one: every result is its own, those who wait are judged together."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import judgekit as jk
from judgekit.integrations.background import Background


def item(number: int) -> dict[str, str]:
    output = "In Ghent." if number % 2 else "I don't know."
    return {"id": str(number), "question": f"Where is {number}?", "reference": "In Ghent.", "output": output}


def test_threads_get_their_own_results(monkeypatch: pytest.MonkeyPatch) -> None:
    from judgekit.engine import memory

    blocks: list[int] = []
    real = memory.judge_block

    async def counted(block, *rest):  # type: ignore[no-untyped-def]
        blocks.append(len(block))
        return await real(block, *rest)

    monkeypatch.setattr(memory, "judge_block", counted)
    judges = Background(rubric="forgetting")
    ready = threading.Barrier(8)

    def ask(number: int) -> jk.Verdict:
        ready.wait()
        return judges.judge([item(number)])[0].verdict

    with ThreadPoolExecutor(8) as pool:
        verdicts = list(pool.map(ask, range(8)))
    judges.close()
    assert [verdict.id for verdict in verdicts] == [str(k) for k in range(8)]
    assert {verdict.label for verdict in verdicts[1::2]} == {"leaked"}
    assert {verdict.label for verdict in verdicts[::2]} == {"withheld"}
    assert sum(blocks) == 8


def test_an_error_is_raised_where_it_was_asked_and_the_thread_goes_on() -> None:
    before = set(threading.enumerate())
    judges = Background(rubric="forgetting")
    with pytest.raises(jk.JudgekitError, match="question"):
        judges.judge([{"output": "x"}])
    assert judges.judge([item(1)])[0].verdict.label == "leaked"
    judges.close()
    assert set(threading.enumerate()) <= before


def test_it_knows_what_its_calibrations_promise(tmp_path: Path) -> None:
    items = [jk.Item(**{**item(2 * k + 1), "id": str(k)}) for k in range(120)]
    run = jk.score(items, tmp_path / "run", rubric="forgetting").folder
    (tmp_path / "l.jsonl").write_text(
        "".join(json.dumps({"id": one.id, "label": "leaked"}) + "\n" for one in items)
    )
    made = jk.calibrate(run, labels=tmp_path / "l.jsonl", agreement=0.8)
    made.save(tmp_path / "c.json")
    judges = Background(rubric="forgetting", calibrations=tmp_path / "c.json")
    verdict = judges.judge([item(1)])[0].verdict
    judges.close()
    assert made.certified and judges.promises == {made.fingerprint: made}
    assert verdict.calibration == made.fingerprint
