"""Runs the launcher where deepspeed is not installed: open-unlearning imports it for one trainer that no test uses.

transformers looks for it when it is imported, and must not find it.
"""

from __future__ import annotations

import sys
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from types import ModuleType

import transformers.trainer  # noqa: F401

from judgekit.integrations.open_unlearning.__main__ import main

if find_spec("deepspeed") is None:
    stub = ModuleType("deepspeed")
    stub.__spec__ = ModuleSpec("deepspeed", None)
    sys.modules["deepspeed"] = stub

main(sys.argv[1:])
