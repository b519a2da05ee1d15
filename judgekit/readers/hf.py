"""Any Hugging Face data set: by name, a saved folder, or a CSV, TSV, Parquet or JSON file, with a column map.

``name[:config][@split]`` picks configuration and split (``locuslab/TOFU:forget10@train``). The map says which
column holds which field of an item; a field without an entry is read from the column of its own name, if there
is one. ``question`` and ``output`` must be there; without ``id`` the row's index is the id.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from judgekit.errors import ConfigError, InputError
from judgekit.readers.base import Format, Head, Row, Source, whole
from judgekit.records import Item

_FIELDS = (
    "id",
    "question_id",
    "question",
    "reference",
    "references",
    "output",
    "outputs",
    "model",
    "method",
    "split",
)
_SINGULAR = {"references": "reference", "outputs": "output"}
_NAME = re.compile(r"(?P<name>[^:@]+)(:(?P<config>[^:@]+))?(@(?P<split>[^:@]+))?")
_BUILDERS = {".csv": "csv", ".tsv": "csv", ".parquet": "parquet", ".json": "json", ".jsonl": "json"}


def _matches(head: Head) -> bool:
    return head.kind == "folder" or (head.kind == "table" and {"question", "output"} <= set(head.row))


def _read(source: Source) -> Iterator[Item]:
    unknown = sorted(set(source.columns) - set(_FIELDS))
    if unknown:
        raise ConfigError(f"unknown item field '{unknown[0]}' in the column map; known: {', '.join(_FIELDS)}")
    columns: dict[str, str] = {}
    for index, row in enumerate(_rows(source.path)):
        columns = columns or _columns(source, row)
        found = {key: row.get(column) for key, column in columns.items()}
        fields = {key: _value(value) for key, value in found.items() if value is not None}
        for field in ("question", "output"):
            if field not in fields and not (field == "output" and "outputs" in fields):
                raise InputError(f"column '{columns[field]}' ({field}) is empty", path=source.path, row=index)
        fields["id"] = str(fields.get("id", index))
        yield source.item(index, **{"split": "", **fields})


def _columns(source: Source, row: Row) -> dict[str, str]:
    """Item field -> column, checked against the first row."""
    columns = {field: field for field in _FIELDS if field in row} | dict(source.columns)
    for field, column in columns.items():
        if column not in row:
            raise ConfigError(f"{source.path}: no column '{column}' for {field}; columns: {', '.join(row)}")
    for many, one in _SINGULAR.items():
        if many in columns and one in columns:
            columns.pop(many if one in source.columns else one)
    for field in ("question", "output"):
        if field not in columns and not (field == "output" and "outputs" in columns):
            raise ConfigError(
                f"{source.path}: which column is the {field}? columns: {', '.join(row)}; "
                f"map it, for example --columns {field}={next(iter(row), 'name')}"
            )
    return columns


def _value(value: Any) -> Any:
    if isinstance(value, str):
        return whole(value)
    return [_value(one) for one in value] if isinstance(value, list | tuple) else value


def _rows(path: Path) -> Iterator[Mapping[str, Any]]:
    """The rows, streamed where the source allows it; whatever the library refuses becomes one line."""
    found = _NAME.fullmatch(str(path))
    if found is None:
        raise InputError("expected name[:config][@split]", path=path)
    from datasets.utils import logging

    verbosity = logging.get_verbosity()
    logging.set_verbosity(logging.CRITICAL)  # what goes wrong is said once, below
    try:
        yield from _load(found["name"], found["config"], found["split"])
    except (ConfigError, InputError):
        raise
    except Exception as error:  # the library raises its own, pyarrow's, fsspec's and the hub's exceptions
        line = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise InputError(f"the data set cannot be loaded: {line}", path=path) from None
    finally:
        logging.set_verbosity(verbosity)


def _load(name: str, config: str | None, split: str | None) -> Any:
    import datasets

    here = Path(name)
    if here.is_file():
        if here.suffix not in _BUILDERS:
            raise InputError(f"expected one of {', '.join(_BUILDERS)}", path=here)
        options: dict[str, Any] = {"sep": "\t"} if here.suffix == ".tsv" else {}
        return _one_split(
            datasets.load_dataset(_BUILDERS[here.suffix], data_files=name, streaming=True, **options),
            name,
            split,
        )
    if here.is_dir() and ((here / "state.json").exists() or (here / "dataset_dict.json").exists()):
        return _one_split(datasets.load_from_disk(name), name, split)
    return _one_split(datasets.load_dataset(name, config, streaming=True), name, split)


def _one_split(loaded: Any, name: str, split: str | None) -> Any:
    if not isinstance(loaded, dict):
        return loaded
    if split is None and len(loaded) == 1:
        return next(iter(loaded.values()))
    if split not in loaded:
        raise ConfigError(
            f"{name}: say which split, as in {name}@{next(iter(loaded))}; splits: {', '.join(loaded)}"
        )
    return loaded[split]


FORMAT = Format(
    "hf", "Hugging Face data set: name[:config][@split], folder or table, with a column map", _matches, _read
)
