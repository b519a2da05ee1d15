"""judgekit inside other tools: one module or package a host, each imported by its host or on request.

Here: what a host's own interfaces ask for, thin over the public functions. Not here: reading a host's files
(:mod:`judgekit.readers`), or writing them (:mod:`judgekit.export`).
"""
