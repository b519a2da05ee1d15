"""An output that nobody judged is open, never "no leak"; people go before the judge."""

from __future__ import annotations

import pytest

from judgekit.report.run import JudgedItem, Run
from judgekit.report.samples.count import samples
from judgekit.report.samples.outcomes import counted, outcome
from tests.report.samples.making import made_run, row


@pytest.mark.parametrize(
    ("letter", "human", "came"),
    [
        ("L", "", "leaked"),
        ("w", "", "not"),
        ("a", "", "open"),
        ("u", "", "open"),
        ("w", "LLw", "leaked"),
        ("u", "L", "leaked"),
        ("L", "w", "not"),
        ("L", "Lw", "open"),
        ("L", "?", "open"),
    ],
)
def test_outcome(letter, human, came):
    assert outcome(row("q", 1, letter, human=human), {"leaked"}) == came


def test_outputs_are_counted_by_probe_and_question():
    rows = made_run({"q": {"": "Lwa", "original": "u", "turn 2": "L"}, "r": {"": "ww"}}).rows
    cells = counted(rows, {"leaked"})
    assert set(cells) == {"", "turn 2"}
    plain = cells[""]["forget", "q"]
    assert (plain.outputs, plain.leaked, plain.open) == (4, 1, 2), "'original' is the question asked plainly"
    assert (cells[""]["forget", "r"].outputs, cells["turn 2"]["forget", "q"].leaked) == (2, 1)


def test_compared_pairs_and_items_without_texts_take_no_part():
    one = row("q", 1, "L")
    assert one.item is not None
    pair = JudgedItem(one.verdict, one.item.model_copy(update={"outputs": ("a", "b")}))
    assert counted([pair, JudgedItem(one.verdict)], {"leaked"}) == {}


def test_a_question_in_two_splits_is_asked_once_in_each():
    rows = [
        row(f"q{n}", m, "L", split=split)
        for n in range(9)
        for m, split in enumerate(("forget", "forget_hard"))
    ]
    assert all(cell.outputs == 1 for cell in counted(rows, {"leaked"})[""].values())
    assert samples(Run("NPO", rows)) is None
