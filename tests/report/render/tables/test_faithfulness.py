"""The table of measures put to the test."""

from __future__ import annotations

from judgekit.report.comparison.records import Number
from judgekit.report.faithfulness import Faithful, Faithfulness
from judgekit.report.render.tables.faithfulness import faithful

NONE = Number(None, None, None, 0)


def test_a_measure_without_values_by_question_says_so_and_keeps_its_place():
    some = Faithful(
        "rougeL_recall", "ROUGE-L recall", 3, 2, 0.8333, 0.41, 0.98, 0.31, 0.46, Number(0.75, 0.7, 0.8, 40)
    )
    none = Faithful("mia_loss", "Membership AUC (loss)", 3, 2, 0.5, 0.1, 0.9, 0.5, 0.5, NONE)
    table = faithful(Faithfulness(("a", "b", "c"), ("d", "e"), (some, none)))
    assert table.place == "measures"
    assert table.rows[0] == (
        "ROUGE-L recall",
        "0.833 [0.41–0.98]",
        "0.750 [0.70–0.80]",
        "3 and 2",
        "0.310",
        "0.460",
    )
    assert table.rows[1][2] == "–"


def test_without_a_test_there_is_no_table():
    assert not faithful(None).rows
