"""Values in a line: what a notebook shows of records that hold whole texts, policies and thousands of rows."""

from __future__ import annotations

import reprlib
from collections.abc import Iterable, Mapping

LONGEST = 100
"""Characters of one value; what is longer loses its middle."""

_SHORT = reprlib.Repr()
_SHORT.maxdict = _SHORT.maxlist = _SHORT.maxtuple = FEW = 6
_SHORT.maxstring = _SHORT.maxother = 80
_PLAIN = (str, int, float, bool, type(None))


def brief(value: object) -> str:
    """``repr``, cut; of many things, or of few that are not plain, only how many there are."""
    if isinstance(value, Mapping | list | tuple | set | frozenset):
        inside = value.values() if isinstance(value, Mapping) else value
        if len(value) > FEW or not all(isinstance(one, _PLAIN) for one in inside):
            return f"<{len(value):,}>"
    text = _SHORT.repr(value)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 30]}…{text[-29:]}"


def brief_repr(self: object) -> str:
    """``__repr__`` of a data class, its fields cut."""
    names: Iterable[str] = getattr(type(self), "__dataclass_fields__", ())
    said = ", ".join(f"{name}={brief(getattr(self, name))}" for name in names)
    return f"{type(self).__name__}({said})"
