"""Rows of a JSONL file that a judge answers from: read one by one, and found again by their id."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import numpy as np
from numpy.typing import NDArray

from judgekit.documents import LARGEST
from judgekit.documents.lines import decode_row, numbered, opened
from judgekit.errors import ConfigError, InputError


class Row(NamedTuple):
    """A decoded line; ``line`` is 1-based, ``offset`` where its bytes begin."""

    line: int
    offset: int
    content: dict[str, Any]


def rows(path: Path) -> Iterator[Row]:
    """The rows of a JSONL file, one at a time; empty lines are passed over.

    Raises
    ------
    InputError
        The file cannot be read, or a line is not a JSON object with an ``id``.
    """
    with opened(path) as file:
        offset = 0
        for line, raw in numbered(file, path):
            if raw.strip():
                content = decode_row(raw, path, line)
                if not isinstance(content.get("id"), str):
                    raise InputError("expected a JSON object with a text 'id'", path=path, row=line)
                yield Row(line, offset, content)
            offset += len(raw)


@dataclass(frozen=True)
class Index:
    """Where the rows of a file of evidence begin: 16 bytes a row, so that millions fit in memory.

    Attributes
    ----------
    path : Path
        The file.
    hashes, offsets : int (rows,)
        A hash of each id, sorted, and where its row begins.
    judges : mapping of str to set of str
        Tier -> fingerprints of the judges that the file has evidence of under that name.
    """

    path: Path
    hashes: NDArray[np.int64]
    offsets: NDArray[np.int64]
    judges: Mapping[str, frozenset[str]]

    @classmethod
    def of(cls, path: Path) -> Index:
        """The index of a file as it stands now; judges under several rubrics share one.

        Raises
        ------
        InputError
            The file cannot be read, a row is not evidence, or an id stands twice.
        """
        try:
            known = path.stat()
        except OSError as error:
            raise InputError(f"cannot be read: {error.strerror}", path=path) from None
        return _indexed(path, known.st_size, known.st_mtime_ns)

    def find(self, identity: str, file: BinaryIO) -> tuple[int, dict[str, Any]] | None:
        """Where the row of an id begins, and the row; None where there is none.

        Raises
        ------
        ConfigError
            The file is not what it was.
        """
        key = hash(identity)
        at = int(np.searchsorted(self.hashes, key))
        while at < len(self.hashes) and self.hashes[at] == key:  # ids may share a hash
            offset = int(self.offsets[at])
            content = self._read(offset, file)
            if content["id"] == identity:
                return offset, content
            at += 1
        return None

    def line(self, offset: int) -> int:
        """The number of the line that begins there, for messages."""
        with self.path.open("rb") as file:
            return 1 + sum(1 for _ in _until(file, offset))

    def _read(self, offset: int, file: BinaryIO) -> dict[str, Any]:
        file.seek(offset)
        try:
            return decode_row(file.readline(LARGEST), self.path, 0)
        except InputError:  # it was read before
            raise ConfigError(f"{self.path} changed while it was being read") from None

    def _check_unique(self) -> None:
        shared = np.flatnonzero(np.isin(self.hashes, self.hashes[1:][self.hashes[1:] == self.hashes[:-1]]))
        met: dict[str, int] = {}
        with self.path.open("rb") as file:
            for offset in np.sort(self.offsets[shared]).tolist():
                name = self._read(offset, file)["id"]
                if name in met:
                    said = f"id '{name}' stands twice (first in line {self.line(met[name])})"
                    raise InputError(said, path=self.path, row=self.line(offset))
                met[name] = offset


@lru_cache(maxsize=4)
def _indexed(path: Path, size: int, changed: int) -> Index:
    """The index of a file of that size, changed at that moment."""
    hashes, offsets, judges = array("q"), array("q"), dict[str, set[str]]()
    for _, offset, content in rows(path):
        hashes.append(hash(content["id"]))
        offsets.append(offset)
        given = content.get("tiers")
        for tier, evidence in given.items() if isinstance(given, dict) else ():
            said = judges.setdefault(tier, set())
            if isinstance(evidence, dict):
                said.add(str(evidence.get("fingerprint") or ""))
    order = np.argsort(np.asarray(hashes, dtype=np.int64), kind="stable")
    made = Index(
        path,
        np.asarray(hashes, dtype=np.int64)[order],
        np.asarray(offsets, dtype=np.int64)[order],
        {tier: frozenset(said) for tier, said in judges.items()},
    )
    made._check_unique()
    return made


def _until(file: BinaryIO, offset: int) -> Iterator[bytes]:
    """The lines before an offset."""
    while file.tell() < offset:
        yield file.readline()
