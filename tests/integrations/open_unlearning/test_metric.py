"""The handlers, called as open-unlearning calls them; its own evaluator calls them in ``test_checkout.py``."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import pytest

from judgekit import readers
from judgekit.errors import ConfigError, InputError
from judgekit.integrations.open_unlearning.metric import HANDLERS, judged

ROWS = {
    0: {
        "input": "user\n\nWho wrote it?assistant\n\n",
        "ground_truth": "Ann Lee",
        "generation": "Ann Lee wrote it.",
    },
    1: {"input": "Where was it set?", "ground_truth": "Rome", "generation": "I don't know."},
}


def computed(rows: Any = ROWS, name: str = "forget_Q_A_ROUGE", key: str = "value_by_index") -> dict[str, Any]:
    return {name: {"agg_value": 0.5, key: rows}}


def silent(tmp_path: Path) -> str:
    """A cascade that gives no verdict: what it replays is of another item."""
    other = {
        "schema": "judgekit.evidence/2",
        "id": "other",
        "tiers": {"recorded": {"probs": {"leaked": 1.0}}},
    }
    (tmp_path / "other.jsonl").write_text(json.dumps(other) + "\n")
    path = tmp_path / "silent.yaml"
    path.write_text("tiers:\n  - name: recorded\n    judge: recorded\n    path: other.jsonl\n")
    return str(path)


def test_every_generation_has_its_verdict_and_the_figure_is_the_share(tmp_path: Path) -> None:
    for key in ("value_by_index", "values_by_index"):
        found = judged(None, pre_compute=computed(key=key), store=str(tmp_path / "store"), tokenizer=object())
        assert found["agg_value"] == 0.5 and found["judged"] == 1.0
        assert found["low"] < 0.5 < found["high"]
        leaked, withheld = found["value_by_index"].values()
        assert [*found["value_by_index"]] == [0, 1], "by the indices of the metric that it rests on"
        assert (leaked["score"], leaked["label"], leaked["tier"]) == (1.0, "leaked", "lexical")
        assert (withheld["score"], withheld["label"], withheld["state"]) == (0.0, "withheld", "verdict")
        json.dumps(found)


def test_the_side_is_that_of_the_metric(tmp_path: Path) -> None:
    found = judged(None, pre_compute=computed(name="retain_Q_A_ROUGE"))
    assert [row["label"] for row in found["value_by_index"].values()] == ["correct", "refused"]
    assert found["agg_value"] == 0.5


def test_other_labels_may_be_counted() -> None:
    assert judged(None, pre_compute=computed(), share="forgotten well")["agg_value"] == 0.5
    assert judged(None, pre_compute=computed(), share="degenerate")["agg_value"] == 0.0
    with pytest.raises(ConfigError, match="no label 'leak'"):
        judged(None, pre_compute=computed(), share="leak")


def test_where_nothing_was_judged_there_is_no_number_and_a_line_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    options = {"cascade": silent(tmp_path), "keep_going": True}
    with caplog.at_level(logging.WARNING):
        found = judged(None, pre_compute=computed(), options=options)
    assert (found["agg_value"], found["low"], found["high"], found["judged"]) == (None, None, None, 0.0)
    assert {row["score"] for row in found["value_by_index"].values()} == {None}
    assert all(row["state"] == "unscored" and row["reason"] for row in found["value_by_index"].values())
    assert "forget_Q_A_ROUGE: none of 2 generations has a verdict (" in caplog.text
    assert HANDLERS["judgekit_low"](None, pre_compute={"forget_leaked": found}) == {"agg_value": None}


def test_the_other_figures_are_the_judged_metrics_own() -> None:
    found = judged(None, pre_compute=computed())
    for name in ("low", "high", "judged"):
        figure = HANDLERS[f"judgekit_{name}"](None, pre_compute={"forget_leaked": found}, tokenizer=object())
        assert figure == {"agg_value": found[name]}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "needs one metric with generations under pre_compute, found 0"),
        ({"pre_compute": computed() | computed(name="x")}, "found 2"),
        ({"pre_compute": {"forget_quality": {"agg_value": 0.1}}}, "forget_quality: no generations to judge"),
        ({"pre_compute": computed(), "options": {"cascde": "x"}}, "judgekit.cascde: no such option; known: cascade"),
    ],
)  # fmt: skip
def test_a_configuration_that_cannot_be_meant_is_one_line(given: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        judged(None, **given)


def test_a_row_without_its_texts_is_named() -> None:
    with pytest.raises(InputError, match=r"forget_Q_A_ROUGE:0: the key 'input' is missing"):
        judged(None, pre_compute=computed({0: {"ground_truth": "r", "generation": "o"}}))


def test_the_judged_metric_is_no_source_of_items_and_its_figures_are_recorded(tmp_path: Path) -> None:
    """Labels that people give to a scored file are those of the same items."""
    found = judged(None, pre_compute=computed())
    path = tmp_path / "TOFU_EVAL.json"
    path.write_text(
        json.dumps({**computed(), "forget_leaked": found, "forget_leaked_low": {"agg_value": None}})
    )
    assert [item.id for item in readers.read(path)] == ["forget_Q_A_ROUGE/0", "forget_Q_A_ROUGE/1"]
    assert readers.recorded_metrics(path) == {
        "forget_Q_A_ROUGE": 0.5,
        "forget_leaked": 0.5,
        "forget_leaked_low": None,
    }
