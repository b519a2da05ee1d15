"""What people are asked, and what their answers show: the label queue, sheets, sample sizes, audits.

Here: everything between a run and the people who label it. Not here: reading label files
(:mod:`judgekit.readers.join`), or the statistics of agreement (:mod:`judgekit.trust`).
"""
