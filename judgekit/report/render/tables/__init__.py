"""The report's tables, as rows of cells that every renderer prints alike.

Here: what a table of the report holds and says. Not here: how a cell is written (:mod:`judgekit.report.render.cells`).
"""
