"""Rows as Arrow batches: all of them, in order, with texts that Arrow would refuse."""

from __future__ import annotations

from judgekit.frames.schemas import VERDICT, batches, to_table, verdict_row
from judgekit.records import Item, Verdict


def test_batches_hold_every_row_in_order() -> None:
    rows = [verdict_row(Verdict(id=str(number), state="abstained")) for number in range(2500)]
    found = list(batches(iter(rows), VERDICT))
    assert len(found) > 1
    assert [row for batch in found for row in batch.to_pylist()] == rows


def test_a_text_that_utf8_cannot_hold_is_made_whole() -> None:
    item = Item(id="1", question="Where?", references=("\udc80",), outputs=("bad \ud800 text",))
    [row] = to_table(Item, [item]).to_pylist()
    assert row["outputs"] == ["bad \ufffd text"] and row["references"] == ["\ufffd"]
