"""More than one output a question: what leaks in any of k, and which way of asking breaks what was forgotten.

Here: outcomes by question and probe, the curve over k, probes against the question asked plainly, their sentences.
Not here: the estimators (:mod:`judgekit.trust.prevalence.worst_of_k`), tables, charts (:mod:`judgekit.report.render`).
"""
