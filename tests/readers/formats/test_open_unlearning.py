"""open-unlearning's logs: which metrics give items, and what of a row is one."""

from __future__ import annotations

import json
from pathlib import Path

from judgekit import readers

ROW = {"input": "q", "ground_truth": "r", "generation": "o"}


def test_rows_by_either_name_and_metrics_without_a_question_of_their_own(tmp_path: Path) -> None:
    """The documentation of open-unlearning says ``values_by_index``; its classifier repeats generations alone."""
    metrics = {
        "forget_Q_A_ROUGE": {"agg_value": 0.5, "values_by_index": {"0": ROW}},
        "forget_Q_A_Prob": {"agg_value": 0.5, "values_by_index": {"0": {"prob": 0.25}}},
        "forget_Q_A_gibberish": {"agg_value": 0.5, "value_by_index": {"0": {"score": 1, "generation": "o"}}},
    }
    path = tmp_path / "TOFU_EVAL.json"
    path.write_text(json.dumps(metrics))
    (item,) = readers.read(path)
    assert (item.id, item.output, item.recorded) == ("forget_Q_A_ROUGE/0", "o", {"probability": 0.25})


def test_generations_that_are_held_once_more_beside_other_answers_are_items_once(tmp_path: Path) -> None:
    """A wrong answer is no reference: an output that says it would count as right."""
    lists = {"input": ["q", "q"], "ground_truth": ["wrong", "false"], "generation": ["o", "o"]}
    metrics = {
        "forget_Q_A_PARA_ROUGE": {
            "agg_value": 0.5,
            "value_by_index": {"0": {**ROW, "ground_truth": "r, put otherwise"}},
        },
        "forget_Q_A_PERT_ROUGE": {"agg_value": 0.5, "value_by_index": {"0": lists}},
        "forget_Q_A_ROUGE": {"agg_value": 0.5, "value_by_index": {"0": ROW}},
    }
    path = tmp_path / "TOFU_EVAL.json"
    path.write_text(json.dumps(metrics))
    (item,) = readers.read(path)
    assert (item.id, item.references) == ("forget_Q_A_ROUGE/0", ("r",))
    assert readers.recorded_metrics(path)["forget_Q_A_PERT_ROUGE"] == 0.5
