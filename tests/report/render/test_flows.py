from __future__ import annotations

from judgekit.report import load, summarize
from judgekit.report.comparison.records import Flow, Flows
from judgekit.report.render.flows import flow_rubrics, flow_tables
from tests.report.make_runs import FORGET, KEEP, make_run

FORGETTING = Flows(
    first="original",
    second="NPO",
    rubric="forgetting",
    side="forget",
    labels=("leaked", "withheld", "abstained"),
    flows=(Flow("leaked", "leaked", 1200), Flow("leaked", "abstained", 3), Flow("withheld", "withheld", 2)),
    only_first=0,
    only_second=0,
    said=("Of 1,200 outputs that leaked in original, all still leak.",),
)
WITH_UNSCORED = Flows(
    first="original",
    second="GA",
    rubric="forgetting",
    side="forget",
    labels=("leaked", "withheld", "unscored"),
    flows=(Flow("unscored", "leaked", 7),),
    only_first=0,
    only_second=0,
    said=("No output leaked in original.",),
)
UTILITY = Flows(
    "original",
    "NPO",
    "utility",
    "keep",
    ("correct",),
    (Flow("correct", "correct", 5),),
    0,
    0,
    ("None is lost.",),
)

TITLES = {"original": "original", "NPO": "NPO lr 1e-5", "GA": "GA", "a": "a", "b": "b"}


def test_a_row_for_each_label_of_the_first_run_and_a_column_for_each_of_the_second() -> None:
    forgetting, utility = flow_tables([FORGETTING, UTILITY, WITH_UNSCORED], TITLES)
    assert (forgetting.name, utility.name) == ("compare-flows-forgetting", "compare-flows-utility")
    assert {table.place for table in (forgetting, utility)} == {"compare"}
    assert forgetting.columns[:3] == ("Runs", "In the first run", "Items")
    rows = [dict(zip(forgetting.columns, row, strict=True)) for row in forgetting.rows]
    assert [(row["Runs"], row["In the first run"], row["Items"]) for row in rows] == [
        ("original → NPO lr 1e-5", "leaked", "1,203"),
        ("original → NPO lr 1e-5", "withheld", "2"),
        ("original → GA", "unscored", "7"),
    ]
    assert (rows[0]["then leaked"], rows[0]["then withheld"], rows[0]["then abstained"]) == (
        "1,200",
        "0",
        "3",
    )
    assert rows[2]["then leaked"] == "7"


def test_states_without_a_label_come_after_all_labels() -> None:
    more = Flows(
        "a", "b", "forgetting", "forget", ("leaked", "wrong"), (Flow("leaked", "wrong", 1),), 0, 0, ("…",)
    )
    (table,) = flow_tables([FORGETTING, WITH_UNSCORED, more], TITLES)
    assert [name.removeprefix("then ") for name in table.columns[3:]] == [
        "leaked",
        "withheld",
        "wrong",
        "abstained",
        "unscored",
    ]


def test_the_note_says_what_became_of_the_first_pair() -> None:
    forgetting, utility = flow_tables([FORGETTING, UTILITY], TITLES)
    assert FORGETTING.said[0] in forgetting.note and UTILITY.said[0] in utility.note
    assert UTILITY.said[0] not in forgetting.note


def test_the_page_knows_the_labels_of_every_rubric_what_is_to_be_forgotten_first(tmp_path) -> None:
    runs = load([make_run(tmp_path / name, name, forget=4, keep=4) for name in ("original", "IDK")])
    assert flow_rubrics(summarize(runs).runs) == [
        {"name": "forgetting", "side": "forget", "labels": list(FORGET), "counts_as": {}},
        {"name": "utility", "side": "keep", "labels": list(KEEP), "counts_as": {}},
    ]
