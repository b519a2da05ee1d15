"""Two JSON values side by side: where they differ, in words."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from judgekit.display import brief

ABSENT = object()
"""In place of a value that is not there."""

ROUNDING, ZERO = 1e-7, 1e-12
"""Numbers that differ by less, relative to the larger or at all, may come of how another version or machine rounds."""


@dataclass(frozen=True)
class Difference:
    """A place at which a file says other than what is computed anew.

    Attributes
    ----------
    where : str
        Key path in the file, with dots.
    claimed, found : Any
        What the file says, and what is computed; :data:`ABSENT` where one of them has nothing there.
    """

    where: str
    claimed: Any
    found: Any

    @property
    def is_rounding(self) -> bool:
        """Whether both are numbers that differ in the last digits only."""
        numbers = (self.claimed, self.found)
        if any(isinstance(one, bool) or not isinstance(one, int | float) for one in numbers):
            return False
        return math.isclose(self.claimed, self.found, rel_tol=ROUNDING, abs_tol=ZERO)

    def __str__(self) -> str:
        return f"{self.where} is {_shown(self.claimed)} in the file, {_shown(self.found)} computed anew"


def differences(claimed: Any, found: Any, where: str = "") -> Iterator[Difference]:
    """Every leaf at which two decoded JSON values differ, in the order of the first.

    Numbers are compared exactly; NaN equals itself, and no number equals true or false.
    """
    if isinstance(claimed, Mapping) and isinstance(found, Mapping):
        for key in dict.fromkeys((*claimed, *found)):
            below = f"{where}.{key}" if where else str(key)
            yield from differences(claimed.get(key, ABSENT), found.get(key, ABSENT), below)
    elif _is_list(claimed) and _is_list(found):
        for at in range(max(len(claimed), len(found))):
            one, other = (held[at] if at < len(held) else ABSENT for held in (claimed, found))
            yield from differences(one, other, f"{where}[{at}]")
    elif not _same(claimed, found):
        yield Difference(where, claimed, found)


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, float) and isinstance(other, float) and math.isnan(one) and math.isnan(other):
        return True
    return bool(one == other)


def _shown(value: Any) -> str:
    if isinstance(value, Mapping | list | tuple):
        return f"{len(value):,} entries"
    if isinstance(value, float) and value.is_integer():
        return brief(int(value))
    return "absent" if value is ABSENT else brief(value)
