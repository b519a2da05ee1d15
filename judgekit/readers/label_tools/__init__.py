"""One module a tool in which people label: the file of items that it takes, and its files of labels.

Here: everything that knows what a tool calls things, both ways. Not here: which items people are asked
(:mod:`judgekit.labeling`), and what makes a label sound (:mod:`judgekit.readers.labels`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from judgekit.errors import ConfigError, InputError, known
from judgekit.extensions import Extension, extensions
from judgekit.readers.base import Head, Place
from judgekit.readers.label_tools import (
    argilla,
    csv_sheet,
    doccano,
    excel,
    inspect_ai,
    label_studio,
    prodigy,
)
from judgekit.readers.label_tools.base import Answer, LabelTool

SHIPPED: dict[str, LabelTool] = {
    module.TOOL.name: module.TOOL
    for module in (csv_sheet, excel, label_studio, argilla, prodigy, doccano, inspect_ai)
}
"""The tools that come with judgekit, in the order in which they are tried on a file."""

TAKES_ITEMS = tuple(name for name, tool in SHIPPED.items() if tool.write is not None)
"""Those that items are written for; of the others labels are read."""


def added() -> dict[str, Extension]:
    """The tools of other packages, tried on a file that is of none of those shipped."""
    return {name: one for name, one in extensions("judgekit.label_tools").items() if name not in SHIPPED}


def tool_named(name: str) -> LabelTool:
    """A tool that takes items, by its name.

    Raises
    ------
    ConfigError
        There is none, or the package that adds it is broken.
    """
    others = added()
    known("label tool", name, (*TAKES_ITEMS, *others))
    tool = SHIPPED[name] if name in SHIPPED else _loaded(others[name])
    if tool.write is None:
        raise ConfigError(f"{name} takes no items; its labels are read")
    return tool


def tool_for(name: str | None, suffix: str) -> LabelTool:
    """The tool of a name, or without one the tool that takes files of a suffix; CSV where no tool does.

    Raises
    ------
    ConfigError
        There is none of that name, it takes files of another suffix, or several tools take such files.
    """
    takers = [SHIPPED[name] for name in TAKES_ITEMS if SHIPPED[name].suffix == suffix]
    if name is None:
        if len(takers) > 1:
            names = ", ".join(tool.name for tool in takers)
            raise ConfigError(f"several tools take {suffix} files; say which: --to one of {names}")
        return takers[0] if takers else csv_sheet.TOOL
    tool = tool_named(name)
    if takers and suffix != tool.suffix:
        raise ConfigError(f"{tool.name} takes {tool.suffix} files, not {suffix}")
    return tool


def tool_of(head: Head) -> LabelTool | None:
    """The tool whose file begins so; None where it is no label tool's."""
    for tool in (*SHIPPED.values(), *_those_sound(added().values())):
        if tool.matches(head):
            return tool
    return None


def holds_labels_alone(head: Head) -> bool:
    """Whether a file that begins so is a label tool's and no log of outputs."""
    tool = tool_of(head)
    return tool is not None and not tool.in_logs


def _loaded(one: Extension) -> LabelTool:
    loaded: LabelTool = one.load(LabelTool)
    return replace(loaded, name=one.name)


def _those_sound(others: Iterable[Extension]) -> Iterator[LabelTool]:
    for one in others:
        try:
            yield _loaded(one)
        except ConfigError:  # a package that this file may have nothing to do with
            continue


def answers(tool: LabelTool, path: Path) -> Iterator[tuple[Place, Answer]]:
    """Every answer in a tool's file, each with its place; what is wrong with a row stands in the row's place."""
    for place, row in tool.rows(path):
        if isinstance(row, InputError):
            yield place, row
            continue
        try:
            yield from tool.answers(row, path, place)
        except InputError as error:
            yield place, error
