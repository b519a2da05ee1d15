"""One log: a file of outputs whose format is told once, for everything that is asked of it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypedDict

from judgekit.documents.lines import opened
from judgekit.errors import ConfigError, InputError
from judgekit.readers.base import Format, Source
from judgekit.readers.detect import find, head, look
from judgekit.readers.formats import format_named, hf
from judgekit.readers.formats import table as mapped
from judgekit.readers.hydra import overrides
from judgekit.readers.logs import logs
from judgekit.readers.seen import Seen
from judgekit.readers.settings import of_training
from judgekit.records import Item


class ReaderOptions(TypedDict, total=False):
    """How a file is read, by keyword; see :func:`judgekit.readers.read`."""

    format: str | None
    model: str | None
    method: str | None
    split: str | None
    columns: Mapping[str, str] | None
    names: str | Path | None


@dataclass(frozen=True)
class Log:
    """A file of outputs, or a data set, and its format.

    The file is opened once to look at it, and once more for each reading of its items (and of its run-level numbers,
    in formats that have them).

    Attributes
    ----------
    source : Source
        The file, and what the caller says of its items.
    form : Format
        How it is read.
    named : bool
        Whether the caller named the format.
    digest : str or None
        Tells one file of outputs from another (12 hex digits of its SHA-256); None where it was not asked for, or
        the source is no file.
    """

    source: Source
    form: Format
    named: bool = False
    digest: str | None = None

    @classmethod
    def open(cls, source: Source, format: str | None = None, *, digest: bool = False) -> Log:
        """Tell a file's format: the one named, else a table where there is a column map, else by its content.

        Raises
        ------
        InputError
            The file is missing, empty, or in no known format.
        ConfigError
            There is no such format, or it takes no column map.
        """
        path, mark, seen = source.path, None, None
        form = None if format is None else format_named(format)
        if path.is_file() and (form is None or digest):
            with opened(path) as file:
                seen = look(file, path) if form is None else None
                if digest:
                    file.seek(0)
                    mark = hashlib.file_digest(file, "sha256").hexdigest()[:12]
        elif form is None:
            _not_a_folder(path)
            seen = head(path)
        if form is None:
            assert seen is not None
            is_mapped = source.columns and seen.kind in _ROWS
            form = mapped.FORMAT if is_mapped else find(seen, path)
        if source.columns and form not in (mapped.FORMAT, hf.FORMAT):
            raise ConfigError(
                f"{path}: a column map is for tables and data sets (--format table, hf); this is read as '{form.name}'"
            )
        return cls(source, form, format is not None, mark)

    def items(self) -> Iterator[Item]:
        """Its items one by one, each id once for one model and method."""
        source = replace(self.source, forced=self.named)
        return unique(_forced(self.form, source) if self.named else self.form.read(source), source.path)

    @property
    def overrides(self) -> dict[str, str]:
        """What Hydra recorded near it of how the model was trained; what the caller says of the method goes before."""
        near = overrides(self.source.path) if self.source.path.is_file() else {}
        return of_training(near, self.source.method)

    @property
    def recorded(self) -> dict[str, float | None]:
        """Numbers of the whole run that it, or the summary beside it, holds; None where it says null."""
        return self.form.metrics(self.source.path) if self.source.path.is_file() else {}


_ROWS = ("list", "lines", "table")
"""What a file of rows is as a whole."""


def _not_a_folder(path: Path) -> None:
    """A folder that holds files of outputs is no data set; one of them is likely meant."""
    if not path.is_dir() or hf.is_saved(path):
        return
    found = logs(path).files
    if found or any((path / name).exists() for name in ("items.jsonl", "items.jsonl.part")):
        meant = found[0] if found else path / "items.jsonl"
        raise InputError(
            f"is a folder; did you mean {meant}? (every log under it: judgekit.readers.logs; a data set in a folder: "
            "--format hf)",
            path=path,
        )


def _forced(form: Format, source: Source) -> Iterator[Item]:
    """Items by a format that the caller named; where it does not fit, the error says which would."""
    stream = form.read(source)
    try:
        first = next(stream)
    except StopIteration:
        return
    except InputError as error:
        try:
            other = find(head(source.path), source.path).name
        except InputError:
            raise error from None
        if other == form.name:
            raise
        what = f"{error.what} (read as '{form.name}'; the file looks like '{other}')"
        raise InputError(what, path=error.path, row=error.row) from None
    yield first
    yield from stream


def unique(items: Iterable[Item], path: object = None) -> Iterator[Item]:
    """The same items, each one output of one run.

    Raises
    ------
    InputError
        There is none, one is no item, or an id occurs twice for one model and method.
    """
    seen = Seen()
    for item in items:
        if not isinstance(item, Item):
            raise InputError(f"expected items (judgekit.Item), found {type(item).__name__}", path=path)
        if not seen.add(item.key):
            whose = " ".join(filter(None, (item.model, item.method)))
            raise InputError(
                f"the id '{item.id}' occurs twice{f' for {whose}' if whose else ''}; "
                "ids must be unique for one model and method",
                path=path,
            )
        yield item
    if not seen:
        raise InputError("no items; expected at least one model output", path=path)
