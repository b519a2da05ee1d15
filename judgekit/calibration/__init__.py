"""From evidence and human labels to a calibration file: the evidence table, the policy's certificate, the guard.

Here: what joins records to the mathematics of :mod:`judgekit.trust`, and what a calibration file holds. Not here: the
mathematics itself, and asking judges under a calibration (:mod:`judgekit.cascade`).
"""
