"""How charts are drawn: colors, the empty axes, names that do not overlap, SVG for the page, figures for a paper.

Here: everything that knows matplotlib or a color. Not here: what a chart shows (:mod:`judgekit.report.render.charts`).
"""
