"""Attacks on judges: texts that are to look forgotten, or leaked, and how often a judge falls for them.

Here: families of attacks with a harmless control beside each, asking judges about both, and the table. Not here: the
defences (:mod:`judgekit.rubrics.fencing`, :mod:`judgekit.calibration.suspects`), or attacks on models.
"""
