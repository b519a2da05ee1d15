"""How many items are run: on this machine (``local``), or by a distributed engine (``ray``).

Here: blocks of items through their cascades into a run folder. Not here: what a cascade asks of one item
(:mod:`judgekit.cascade`), or the files it leaves (:mod:`judgekit.runs`).
"""
