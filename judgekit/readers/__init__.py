"""Files in, items out: one module a file format, and files of people's labels.

Here: everything that reads what other tools, people and judgekit's verbs wrote, row by row. Not here: run folders as a
whole (:mod:`judgekit.runs`).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Unpack

from judgekit.errors import ConfigError, renamed
from judgekit.frames.stream import Stream
from judgekit.readers.base import Source
from judgekit.readers.formats import SHIPPED, added, format_named
from judgekit.readers.in_memory import Table, table_items
from judgekit.readers.labels import examined, numbered_labels, read_evidence, read_labels, read_verdicts
from judgekit.readers.log import Log, ReaderOptions, unique
from judgekit.readers.logs import logs
from judgekit.readers.naming import NamesFile
from judgekit.records import Item

__all__ = [
    "NamesFile",
    "Table",
    "detect",
    "examined",
    "formats",
    "log",
    "logs",
    "numbered_labels",
    "read",
    "read_evidence",
    "read_labels",
    "read_verdicts",
    "recorded_metrics",
    "unique",
]


def formats() -> dict[str, str]:
    """Name and one-line description of every format; of one whose package is broken, what is wrong with it."""
    found = {name: form.description for name, form in SHIPPED.items()}
    for name, extension in added().items():
        try:
            found[name] = f"{format_named(name).description} (package {extension.package})"
        except ConfigError as error:
            found[name] = str(error)
    return found


def detect(path: str | Path, columns: Mapping[str, str] | None = None) -> str:
    """The name of a file's format, told from its content; with a column map a file of rows is a table.

    Raises
    ------
    InputError
        The file is missing, empty, or in no known format.
    """
    return Log.open(Source(Path(path), columns=dict(columns or {}))).form.name


@renamed(path="source")
def read(
    source: str | Path | Table,
    *,
    format: str | None = None,
    model: str | None = None,
    method: str | None = None,
    split: str | None = None,
    columns: Mapping[str, str] | None = None,
    names: str | Path | None = None,
) -> Stream[Item]:
    """Read the items of a file, or of a table in memory, one by one, with memory bounded whatever its size.

    Parameters
    ----------
    source : str | Path | Table
        The file; for the format ``hf`` a folder or the name of a data set. Or a table in memory: a frame of pandas
        or polars, an Arrow table, or one split of a data set of ``datasets``.
    format : str | None
        Name of its format; by default ``table`` with a column map, else detected from the content.
    model, method, split : str | None
        Said of every item, over what the file or its folder's name says.
    columns : Mapping[str, str] | None
        Item field -> column, for tables and data sets; a field without an entry is read from the column of its own
        name.
    names : str | Path | None
        A file that says model and method of runs (:class:`judgekit.readers.naming.NamesFile`);
        ``model`` and ``method`` given here win over it.

    Raises
    ------
    InputError
        In one line the file, the row or key path, and what was expected there. A JSON object (TOFU,
        open-unlearning, RWKU) is checked to its end before its first item; of a JSON list or JSONL,
        items before the broken row have been given by then.
    """
    options: ReaderOptions = {
        "format": format,
        "model": model,
        "method": method,
        "split": split,
        "columns": columns,
        "names": names,
    }
    found = log(source, **options).items() if isinstance(source, str | Path) else table_items(source, options)
    return Stream(Item, found)


def log(path: str | Path, *, digest: bool = False, **reader: Unpack[ReaderOptions]) -> Log:
    """A file, its format told; options as for :func:`read`, ``digest`` as for :class:`Log`."""
    model, method, names = reader.get("model"), reader.get("method"), reader.get("names")
    if names is not None:
        said = NamesFile(names).of(Path(path))
        model = said.get("model") if model is None else model
        method = said.get("method") if method is None else method
    columns = dict(reader.get("columns") or {})
    source = Source(Path(path), model, method, reader.get("split"), columns)
    return Log.open(source, reader.get("format"), digest=digest)


def recorded_metrics(
    path: str | Path, *, format: str | None = None, columns: Mapping[str, str] | None = None
) -> dict[str, float | None]:
    """Numbers of the whole run that a file, or the summary file beside it, holds; None where it says null."""
    return Log.open(Source(Path(path), columns=dict(columns or {})), format).recorded
