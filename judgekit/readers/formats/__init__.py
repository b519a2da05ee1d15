"""One module a file format: how the format is told from others, and how its rows become items.

Here: everything that knows a format's key names. Not here: parsing JSON or CSV (:mod:`judgekit.readers.files`).
"""
