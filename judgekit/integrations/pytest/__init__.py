"""The plug-in for pytest: a fixture that judges outputs in a test and holds them to limits.

Here: what pytest loads (``plugin``), and what the fixture does (``judging``). Not here: the decision
(:mod:`judgekit.report.gate`).
"""
