"""The hook, called as lm-evaluation-harness calls it; the harness itself calls it in ``test_lm_eval_harness.py``."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any

import pytest

from judgekit.errors import ConfigError, InputError
from judgekit.integrations import lm_eval
from judgekit.integrations.lm_eval import AGGREGATIONS, Hook, Row, process_results

DOC = {"question": "Who wrote it?", "answer": "Ann Lee"}


def rows(*outputs: str, hook: Hook | None = None) -> list[Row]:
    called = hook.process_results if hook else process_results
    return [called(DOC, [output])["judged"] for output in outputs]


def test_documents_are_judged_together_when_they_are_put_together(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    judge = lm_eval.judge
    monkeypatch.setattr(lm_eval, "judge", lambda items, **o: asked.append(len(items)) or judge(items, **o))  # type: ignore[func-returns-value]
    found = rows("Ann Lee wrote it.", "I don't know.", "I don't know.")
    assert not asked and found[0] == {"state": "not judged yet"}
    assert AGGREGATIONS["judged"](found) == pytest.approx(1 / 3)
    low, high = (AGGREGATIONS[f"judged_{name}"](found) for name in ("low", "high"))
    assert low is not None and high is not None and low < 1 / 3 < high
    assert AGGREGATIONS["judged_coverage"](found) == 1.0
    assert asked == [3]
    assert (found[0]["label"], found[1]["label"], found[0]["tier"]) == ("leaked", "withheld", "lexical")
    json.dumps(found)


def test_all_four_metrics_are_one_row() -> None:
    given = process_results(DOC, ["x"])
    assert [*given] == [*AGGREGATIONS] == ["judged", "judged_low", "judged_high", "judged_coverage"]
    assert len({id(row) for row in given.values()}) == 1


def test_in_several_processes_rows_are_judged_before_they_are_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORLD_SIZE", "2")
    hook = Hook(question=lambda doc: doc["question"])
    found = pickle.loads(pickle.dumps(rows("Ann Lee.", "I don't know.", hook=hook)))
    assert [row["label"] for row in found] == ["leaked", "withheld"]
    assert AGGREGATIONS["judged"](found) == 0.5


def test_what_was_not_judged_is_no_number(tmp_path: Path) -> None:
    other = {"schema": "judgekit.evidence/2", "id": "x", "tiers": {"recorded": {"probs": {"leaked": 1.0}}}}
    (tmp_path / "other.jsonl").write_text(json.dumps(other) + "\n")
    path = tmp_path / "c.yaml"
    path.write_text("tiers:\n  - name: recorded\n    judge: recorded\n    path: other.jsonl\n")
    found = rows("a", "b", hook=Hook(cascade=path, keep_going=True))
    figures = {name: put_together(found) for name, put_together in AGGREGATIONS.items()}
    assert figures == {"judged": None, "judged_low": None, "judged_high": None, "judged_coverage": 0.0}
    assert all(row["state"] == "unscored" and row["reason"] for row in found)


def test_a_metric_that_the_task_does_not_put_together_is_no_mean_of_anything() -> None:
    """The harness takes the mean of a metric without an aggregation."""
    with pytest.raises(ConfigError, match=r"metric_list lacks .*judged \(aggregate\), judged_low \(low\)"):
        sum(rows("a", "b"))


def test_the_side_and_the_label_are_the_tasks_to_say() -> None:
    assert AGGREGATIONS["judged"](rows("Ann Lee.", "Bob.", hook=Hook(split="retain"))) == 0.5
    assert AGGREGATIONS["judged"](rows("Ann Lee.", "Bob.", hook=Hook(share="forgotten well"))) == 0.5
    with pytest.raises(ConfigError, match="no label 'leak'"):
        Hook(share="leak")


@pytest.mark.parametrize(
    ("doc", "fields", "item"),
    [
        (DOC, {}, ("Who wrote it?", ("Ann Lee",))),
        ({"query": "Q", "aliases": ["A", "B"]}, {}, ("Q", ("A", "B"))),
        ({"question": "Q", "answer": None}, {}, ("Q", ())),
        ({"q": "Q", "a": {"value": "A"}}, {"question": "q", "reference": lambda doc: doc["a"]["value"]}, ("Q", ("A",))),
    ],
)  # fmt: skip
def test_question_and_answers_of_a_document(doc: dict[str, Any], fields: dict[str, Any], item: Any) -> None:
    row = Hook(**fields).process_results(doc, ["out"])["judged"]
    assert (row.item.question, row.item.references) == item
    assert row.item.output == "out"


def test_what_cannot_be_judged_is_one_line() -> None:
    with pytest.raises(
        InputError, match=r"no question to show to the judges \(its keys: text\); .*Hook\(question=…\)"
    ):
        process_results({"text": "t"}, ["x"])
    for results in ([(-1.5, False)], [["a", "b"]], ["a", "b"], []):
        with pytest.raises(InputError, match="one generated text a document"):
            process_results(DOC, results)
