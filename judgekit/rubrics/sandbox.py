"""Where a rubric's template is rendered: a template may come from anybody, and reaches texts, numbers and loops only.

Jinja's sandbox refuses what begins with an underscore, but calls every public method of an object that it is given, and
some objects have a method that reads a file or unpickles bytes (pydantic's ``parse_file`` and ``parse_raw``). So no
object of ours is handed to a template, and no attribute is read but of plain data.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from jinja2 import StrictUndefined
from jinja2.runtime import LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import Cycler, Joiner, Namespace

_DATA = (str, int, float, tuple, list, dict, LoopContext, Cycler, Joiner, Namespace)


class HopTexts(NamedTuple):
    """A step of a chain as templates see it."""

    question: str
    reference: str
    output: str


class Sandbox(ImmutableSandboxedEnvironment):
    """Renders templates of strangers.

    Parameters
    ----------
    **filters
        By name: what templates may do with a text besides what Jinja offers.
    """

    def __init__(self, **filters: Callable[..., str]) -> None:
        super().__init__(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
        self.filters.update(filters)

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Whether a template may read it: public ones of plain data."""
        return isinstance(obj, _DATA) and super().is_safe_attribute(obj, attr, value)
