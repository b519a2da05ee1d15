"""Where a rubric's template is rendered: a template may come from anybody, and reaches texts, numbers and loops only.

Jinja's sandbox refuses what begins with an underscore, but calls every public method of an object that it is given, and
some objects have a method that reads a file or unpickles bytes (pydantic's ``parse_file`` and ``parse_raw``). So no
object of ours is handed to a template, and no attribute is read but of plain data. Nor does Jinja's sandbox keep a
template from writing without end. A template needs blocks, conditions, loops and a few filters: nothing can be called,
set, included or multiplied, loops do not stand deeper in each other than two, and what is written has an end. Time and
memory are then bounded by the template's own length and the texts it is given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from jinja2 import StrictUndefined, Template, nodes
from jinja2.runtime import LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment

from judgekit.errors import ConfigError

_DATA = (str, int, float, tuple, list, dict, LoopContext)

LONGEST_TEMPLATE = 1 << 16
"""Characters of a template; the longest that ships has 1,500."""

LONGEST_PROMPT = 1 << 26
"""Characters of one rendered block: the longest text that is read, and what stands around it."""

LOOPS = 2
"""Loops inside each other: hops, and something of each."""

_FILTERS = (
    "abs", "capitalize", "count", "d", "default", "e", "escape", "first", "float", "forceescape", "int", "items",
    "last", "length", "list", "lower", "map", "max", "min", "reject", "rejectattr", "reverse", "round", "safe",
    "select", "selectattr", "sort", "string", "striptags", "sum", "title", "tojson", "trim", "truncate", "unique",
    "upper", "wordcount",
)  # fmt: skip
"""Of Jinja2's own, those that write no more than they are given."""

_REFUSED: Mapping[type[nodes.Node], str] = {
    nodes.Call: "calls a function (use a filter)",
    nodes.CallBlock: "calls a macro",
    nodes.Macro: "defines a macro",
    nodes.Include: "includes another template",
    nodes.Import: "imports another template",
    nodes.FromImport: "imports another template",
    nodes.Extends: "extends another template",
    nodes.Assign: "sets a variable",
    nodes.AssignBlock: "sets a variable",
    nodes.Mul: "multiplies",
    nodes.Pow: "raises to a power",
    nodes.Mod: "formats or takes a remainder by '%'",
}


class _Refused(Exception):
    """What a template may not do."""


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
        self.globals.clear()
        self.filters = {name: self.filters[name] for name in _FILTERS} | {"join": _join} | filters

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Whether a template may read it: public ones of plain data."""
        return isinstance(obj, _DATA) and super().is_safe_attribute(obj, attr, value)

    def compiled(self, source: str) -> Template:
        """A template, ready to render.

        Raises
        ------
        ConfigError
            It is malformed, too long, or does what a template may not.
        """
        if len(source) > LONGEST_TEMPLATE:
            raise ConfigError(f"longer than {LONGEST_TEMPLATE:,} characters")
        try:
            _check(self.parse(source), 0)
            return self.from_string(source)
        except Exception as error:  # its constants are worked out while it is compiled
            raise ConfigError(_told(error)) from None


def rendered(template: Template, block: str, values: Mapping[str, Any]) -> str:
    """The text of one block.

    Raises
    ------
    ConfigError
        There is no such block, it cannot be rendered from these values, or it writes too much.
    """
    if block not in template.blocks:
        raise ConfigError(f"template.j2 has no block '{block}'")
    try:
        return _joined(template.blocks[block](template.new_context(dict(values))), "")
    except Exception as error:  # a template is code, and may raise anything
        raise ConfigError(f"block '{block}': {_told(error)}") from None


def _told(error: Exception) -> str:
    plain = type(error).__module__.startswith(("jinja2", __name__))
    return str(error) if plain else f"{type(error).__name__}: {error}"


def _check(node: nodes.Node, loops: int) -> None:
    loops += isinstance(node, nodes.For)
    if type(node) in _REFUSED:
        raise _Refused(f"line {node.lineno}: a rubric's template {_REFUSED[type(node)]}; it may not")
    if loops > LOOPS or (isinstance(node, nodes.For) and node.recursive):
        raise _Refused(f"line {node.lineno}: loops inside each other deeper than {LOOPS}")
    for child in node.iter_child_nodes():
        _check(child, loops)


def _joined(parts: Iterable[object], between: object) -> str:
    """Texts one after another, as long as they are no longer than a prompt may be."""
    kept: list[str] = []
    room = LONGEST_PROMPT
    separator = str(between)
    for part in parts:
        kept.append(str(part))
        room -= len(kept[-1]) + len(separator)
        if room < 0:
            raise _Refused(f"it writes more than {LONGEST_PROMPT:,} characters")
    return separator.join(kept)


def _join(values: Iterable[object], between: str = "") -> str:
    """Jinja2's ``join``, bounded."""
    return _joined(values, between)
