"""A run's verdicts as files that other tools read.

Here: one module a kind of file, and the verb. Not here: data frames in memory (:mod:`judgekit.frames`), reports
(:mod:`judgekit.report`), or the run folder itself (:mod:`judgekit.runs`).
"""
