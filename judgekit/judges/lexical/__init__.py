"""The lexical judge: free, deterministic, no model to load. Tier 0 of a cascade.

``text`` normalizes words; ``agreement`` and ``style`` turn an item into features; ``model`` turns features into
label probabilities with the weights in ``calibration/lexical.json``; ``judge`` is the judge.
"""

from judgekit.judges.lexical.judge import LexicalJudge

__all__ = ["LexicalJudge"]
