"""``python -m judgekit`` is ``judgekit``."""

from judgekit.cli import main

main()
