"""The page of a certificate: what is promised, how it was reached, and what it does not say.

Here: a calibration file as one page to read, print and hand on. Not here: any figure that the file does not hold, and
how pages, tables and charts look (:mod:`judgekit.report.render`).
"""
