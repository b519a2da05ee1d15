"""Finds a rubric: a shipped one, a folder of the user's, or one of another package; and what a name alone says of it.

A name means one set of labels: a folder or package that takes another rubric's name must have its labels with their
meanings, and may only ask for them in other words. So whoever knows no more than a name (a label file, a verdict) is
never told the labels of another rubric.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from importlib.resources.abc import Traversable
from pathlib import Path
from types import MappingProxyType
from typing import Any

from judgekit.documents import read_text, read_yaml
from judgekit.documents.lines import lines
from judgekit.errors import ConfigError, InputError
from judgekit.extensions import extensions
from judgekit.records import Item, parse
from judgekit.resources import data
from judgekit.rubrics.role import Role
from judgekit.rubrics.rubric import Rubric, RubricFile

_LOG = logging.getLogger(__name__)


def load_rubric(name_or_folder: str | Path) -> Rubric:
    """Load a shipped rubric by name, a user's own from a folder, or one of another package by name.

    Raises
    ------
    ConfigError
        No such rubric, its files are not as they should be, or it has the name of another.
    """
    name, folder = str(name_or_folder), Path(name_or_folder)
    if name in shipped_rubrics():
        return _shipped(name)
    if _is_rubric(folder):
        return _named_by_right(_read(folder).checked(), folder)
    if name in installed_rubrics():
        return _installed(name)
    known = ", ".join((*shipped_rubrics(), *installed_rubrics()))
    raise ConfigError(
        f"no rubric '{name}': not a folder with rubric.yaml and template.j2, nor one of {known}"
    )


def _is_rubric(folder: Path) -> bool:
    """Whether a folder is one of a rubric; what is too long for a name is none."""
    try:
        return (folder / "rubric.yaml").is_file()
    except OSError:
        return False


@lru_cache(maxsize=1)
def shipped_rubrics() -> tuple[str, ...]:
    """Names of the rubrics that come with judgekit, sorted."""
    found = (entry.name for entry in data("prompts").iterdir() if (entry / "rubric.yaml").is_file())
    return tuple(sorted(found))


def installed_rubrics() -> tuple[str, ...]:
    """Names of the rubrics of other packages, sorted."""
    return tuple(name for name in extensions("judgekit.rubrics") if name not in shipped_rubrics())


def described() -> dict[str, tuple[str, ...]]:
    """Every rubric with its labels; one whose package is broken is named in a warning."""
    found = {name: _shipped(name).labels for name in shipped_rubrics()}
    for name in installed_rubrics():
        try:
            found[name] = _installed(name).labels
        except ConfigError as error:
            _LOG.warning("%s", error)
    return found


@lru_cache(maxsize=64)
def _shipped(name: str) -> Rubric:
    return _read(data("prompts") / name)


@lru_cache(maxsize=64)
def _installed(name: str) -> Rubric:
    added = extensions("judgekit.rubrics")[name]
    folder: Traversable = added.load(Traversable)
    found = _read(folder).checked()
    if found.name != name:
        raise ConfigError(
            f"entry point '{name}' (judgekit.rubrics) of package {added.package}: its rubric.yaml says "
            f"'name: {found.name}'; both must be the same"
        )
    return found


def _by_name(name: str) -> Rubric | None:
    """A shipped rubric or one of another package; None where the name is neither's, or the package is broken."""
    if name in shipped_rubrics():
        return _shipped(name)
    try:
        return _installed(name) if name in installed_rubrics() else None
    except ConfigError:
        return None


def _named_by_right(rubric: Rubric, folder: Path) -> Rubric:
    """A user's rubric; under the name of another it must have that one's labels, and then it has its role.

    Raises
    ------
    ConfigError
        It has other labels, or another role.
    """
    other = _by_name(rubric.name)
    if other is None:
        return rubric
    file = rubric.file
    if file.role is None:
        file = file.model_copy(update={"role": other.file.role, "labels": _with_counts(file, other.file)})
    if any(getattr(file, key) != getattr(other.file, key) for key in ("kind", "ordinal", "labels", "role")):
        raise ConfigError(
            f"{folder}/rubric.yaml: the rubric '{rubric.name}' is another one, with other labels, meanings or role: "
            "give yours a 'name' of its own"
        )
    return replace(rubric, file=file)


