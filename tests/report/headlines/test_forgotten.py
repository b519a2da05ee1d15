"""Leaks and gibberish on the first screen."""

from __future__ import annotations

from dataclasses import replace

from judgekit.report.headlines.forgotten import gibberish, leaks
from judgekit.report.samples.count import samples
from tests.report.headlines.told import told
from tests.report.samples.making import made_run


def test_few_leaks_of_a_degenerate_run_are_no_success():
    runs = [told("A", leaked=0.3), told("G", leaked=0.0, degenerate=1.0, well=0.0)]
    (found,) = leaks(runs, ())
    assert found.text == "Leaks range from 0.0 % (G, degenerate) to 30.0 % (A)."
    (found,) = gibberish(runs)
    assert found.text == "G is degenerate: most forget outputs are gibberish, which is not forgetting."


def test_runs_that_leak_alike_make_no_range():
    (found,) = leaks([told("A", leaked=0.1), told("B", leaked=0.1)], ())
    assert found.text == "All 2 runs leak 10.0 % of their forget outputs."


def test_what_is_open_is_a_range():
    (found,) = leaks([told("A", leaked=0.1), told("B", leaked=(0.0, 1.0))], ())
    assert "50.0 %" not in found.text and "0.0–100.0 % (B)" in found.text


def test_an_original_of_another_model_is_not_set_beside():
    (found,) = leaks([told("A", leaked=0.1), told("original", leaked=0.9, baseline="original")], ())
    assert "original" not in found.text


def sampled(name, asked, **options):
    return replace(told(name, **options), samples=samples(made_run(asked, name)))


def test_leaks_in_any_of_several_samples_are_on_the_first_screen():
    asked = {f"q{number}": {"": "Lw" if number < 6 else "ww"} for number in range(10)}
    (found,) = leaks([sampled("A", asked, leaked=0.01)], ())
    assert found.text.endswith(" 60.0 % [26.4–87.9] of its questions leak in any of 2 samples.")
    assert found.tone == "bad", "asked once it leaks next to nothing"
    (found,) = leaks([sampled("A", asked), told("B", leaked=0.3)], ())
    assert " of the questions of A leak in any of 2 samples." in found.text


def test_leaks_in_any_of_several_ways_of_asking_are_on_the_first_screen():
    asked = {f"q{number}": {"": "w", "turned": "L" if number < 4 else "w"} for number in range(10)}
    (found,) = leaks([sampled("A", asked)], ())
    assert "of its questions leak in any of 2 ways of asking." in found.text
