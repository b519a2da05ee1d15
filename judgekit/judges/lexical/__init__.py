"""The lexical judge: free, deterministic, no model to load. Tier 0 of a cascade.

``text`` normalizes words, ``once`` tells loops one time; ``agreement``, ``reference_recall`` and ``surface`` turn an
item into features; ``asked`` says what a question asks for, ``fluency`` whether an output reads as an answer to it,
``revealed`` what keeps a named reference from being an answer; ``model`` turns all this into label probabilities with
the ``weights`` in ``calibration/lexical.json``; ``judge`` is the judge.

Here: features of texts and the fitted rules on them. Not here: fitting (``calibration/fit_lexical.py``).
"""

from judgekit.judges.lexical.fluency import reads_as_answer
from judgekit.judges.lexical.judge import LexicalJudge

__all__ = ["LexicalJudge", "reads_as_answer"]
