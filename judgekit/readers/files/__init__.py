"""Files of any size as rows: JSON with a cursor, JSONL, delimited tables, Parquet and Arrow.

Here: bytes to decoded rows in bounded memory. Not here: what the rows mean (:mod:`judgekit.readers.formats`).
"""
