"""Figures of one run: judged rates, what of them is chance, recorded measures and their intervals.

Here: numbers with their limits. Not here: several runs against each other (:mod:`judgekit.report.comparison`).
"""
