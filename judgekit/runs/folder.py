"""A run folder, read: what ``judgekit score`` leaves behind, which files it holds, and whether it is finished.

``items.jsonl``, ``evidence.jsonl`` and ``verdicts.jsonl`` hold one row an item, in input order; ``run.json`` says what
was run, and what the three files held when they were written, against which they are read; ``store.sqlite`` holds every
answered call. Until a run is finished its files carry the ending ``.part``, ``run.json`` the longest.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from judgekit.documents import read_json
from judgekit.documents.lines import decode_row, numbered, opened
from judgekit.errors import InputError
from judgekit.readers.labels import read_evidence, read_verdicts
from judgekit.records import EvidenceRow, Item, R, Verdict, parse, several
from judgekit.runs.about import RunAbout
from judgekit.runs.atomic import PART

SCHEMA = "judgekit.run/1"
ITEMS, EVIDENCE, VERDICTS, ABOUT, STORE = (
    "items.jsonl",
    "evidence.jsonl",
    "verdicts.jsonl",
    "run.json",
    "store.sqlite",
)
FILES = (ITEMS, EVIDENCE, VERDICTS)
"""The files of rows."""

Paths = str | Path | Iterable[str | Path]
"""One path or several."""

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class RunFolder:
    """A finished run in a folder.

    Its rows are read one by one, as they were written; a file that is not there has none. Whoever reads a file to its
    end is told where it is not the one that ``run.json`` speaks of; runs of earlier versions do not say.
    """

    path: Path

    @classmethod
    def open(cls, path: str | Path) -> RunFolder:
        """The run in a folder.

        Raises
        ------
        InputError
            Scoring left none there, or has not finished it; runs one folder further down are named.
        """
        path = Path(path)
        if is_finished(path):
            return cls(path)
        if is_unfinished(path):
            raise InputError(_UNFINISHED, path=path)
        inside = [str(one) for one in runs_inside(path)]
        hint = (
            f"did you mean {', '.join(inside[:3])}?"
            if inside
            else "make one with 'judgekit score FILE -o FOLDER'"
        )
        raise InputError(f"not a run folder: it has no {VERDICTS}; {hint}", path=path)

    @cached_property
    def about(self) -> RunAbout:
        """What ``run.json`` says of the run; nothing where there is none.

        Raises
        ------
        InputError
            It is not JSON, or not what is said of a run.
        """
        path = self.path / ABOUT
        if not path.is_file():
            return RunAbout()
        try:
            found = read_json(path)
        except InputError as error:
            raise InputError(f"{error.what}; score the file again (--replace)", path=path) from None
        if not isinstance(found, dict) or found.get("schema") != SCHEMA:
            seen = found.get("schema") if isinstance(found, dict) else type(found).__name__
            raise InputError(f"expected an object with schema '{SCHEMA}', found {seen!r}", path=path)
        return parse(RunAbout, found, path=path)

    @property
    def examples(self) -> set[str]:
        """Question ids of the examples that its judges were shown."""
        return set(self.about.examples)

    def items(self) -> Iterator[Item]:
        """Its items."""
        return self._rows(Item, ITEMS)

    def evidence(self) -> Iterator[EvidenceRow]:
        """What every judge asked said of each item."""
        return self._rows(EvidenceRow, EVIDENCE)

    def verdicts(self) -> Iterator[Verdict]:
        """Its verdicts."""
        return self._rows(Verdict, VERDICTS)

    def judged(self) -> Iterator[tuple[Item | None, Verdict]]:
        """Its verdicts, each with its item where the folder holds items.

        Raises
        ------
        InputError
            The folder holds items, but not that of a verdict.
        """
        items = {item.key: item for item in self.items()}
        for verdict in self.verdicts():
            item = items.get(verdict.key)
            if items and item is None:
                raise InputError(
                    f"verdict '{verdict.id}' has no item in {ITEMS}; the files are of different runs",
                    path=self.path,
                )
            yield item, verdict

    def results(self) -> Iterator[tuple[Item | None, EvidenceRow | None, Verdict]]:
        """Item, evidence and verdict of each row, read side by side, so that memory does not grow with the run.

        Raises
        ------
        InputError
            The files do not hold the same rows in the same order, as scoring writes them.
        """
        beside = {
            name: rows
            for name, rows in ((ITEMS, self.items()), (EVIDENCE, self.evidence()))
            if (self.path / name).is_file()
        }
        number = 0
        for number, verdict in enumerate(self.verdicts(), 1):
            found: dict[str, Any] = {name: next(rows, None) for name, rows in beside.items()}
            for name, row in found.items():
                if row is None or row.key != verdict.key:
                    raise InputError(
                        f"expected the row of verdict '{verdict.id}'; the files are of different runs",
                        path=self.path / name,
                        row=number,
                    )
            yield found.get(ITEMS), found.get(EVIDENCE), verdict
        for name, rows in beside.items():
            if next(rows, None) is not None:
                what = f"a row without a verdict: {VERDICTS} ends before it; the files are of different runs"
                raise InputError(what, path=self.path / name, row=number + 1)

    def check(self, name: str) -> None:
        """Read one of :data:`FILES` to its end, whatever its rows are.

        Raises
        ------
        InputError
            It is not the file that ``run.json`` speaks of.
        """
        for _ in self._lines(name):
            pass

    def _rows(self, kind: type[R], name: str) -> Iterator[R]:
        path = self.path / name
        for number, line in self._lines(name):
            yield parse(kind, decode_row(line, path, number), path=path, line=number)

    def _lines(self, name: str) -> Iterator[tuple[int, bytes]]:
        """The lines of a file that hold anything, with their numbers; at the end it is told from any other file."""
        path = self.path / name
        written = self.about.files.get(name)
        if not path.is_file():
            if (
                written is not None and name != ITEMS
            ):  # texts may be kept back; what judges said is what checks rest on
                raise InputError(
                    f"is not there, and {ABOUT} says that it was written: put it back, or let the same 'judgekit "
                    "score' write it again, from the answers it kept",
                    path=path,
                )
            return
        digest, rows = hashlib.sha256(), 0
        with opened(path) as file:
            for number, line in numbered(file, path):
                if written is not None:
                    digest.update(line)
                if line.strip():
                    rows += 1
                    yield number, line
        if written is None or digest.hexdigest() == written.sha256:
            return
        what = "changed since it was written: its SHA-256 is not the one"
        if rows != written.rows:
            what = f"holds {rows:,} rows, not the {written.rows:,}"
        raise InputError(
            f"{what} in {ABOUT}; the same 'judgekit score' writes it again, from the answers it kept",
            path=path,
        )


_UNFINISHED = "an unfinished run: the same 'judgekit score' again goes on with it"


def is_finished(path: Path) -> bool:
    """Whether a finished run is there: one whose files were all put in their place."""
    return (path / VERDICTS).is_file() and not (path / (ABOUT + PART)).is_file()


def is_unfinished(path: Path) -> bool:
    """Whether scoring began a run there and has not finished it."""
    return not is_finished(path) and any(
        (path / name).is_file() for name in (VERDICTS + PART, ABOUT + PART, STORE)
    )


def runs_inside(path: Path) -> list[Path]:
    """The finished runs one folder further down."""
    return sorted(one.parent for one in path.glob(f"*/{VERDICTS}"))


def paths(given: Paths) -> list[Path]:
    """One path or several, as several."""
    return [Path(one) for one in several(given)]


def finished(given: Paths) -> list[Path]:
    """The paths, each once, without run folders that are not finished; what is left out is named in a warning.

    Raises
    ------
    InputError
        No other is left.
    """
    every = _once(paths(given))
    open_runs = [path for path in every if is_unfinished(path)]
    if open_runs and len(open_runs) == len(every):
        RunFolder.open(open_runs[0])
    for path in open_runs:
        _LOG.warning("%s is left out: %s", path, _UNFINISHED)
    return [path for path in every if path not in open_runs]


def _once(given: list[Path]) -> list[Path]:
    kept: dict[Path, Path] = {}
    for path in given:
        if path.resolve() in kept:
            _LOG.warning("%s is given twice; it is taken once", path)
        kept.setdefault(path.resolve(), path)
    return list(kept.values())


def evidence(path: Path) -> Iterator[EvidenceRow]:
    """The evidence of a run folder or evidence file."""
    return RunFolder.open(path).evidence() if path.is_dir() else read_evidence(path)


def verdicts(path: Path) -> Iterator[Verdict]:
    """The verdicts of a run folder or verdict file."""
    return RunFolder.open(path).verdicts() if path.is_dir() else read_verdicts(path)


def examples(path: Path) -> set[str]:
    """Question ids of the examples that the judges of a run were shown; ``path`` is its folder or a file in it."""
    return RunFolder(path if path.is_dir() else path.parent).examples
