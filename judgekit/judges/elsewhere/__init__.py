"""Judges that were not made for judgekit: Python functions, scorers of inspect and MLflow, classifiers.

Here: one module for each, the base that asks them item by item, and what tells one from another.
Not here: judges that are asked by a rubric's prompt (:mod:`judgekit.judges.annotators`).
"""
