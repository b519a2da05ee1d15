"""Any Hugging Face data set, by name or as a saved folder, with a column map.

``name[:config][@split]`` picks configuration and split (``locuslab/TOFU:forget10@train``). The columns are read as
those of any table (:mod:`judgekit.readers.formats.table`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePath
from typing import Any

from judgekit.errors import ConfigError, InputError
from judgekit.readers.base import Format, Head, Source
from judgekit.readers.formats.table import items, read_table
from judgekit.records import Item

_NAME = re.compile(r"(?P<name>([A-Za-z]:/)?[^:@]+)(:(?P<config>[^:@]+))?(@(?P<split>[^:@]+))?")
"""A name, or the path of a saved folder, which begins with a drive on Windows."""
_SAVED = ("state.json", "dataset_dict.json")


def is_saved(folder: Path) -> bool:
    """Whether a folder is a data set that was saved to disk."""
    return any((folder / name).is_file() for name in _SAVED)


def _matches(head: Head) -> bool:
    return head.kind == "folder"


def _read(source: Source) -> Iterator[Item]:
    if source.path.is_file():
        return read_table(source)
    return items(source, enumerate(_rows(source.path)))


def named(path: PurePath) -> tuple[str, str | None, str | None]:
    """The data set, configuration and split that a path names; the hub's names have slashes on every system.

    Raises
    ------
    InputError
        It names none.
    """
    found = _NAME.fullmatch(path.as_posix())
    if found is None:
        raise InputError("expected name[:config][@split]", path=path)
    return found["name"], found["config"], found["split"]


def _rows(path: Path) -> Iterator[Mapping[str, Any]]:
    """The rows, streamed where the source allows it; whatever the library refuses becomes one line."""
    name, config, split = named(path)
    from datasets.utils import logging

    verbosity = logging.get_verbosity()
    logging.set_verbosity(logging.CRITICAL)  # what goes wrong is said once, below
    try:
        yield from _load(name, config, split)
    except (ConfigError, InputError):
        raise
    except Exception as error:  # the library raises its own, pyarrow's, fsspec's and the hub's exceptions
        line = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise InputError(f"the data set cannot be loaded: {line}", path=path) from None
    finally:
        logging.set_verbosity(verbosity)


def _load(name: str, config: str | None, split: str | None) -> Any:
    import datasets

    if is_saved(Path(name)):
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
    "hf", "Hugging Face data set: name[:config][@split] or a saved folder, with a column map", _matches, _read
)
