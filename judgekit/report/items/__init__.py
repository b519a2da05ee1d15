"""What is known of each judged item, as a reader of the report looks it up.

Here: an item's opinions, labels of people, flags, threshold and order, as plain facts. Not here: figures over many
items (:mod:`judgekit.report.summary`), and how facts get into a page (:mod:`judgekit.report.render.items`).
"""
