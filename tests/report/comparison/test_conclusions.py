from __future__ import annotations

from judgekit.report.comparison.axes import RecordedAxis
from judgekit.report.comparison.conclusions import changes, disagreement

N = 60
QUESTIONS = [f"q{i:02d}" for i in range(N)]


def _all(value: float) -> dict[str, float]:
    return dict.fromkeys(QUESTIONS, value)


def test_a_reversed_order_comes_first_with_its_questions() -> None:
    # ROUGE likes the refuser less than the parrot of sentence frames; people see no leak in either, but one
    # in "sly".
    frames = {**_all(0.6), "q07": 0.7}
    measures = {
        "rouge": {"frames": frames, "sly": _all(0.1), "refuser": _all(0.05)},
        "judged": {"frames": _all(0.0), "sly": _all(1.0), "refuser": _all(0.0)},
    }
    found = changes([RecordedAxis(name, runs, higher=False) for name, runs in measures.items()]).shown
    assert found[0].runs == ("frames", "sly") and found[0].reversed
    assert found[0].forgot_better == ("sly", "frames")
    assert found[0].examples[0].question == "q07"
    assert found[0].examples[0].first == (0.7, 0.1)
    assert found[0].examples[0].second == (0.0, 1.0)
    lost = next(change for change in found if change.runs == ("frames", "refuser"))
    assert not lost.reversed and lost.forgot_better == ("refuser", None)


def test_measures_that_agree_change_nothing() -> None:
    runs = {"a": _all(0.9), "b": _all(0.1)}
    assert changes([RecordedAxis(name, runs, higher=False) for name in ("one", "other")]).total == 0


def test_of_many_changes_the_largest_are_shown_and_all_counted() -> None:
    runs = {f"run {k}": _all(k / 10) for k in range(10)}
    turned = {name: _all(1 - values["q00"]) for name, values in runs.items()}
    found = changes(
        [RecordedAxis("one", runs, higher=False), RecordedAxis("other", turned, higher=False)], most=7
    )
    assert (len(found.shown), found.total, found.reversed_pairs) == (7, 45, 45)
    assert set(found.shown[0].runs) == {"run 0", "run 9"}


def test_a_measure_that_is_better_when_higher_agrees_with_its_opposite() -> None:
    runs = {"a": _all(0.9), "b": _all(0.1)}
    turned = {"a": _all(0.1), "b": _all(0.9)}
    assert (
        changes([RecordedAxis("one", runs, higher=False), RecordedAxis("other", turned, higher=True)]).total
        == 0
    )


def test_disagreement_lists_both_kinds_furthest_apart_first() -> None:
    rouge = {"a": 0.6, "b": 0.9, "c": 0.1, "d": 0.9, "only here": 1.0}
    judged = {"a": 0.0, "b": 0.0, "c": 1.0, "d": 1.0}
    found = disagreement("run", ("rouge", rouge), ("judged", judged))
    assert found.n == 4
    assert found.only_first == ("b", "a")
    assert found.only_second == ("c",)
