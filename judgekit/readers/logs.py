"""Which files of outputs there are under a folder, and what the runs made of files are called."""

from __future__ import annotations

import logging
import os
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from judgekit.errors import InputError
from judgekit.readers.base import Format
from judgekit.readers.detect import COMPRESSED, UnknownFormat, find, head
from judgekit.readers.formats import hf
from judgekit.readers.formats import table as mapped
from judgekit.readers.label_tools import holds_labels_alone
from judgekit.readers.names import is_stage

_LOG = logging.getLogger(__name__)

SUFFIXES = (".json", ".jsonl", ".csv", ".tsv", ".parquet", ".arrow", ".eval")
_OF_A_RUN = ("verdicts.jsonl", "verdicts.jsonl.part", "rubric.yaml")
_REFUSED = re.compile(r'[<>:"/\\|?*\x00-\x1f]')
_DEVICE = re.compile(r"(con|prn|aux|nul|(com|lpt)[0-9\u00b9\u00b2\u00b3]) *(\.|$)", re.IGNORECASE)
"""What Windows takes for a device, whatever ending it has."""
_OF_MACHINES = ("__pycache__", "__MACOSX")
"""Folders that hold nothing of a person's; lm-evaluation-harness writes ``/models/x`` as ``__models__x``."""
_EVALS = "evals"
"""The folder in which open-unlearning puts evaluations, one beside each model."""


class Logs(NamedTuple):
    """Files of outputs (and data sets saved to disk), sorted; ``others``: files of such endings that are none."""

    files: list[Path]
    others: int


def holds_logs(path: Path) -> bool:
    """Whether a path is a folder to look for logs in: no data set saved to disk, run or rubric folder."""
    return path.is_dir() and not hf.is_saved(path) and not any((path / name).exists() for name in _OF_A_RUN)


def logs(folder: Path, format: str | None = None, columns: Mapping[str, str] | None = None) -> Logs:
    """Every file of outputs under a folder, however deep.

    Hidden folders, judgekit's own run folders, files of label tools and files that repeat what another one beside them
    holds are passed over. A file that cannot be read is named in a warning.

    Parameters
    ----------
    folder : Path
    format : str, optional
        Only logs of this format.
    columns : mapping, optional
        With a column map, every table is a log.
    """
    found: list[Path] = []
    others = 0
    for path in _candidates(folder):
        try:
            form = _form(path, columns)
        except UnknownFormat:
            others += 1
        except InputError as error:
            _LOG.warning("%s (passed over)", error)
        else:
            if form is None or form.repeats(path) or format not in (None, form.name):
                others += 1
            else:
                found.append(path)
    return Logs(found, others)


def _candidates(folder: Path) -> Iterator[Path]:
    for here, folders, names in os.walk(folder):
        inside = [
            Path(here, name) for name in sorted(folders) if name[:1] != "." and name not in _OF_MACHINES
        ]
        yield from (path for path in inside if hf.is_saved(path))
        folders[:] = [path.name for path in inside if holds_logs(path)]
        yield from (Path(here, name) for name in sorted(names) if _may_be_log(Path(name)))


def _may_be_log(path: Path) -> bool:
    """By its ending; a compressed one is none that can be read, which is said when it is looked at."""
    inside = path.with_suffix("") if path.suffix.lower() in COMPRESSED else path
    return inside.suffix.lower() in SUFFIXES


def _form(path: Path, columns: Mapping[str, str] | None) -> Format | None:
    """The format of a log; None for a label tool's file, or a table that a column map does not fit."""
    if path.is_dir():
        return hf.FORMAT
    seen = head(path)
    if columns:
        fits = seen.kind in ("list", "lines", "table") and set(columns.values()) <= set(seen.row)
        return mapped.FORMAT if fits else None
    return None if holds_labels_alone(seen) else find(seen, path)


def name_below(root: Path, log: Path) -> str:
    """What a log's run is called: its path below the folder, without what says nothing.

    The name hangs on this path alone, so that a log that joins its folder later renames no run.
    """
    *folders, last = log.relative_to(root).parts
    parts = [folder for folder in folders if folder != _EVALS]
    stem = last if log.is_dir() else Path(last).stem
    if not parts:
        parts = [root.resolve().name] if _says_nothing(stem, [root.resolve().name]) else []
    return "-".join(parts if parts and _says_nothing(stem, parts) else [*parts, stem])


def _says_nothing(stem: str, folders: list[str]) -> bool:
    """Whether a file is called as all its kind are, or as its folder says already: TOFU_EVAL of tofu_…."""
    bench = stem.removesuffix("_EVAL").lower()
    is_known = any(folder.lower().split("_")[0] == bench for folder in folders)
    return stem in ("eval_log_aggregated", "history") or (stem.endswith("_EVAL") and is_known)


def names_of(files: Iterable[str]) -> dict[str, str]:
    """What the runs of files are called: the file's name, or its folder's where all its kind are named alike.

    Files that share such a name are told apart by their paths.
    """
    names = {source: _name(Path(source)) for source in files}
    for name in set(names.values()):
        same = [source for source, other in names.items() if other == name]
        if len(same) > 1:
            names.update(_told_apart(same, list(names)))
    return names


def _name(path: Path) -> str:
    if path.suffix == ".json" and path.is_file():
        for folder in path.resolve().parents:
            if folder.name and not is_stage(folder.name):
                return folder.name
    return path.name.removesuffix(path.suffix) or "run"


def _told_apart(sources: list[str], everything: list[str]) -> dict[str, str]:
    """The shortest ends of their paths that differ, from each other and from those of every file given."""
    parts = {source: (*Path(source).absolute().parts[1:-1], Path(source).stem) for source in everything}
    for length in range(1, max(len(parts[source]) for source in sources) + 1):
        ends = Counter("-".join(path[-length:]) for path in parts.values())
        names = {source: "-".join(parts[source][-length:]) for source in sources}
        if all(ends[name] == 1 for name in names.values()):
            return names
    return {source: Path(source).name for source in sources}


def unique_names(names: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Source -> name of its run's folder, which every system takes; a name that is taken gets a number.

    Names that differ in case alone, or in how an accent is spelled, are one folder on macOS and Windows.
    """
    unique, taken = dict[str, str](), set[str]()
    for source, name in names:
        name = free = portable(name)
        number = 2
        while _folded(free) in taken:
            free, number = f"{name}-{number}", number + 1
        taken.add(_folded(free))
        unique[source] = free
    return unique


def portable(name: str) -> str:
    """A name that can be a folder's on every system: Windows refuses some characters, ends and names of devices."""
    name = _REFUSED.sub("_", name).rstrip(". ")
    return f"_{name}" if not name or _DEVICE.match(name) else name


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()
