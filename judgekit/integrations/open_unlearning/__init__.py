"""open-unlearning: metrics that its configurations can name, without a fork (``docs/integrations/open-unlearning.md``).

Here: the metrics' handlers, their configurations (``configs``), and the launcher that makes both known to a checkout
(``python -m judgekit.integrations.open_unlearning``). Not here: reading its logs and trees
(:mod:`judgekit.readers.formats.open_unlearning`, :mod:`judgekit.readers.hydra`).
"""
