"""Files in, items out: one module a file format, and files of people's labels.

Here: everything that reads what other tools, people and judgekit's verbs wrote, row by row. Not here: run folders as a
whole (:mod:`judgekit.runs`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from judgekit.errors import ConfigError, InputError
from judgekit.readers.base import Format, Source
from judgekit.readers.detect import find, head
from judgekit.readers.formats import SHIPPED, added, format_named, hf
from judgekit.readers.formats import table as mapped
from judgekit.readers.labels import examined, numbered_labels, read_evidence, read_labels, read_verdicts
from judgekit.readers.logs import logs
from judgekit.readers.naming import NamesFile
from judgekit.records import Item

__all__ = [
    "NamesFile",
    "detect",
    "examined",
    "formats",
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
    InputError : the file is missing, empty, or in no known format.
    """
    return _form(Path(path), None, columns).name


def _form(path: Path, name: str | None, columns: Mapping[str, str] | None = None) -> Format:
    """The format that was named, that a column map asks for, or that the content shows."""
    if name is not None:
        form = format_named(name)
    elif columns and path.is_file() and head(path).kind in ("list", "lines", "table"):
        form = mapped.FORMAT
    else:
        _not_a_folder(path)
        form = find(path)
    if columns and form not in (mapped.FORMAT, hf.FORMAT):
        raise ConfigError(
            f"{path}: a column map is for tables and data sets (--format table, hf); this is read as '{form.name}'"
        )
    return form


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
            other = find(source.path).name
        except InputError:
            raise error from None
        if other == form.name:
            raise
        what = f"{error.what} (read as '{form.name}'; the file looks like '{other}')"
        raise InputError(what, path=error.path, row=error.row) from None
    yield first
    yield from stream


def read(
    path: str | Path,
    *,
    format: str | None = None,
    model: str | None = None,
    method: str | None = None,
    split: str | None = None,
    columns: Mapping[str, str] | None = None,
    names: str | Path | None = None,
) -> Iterator[Item]:
    """Read a file's items one by one, with memory bounded whatever its size.

    Parameters
    ----------
    path : the file; for the format ``hf`` a folder or the name of a data set.
    format : name of its format; by default ``table`` with a column map, else detected from the content.
    model, method, split : said of every item, over what the file or its folder's name says.
    columns : item field -> column, for tables and data sets.
    names : a file that says model and method of runs (:class:`judgekit.readers.naming.NamesFile`); ``model`` and
        ``method`` given here win over it.

    Raises
    ------
    InputError : in one line the file, the row or key path, and what was expected there. A JSON object (TOFU,
        open-unlearning, RWKU) is checked to its end before its first item; of a JSON list or JSONL, items
        before the broken row have been given by then.
    """
    if names is not None:
        said = NamesFile(names).of(Path(path))
        model, method = (
            said.get("model") if model is None else model,
            said.get("method") if method is None else method,
        )
    source = Source(Path(path), model, method, split, dict(columns or {}))
    form = _form(source.path, format, columns)
    return unique(form.read(source) if format is None else _forced(form, source), path)


def unique(items: Iterable[Item], path: object = None) -> Iterator[Item]:
    """The same items, each one output of one run.

    Raises
    ------
    InputError : there is none, one is no item, or an id occurs twice for one model and method.
    """
    seen: set[int] = set()
    for item in items:
        if not isinstance(item, Item):
            raise InputError(f"expected items (judgekit.Item), found {type(item).__name__}", path=path)
        # 8 bytes an id keep a file of millions checkable; two different ids share a hash once in 2**64 pairs
        key = hash(item.key)
        if key in seen:
            whose = " ".join(filter(None, (item.model, item.method)))
            raise InputError(
                f"the id '{item.id}' occurs twice{f' for {whose}' if whose else ''}; "
                "ids must be unique for one model and method",
                path=path,
            )
        seen.add(key)
        yield item
    if not seen:
        raise InputError("no items; expected at least one model output", path=path)


def recorded_metrics(
    path: str | Path, *, format: str | None = None, columns: Mapping[str, str] | None = None
) -> dict[str, float | None]:
    """Numbers of the whole run that a file, or the summary file beside it, holds; None where it says null."""
    path = Path(path)
    return _form(path, format, columns).metrics(path)
