"""The cascade: its file, asking its tiers until the policy accepts, deciding from evidence, and what it would cost.

Here: everything that knows of several judges in an order. Not here: a single judge (:mod:`judgekit.judges`), or how
many items are run and where (:mod:`judgekit.engine`).
"""
