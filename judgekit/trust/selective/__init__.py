"""Selective judging with risk control: one path of policies, and the most lenient one that the labels certify.

Here: the opinion pool, stopping rules, fixed-sequence testing, the policy and its certificate (Trust or Escalate, eq. 4
and 5; ``docs/guarantee.md``). Not here: rates of labels, or checks after a policy is in use.
"""
