"""Claims: which promise is behind a run's verdicts, whether it stands, and what it vouches for.

Here: shift and spot checks joined to run folders. Not here: figures that rest on the claims (``report.rates``).
"""
