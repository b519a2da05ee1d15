"""Leaks and gibberish on the first screen."""

from __future__ import annotations

from judgekit.report.headlines.forgotten import gibberish, leaks
from tests.report.headlines.told import told


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