def _with_counts(file: RubricFile, other: RubricFile) -> tuple[Any, ...]:
    counts = {label.name: label.counts_as for label in other.labels}
    return tuple(
        one.model_copy(update={"counts_as": counts.get(one.name, one.counts_as)}) for one in file.labels
    )


def _read(folder: Traversable) -> Rubric:
    examples = folder / "examples.jsonl"
    try:
        file = parse(RubricFile, read_yaml(folder / "rubric.yaml"), path=folder / "rubric.yaml")
        template = read_text(folder / "template.j2", "a template")
        rows = tuple(_examples(examples, file)) if examples.is_file() else ()
    except InputError as error:
        raise ConfigError(str(error)) from None
    return Rubric(file, template, rows)


def _examples(path: Traversable, file: RubricFile) -> Iterator[tuple[Item, str]]:
    names = {label.name for label in file.labels}
    for line, row in lines(path):
        item = parse(Item, row, path=path, line=line)
        labels = {label.label for label in item.human}
        if len(labels) != 1 or not labels <= names:
            raise ConfigError(f"{path}:{line}: an example needs one label, one of {', '.join(sorted(names))}")
        yield item, labels.pop()


@lru_cache(maxsize=64)
def meanings_of(name: str) -> Mapping[str, str]:
    """The labels of a rubric by name, with their definitions; none for a user's own rubric, known by name only."""
    found = _by_name(name)
    return MappingProxyType({label.name: label.meaning for label in found.file.labels} if found else {})


def guidance_of(name: str) -> str:
    """What a rubric asks, for people; empty for a user's own rubric, known by name only."""
    found = _by_name(name)
    return found.guidance if found else ""


def labels_of(name: str) -> tuple[str, ...]:
    """The labels of a rubric by name; none for a user's own rubric, whose evidence says which labels there are."""
    return tuple(meanings_of(name))


def is_ordinal(name: str) -> bool:
    """Whether the labels of a rubric by name stand in an order; False for a user's own rubric, known by name only."""
    found = _by_name(name)
    return found is not None and found.file.ordinal


def role_of(name: str, said: Mapping[str, Any] | None = None, labels: Collection[str] = ()) -> Role:
    """The role of a rubric: as a run says it, else by the name.

    Parameters
    ----------
    name : str
    said : mapping, optional
        The role in ``run.json``, as :meth:`Role.to_row` writes it.
    labels : collection of str
        The rubric's labels there. Runs of earlier versions say these and no role; with other labels than the rubric of
        that name it was another one, which has none.
    """
    if said is not None:
        return Role.from_row(said)
    found = _by_name(name)
    return found.role if found is not None and set(labels) in (set(), set(found.labels)) else Role()


@lru_cache(maxsize=1)
def default_by_split() -> Mapping[str, str]:
    """Split -> the shipped rubric that judges it where nobody says otherwise; ``*`` is every other split."""
    pointwise = (made for made in map(_shipped, shipped_rubrics()) if made.file.kind == "pointwise")
    return MappingProxyType({split: made.name for made in pointwise for split in made.file.default_for})


@lru_cache(maxsize=4)
def default_of(kind: str) -> str:
    """The shipped rubric that judges items of a kind (``chain``, ``pairwise``) where nobody says otherwise."""
    made = map(_shipped, shipped_rubrics())
    return next(one.name for one in made if one.file.kind == kind and one.file.default_for)


def label_meant(said: str, labels: Sequence[str]) -> str | None:
    """The label that a person wrote, in any case and with blanks around; None where it is none of them."""
    if said in labels:
        return said
    alike = [label for label in labels if label.casefold() == said.strip().casefold()]
    return alike[0] if len(alike) == 1 else None
