"""The summary as a page, on a terminal, as Markdown, JSON and CSV: cells, tables, charts.

Here: everything that only prints. Not here: any figure that the summary does not hold.
"""
