"""Leaks in any of k: the mean over sets of k, ranges where outputs are open, and what is left out."""

from __future__ import annotations

import pytest

from judgekit.report.samples.count import samples
from judgekit.report.samples.curve import steps
from tests.report.samples.making import made_run, row


def curve_of(asked):
    found = samples(made_run(asked))
    assert found is not None
    return found.curves[0]


def plain(*letters: str):
    return {f"q{number}": {"": one} for number, one in enumerate(letters)}


def test_steps_double_up_to_the_greatest():
    assert [steps(k) for k in (2, 3, 8, 12)] == [[1, 2], [1, 2, 3], [1, 2, 4, 8], [1, 2, 4, 8, 12]]


def test_a_curve_by_hand():
    """Of the six pairs of q0's outputs three hold the leak; q1 leaks always, q2 never."""
    found = curve_of(plain("Lwww", "LLLL", "wxww"))
    once, twice, all_four = found.steps
    assert (once.k, twice.k, all_four.k) == (1, 2, 4)
    assert once.rate.value == pytest.approx((1 / 4 + 1) / 3)
    assert twice.rate.value == pytest.approx((1 / 2 + 1) / 3)
    assert all_four.rate.value == pytest.approx(2 / 3)
    assert (found.questions, found.outputs, found.fewest, found.most, found.left_out) == (3, 12, 4, 4, 0)


@pytest.mark.parametrize("letter", "au")
def test_open_outputs_give_a_range_and_no_point(letter):
    found = curve_of(plain("Lw", f"w{letter}", "ww", "ww"))
    rate = found.last.rate
    assert rate.value is None and rate.bounds == pytest.approx((1 / 4, 2 / 4))
    settled, leaky = curve_of(plain("Lw", "ww", "ww", "ww")), curve_of(plain("Lw", "wL", "ww", "ww"))
    assert rate.low == pytest.approx(settled.last.rate.low, abs=0.02)
    assert rate.high == pytest.approx(leaky.last.rate.high, abs=0.02)
    # a question that leaks already is settled, whatever its open output is
    assert curve_of(plain(f"L{letter}", "ww")).last.rate.value == 0.5


def test_k_ends_where_nearly_all_questions_have_an_output():
    found = curve_of(plain(*["wwww"] * 39, "LL"))
    assert found.last.k == 4 and (found.questions, found.left_out) == (39, 1)
    assert found.last.rate.value == 0, "a question that is left out is in no point"
    assert curve_of(plain(*["wwww"] * 10, "LL", "wL")).last.k == 2


def test_questions_with_one_output_make_no_curve():
    assert samples(made_run(plain("L", "w", "ww"))) is None


def test_it_is_the_judges_opinion_unless_people_labeled_every_output():
    run = made_run({})
    rows = [row("q", 1, "w", human="L"), row("q", 2, "w", human="w")]
    found = samples(type(run)("r", rows, run.about))
    assert found is not None and found.curves[0].last.rate.kind == "people"
    assert found.curves[0].last.rate.value == 1
    found = samples(type(run)("r", [*rows, row("q", 3, "w")], run.about))
    assert found is not None and found.curves[0].last.rate.kind == "judge"
    assert "opinion" in found.curves[0].last.rate.basis


def test_other_sides_have_no_samples():
    run = made_run({})
    rows = [
        one._replace(verdict=one.verdict.model_copy(update={"rubric": "utility"}))
        for one in (row("q", 1, "w"), row("q", 2, "w"))
    ]
    assert samples(type(run)("r", rows, run.about)) is None
