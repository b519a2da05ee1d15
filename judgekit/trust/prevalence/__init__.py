"""Prevalence: the share of items that people would give a label, from verdicts, human labels and a certificate.

Here: strata, intervals, paired differences and ratios, and what is right by chance (``docs/rates.md``). Not here: which
verdicts may be given.
"""
