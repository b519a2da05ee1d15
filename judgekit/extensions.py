"""What other installed packages add: judges, readers, label tools, rubrics, measures, charts (``docs/extending.md``).

An entry point is read where its name is used and nowhere else, so a package that is broken breaks only what needs it.
What ships with judgekit goes before what a package adds under the same name: installing one changes nothing that
worked without it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Literal

from judgekit.errors import ConfigError

Group = Literal[
    "judgekit.judges",
    "judgekit.readers",
    "judgekit.label_tools",
    "judgekit.rubrics",
    "judgekit.measures",
    "judgekit.charts",
]


@dataclass(frozen=True)
class Extension:
    """One entry point of another package.

    Attributes
    ----------
    name : str
        What it adds is called so.
    entries : tuple of EntryPoint
        Usually one; several where packages claim the same name.
    """

    name: str
    entries: tuple[EntryPoint, ...]

    @property
    def package(self) -> str:
        """The distribution that it comes from, or those that claim it."""
        return " and ".join(entry.dist.name if entry.dist else entry.module for entry in self.entries)

    def load(self, kind: type[Any]) -> Any:
        """The object that it names.

        Parameters
        ----------
        kind : type
            A dataclass or a protocol that can be checked at run time: what the object must be.

        Raises
        ------
        ConfigError
            Several packages claim the name, the object cannot be imported, or it is of another kind.
        """
        entry = self.entries[0]
        where = f"entry point '{self.name}' ({entry.group}) of package {self.package}"
        if len(self.entries) > 1:
            raise ConfigError(f"{where}: two packages add the same name; uninstall one")
        try:
            found = entry.load()
        except Exception as error:  # another package's module may raise anything while it is imported
            why = " ".join(str(error).split()) or "no reason given"
            raise ConfigError(
                f"{where}: {entry.value} cannot be loaded: {type(error).__name__}: {why}"
            ) from None
        if not isinstance(found, kind):
            raise ConfigError(
                f"{where}: {entry.value} is no {kind.__name__} ({kind.__module__}) but {type(found).__name__}"
            )
        return found


@lru_cache(maxsize=8)
def extensions(group: Group) -> Mapping[str, Extension]:
    """Name -> what an installed package adds to a group, sorted by name; nothing is imported."""
    entries = sorted(entry_points(group=group), key=lambda entry: entry.name)
    names = dict.fromkeys(entry.name for entry in entries)
    return {name: Extension(name, tuple(one for one in entries if one.name == name)) for name in names}
