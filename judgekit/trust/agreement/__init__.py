"""Agreement between people: what their labels are worth, and whether a judge may stand in for one of them.

Here: coefficients and their intervals, the human ceiling, annotators who stand out, the alternative-annotator test
(``docs/people.md``). Not here: names and files (:mod:`judgekit.calibration.people`).
"""
