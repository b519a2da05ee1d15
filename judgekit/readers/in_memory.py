"""Tables in memory as items: pandas and polars frames, Arrow tables, and data sets of Hugging Face's ``datasets``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from judgekit.errors import ConfigError
from judgekit.readers.base import Place, Row, Source
from judgekit.readers.files.columnar import rows_of
from judgekit.readers.formats.table import items
from judgekit.readers.log import ReaderOptions, unique
from judgekit.readers.names import RunNames
from judgekit.records import Item


@runtime_checkable
class ArrowStream(Protocol):
    """A table that any Arrow library can read: of pyarrow, polars, pandas (2.2 or later), DuckDB and others."""

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """The capsule of the Arrow C stream interface."""


@runtime_checkable
class DataSet(Protocol):
    """One split of a data set, in memory or streamed: rows that are mappings, and named columns."""

    @property
    def column_names(self) -> Any:
        """Names of the columns; of several splits a mapping."""

    def __iter__(self) -> Iterator[Any]:
        """The rows."""


Table = ArrowStream | DataSet


@dataclass(frozen=True)
class _Unnamed(Source):
    """A source without a file, whose name would say model and method."""

    @cached_property
    def _named(self) -> RunNames:
        return RunNames("", "")


def table_items(table: Table, options: ReaderOptions) -> Iterator[Item]:
    """The items of a table by a column map, each id once for one model and method.

    Parameters
    ----------
    table : Table
    options : ReaderOptions
        Of these a table takes ``columns``, ``model``, ``method`` and ``split``.

    Raises
    ------
    ConfigError
        An option for files, several splits, or a column map that does not fit.
    InputError
        A value that is needed is missing, or is no text.
    """
    name = type(table).__name__
    for option in ("format", "names"):
        if options.get(option) is not None:
            raise ConfigError(f"'{option}' says how a file is read; a {name} needs none")
    if isinstance(table, Mapping):
        splits = ", ".join(map(str, table))
        raise ConfigError(
            f"{name}: give one split of it, as in data['{next(iter(table), '')}']; splits: {splits}"
        )
    source = _Unnamed(
        Path(name),
        options.get("model"),
        options.get("method"),
        options.get("split"),
        dict(options.get("columns") or {}),
    )
    return unique(items(source, _rows(table, source.path)), source.path)


def _rows(table: Table, name: Path) -> Iterator[tuple[Place, Row]]:
    if isinstance(table, ArrowStream):
        return rows_of(_batches(table), name)
    return ((number, dict(row)) for number, row in enumerate(table))


def _batches(table: ArrowStream) -> Iterator[Any]:
    import pyarrow

    yield from pyarrow.RecordBatchReader.from_stream(table)
