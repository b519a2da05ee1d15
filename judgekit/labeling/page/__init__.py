"""The labeling page: people answer in a browser, and every answer is on the disk when the next item shows.

Read in this order: :mod:`.store` (the label file), :mod:`.session` (who is asked what next), :mod:`.desk` (both, and
what is certified so far), :mod:`.server` (HTTP on loopback), :mod:`.guard` (who may talk to it).

Here: one sitting over a sample of items. Not here: which items are drawn (:mod:`judgekit.labeling.samples`).
"""
