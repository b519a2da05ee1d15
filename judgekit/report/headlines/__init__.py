"""The first screen in sentences: at most five, what matters first, no success hidden.

Here: what a reader must know before any table. Not here: what else can be said (:mod:`judgekit.report.findings`).
"""
