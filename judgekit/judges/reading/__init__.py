"""How the answer of a judge's model is read: which option letter its text names, and how sure the model was.

Here: marks around a letter, phrases that state or deny one, JSON objects, labels beside it, how a choice ended, and the
log-probabilities at its place (:mod:`judgekit.judges.reading.verdicts`). Not here: how models are asked, or several
answers made one opinion (:mod:`judgekit.judges.annotators`).
"""
