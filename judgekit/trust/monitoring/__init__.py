"""Monitoring a certified policy: audits by spot checks, the shift check, the out-of-distribution guard.

Here: what tells that a promise no longer holds or does not apply (``docs/watching.md``). Not here: making it.
"""
