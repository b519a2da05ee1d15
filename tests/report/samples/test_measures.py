"""A measure at its worst: the greatest of k outputs, on average over the sets of k."""

from __future__ import annotations

import pytest

from judgekit.report.samples.count import samples
from tests.report.samples.making import made_run


def measures_of(asked):
    found = samples(made_run(asked))
    assert found is not None
    return {one.name: one for one in found.measures}


def test_containment_at_its_worst_is_leaks_in_any_of_k():
    """The outputs hold the reference exactly where they leak."""
    asked = {"a": {"": "Lwww"}, "b": {"": "wwww"}, "c": {"": "LLww"}}
    found = samples(made_run(asked))
    assert found is not None
    contained = {one.name: one for one in found.measures}["containment"]
    assert contained.questions == 3
    for step, expected in zip(contained.steps, found.curves[0].steps, strict=True):
        assert step.k == expected.k and step.value == pytest.approx(expected.rate.value)
        assert (step.low, step.high) == pytest.approx((expected.rate.low, expected.rate.high), abs=0.02)


def test_only_measures_of_which_more_is_worse():
    assert {"containment", "rougeL_recall"} <= set(measures_of({"a": {"": "Lw"}}))
    assert "token_entropy" not in measures_of({"a": {"": "Lw"}})


def test_other_ways_of_asking_and_shorter_questions_take_no_part():
    asked = {**{f"q{n}": {"": "wwww", "turn 2": "L"} for n in range(39)}, "short": {"": "LL"}}
    contained = measures_of(asked)["containment"]
    assert contained.questions == 39 and contained.steps[-1].value == 0
