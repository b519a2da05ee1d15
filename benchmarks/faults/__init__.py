"""What ``judgekit score`` survives, tried with real processes: ``python -m benchmarks.faults``.

Here: the faults and what is counted. Not here: what a model that is judged may do (:mod:`benchmarks.attacks`).
"""
