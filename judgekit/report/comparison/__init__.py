"""Runs against each other: paired differences, ranks, the Pareto front, control for utility, changed conclusions.

Here: pure functions from loaded runs to records. Not here: how any of it is printed (:mod:`judgekit.report.render`).
"""
