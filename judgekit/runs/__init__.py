"""The run folder: which files it holds, reading and writing them, its store of answers, its budget and its lock.

Here: every access to a run folder (no other package knows its file names), and how any file is replaced whole.
Not here: what is made of the rows (:mod:`judgekit.report`), or files of outputs (:mod:`judgekit.readers`).
"""
