"""YAML that others wrote, decoded within bounds: what it says is what JSON can say, and nothing else.

Names are texts as they are written, so that ``on``, ``1`` and ``2024-01-01`` are names like any other; dates are texts
too. Anchors may be used, as long as what they make is a finite tree of bearable size: a few lines that repeat each
other stand for billions of values.
"""

from __future__ import annotations

import math
from typing import Any

import yaml

from judgekit.documents.jsontext import DEEPEST, Undecodable, lowered

LARGEST = 1 << 20
"""Bytes of a document: a hundred times a long cascade, and about half a minute to parse."""

MOST = 100_000
"""Values of a document, with what anchors repeat counted as often as it is repeated."""

_TAGS = ("null", "bool", "int", "float", "str", "seq", "map")
_PREFIX = "tag:yaml.org,2002:"
_MERGE = f"{_PREFIX}merge"
_WHOLE = range(-(1 << 63), 1 << 64)

_RESOLVERS = {
    first: [(tag, pattern) for tag, pattern in known if tag != f"{_PREFIX}timestamp"]
    for first, known in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
"""How texts without a tag are told from other values: a date stays a text."""

_CONSTRUCTORS = {
    tag: make
    for tag, make in yaml.SafeLoader.yaml_constructors.items()
    if tag is None or tag.removeprefix(_PREFIX) in _TAGS
}
"""What makes values of the known tags; what stands under None refuses any other."""


class _Loader(yaml.SafeLoader):
    """Makes texts, numbers, booleans, null, lists and mappings from texts to these."""

    yaml_implicit_resolvers = _RESOLVERS
    yaml_constructors = _CONSTRUCTORS

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        try:
            value = super().construct_object(node, deep=deep)
        except (ValueError, KeyError, IndexError):  # !!int "a", !!bool "b", a number of too many digits
            raise _wrong("a value that its tag does not fit", node) from None
        if isinstance(value, float) and not math.isfinite(value):
            raise _wrong("expected a finite number (or null where there is none)", node)
        if isinstance(value, int) and value not in _WHOLE:
            raise _wrong("the number is too large", node)
        return value

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        self.flatten_mapping(node)
        return {key.value: self.construct_object(value, deep=deep) for key, value in node.value}


def decode(text: str) -> Any:
    """The value that a document of YAML is.

    Raises
    ------
    Undecodable
        It is not YAML, says what JSON cannot, refers to itself, is nested too deep, or stands for too many values.
    """
    try:
        loader = _Loader(text)
        try:
            node = loader.get_single_node()
            if node is None:
                return None
            _Extent().of(node)
            return loader.construct_document(node)
        finally:
            loader.dispose()
    except yaml.YAMLError as error:
        mark, said = getattr(error, "problem_mark", None), getattr(error, "problem", None)
        what = " ".join(str(said or getattr(error, "reason", error)).split())
        raise Undecodable(lowered(what), line=mark.line + 1 if mark else None) from None
    except RecursionError:
        raise Undecodable(f"nested more than {DEEPEST} levels deep") from None


class _Extent:
    """How much a document stands for, told from its nodes before anything is made of them."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[int, int] | None] = {}

    def of(self, node: yaml.Node) -> tuple[int, int]:
        """Values and levels of a node, what anchors repeat counted anew; raises :class:`Undecodable` where too many."""
        if id(node) in self._known:
            if (known := self._known[id(node)]) is None:
                raise _refused("an anchor whose value refers to itself", node)
            return known
        self._known[id(node)] = None
        values, levels = 1, 1
        for child in _children(node):
            more, deeper = self.of(child)
            values, levels = values + more, max(levels, deeper + 1)
        if values > MOST:
            raise _refused(
                f"it stands for more than {MOST:,} values, by anchors that repeat each other", node
            )
        if levels > DEEPEST:
            raise _refused(f"nested more than {DEEPEST} levels deep", node)
        self._known[id(node)] = values, levels
        return values, levels


def _children(node: yaml.Node) -> list[yaml.Node]:
    if isinstance(node, yaml.SequenceNode):
        return list(node.value)
    if not isinstance(node, yaml.MappingNode):
        return []
    names = set()
    for key, _ in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise _refused("a name must be a text", key)
        if key.value in names and key.tag != _MERGE:
            raise _refused(f"the name '{key.value[:80]}' stands twice", key)
        names.add(key.value)
    return [value for _, value in node.value]


def _wrong(what: str, node: yaml.Node) -> yaml.constructor.ConstructorError:
    return yaml.constructor.ConstructorError(None, None, what, node.start_mark)


def _refused(what: str, node: yaml.Node) -> Undecodable:
    return Undecodable(what, line=node.start_mark.line + 1)
