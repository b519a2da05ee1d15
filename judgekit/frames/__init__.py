"""Records as tables in memory: Arrow, pandas, polars and Hugging Face data sets.

Here: the columns of each kind of record, whatever its rows hold, and the stream that becomes a table. Not here: files
of tables (:mod:`judgekit.export`), or reading them (:mod:`judgekit.readers`).
"""
