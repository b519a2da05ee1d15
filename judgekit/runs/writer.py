"""A run folder, written: the only place that writes items, evidence and verdicts (:mod:`judgekit.runs.folder`).

The files appear together when the run is complete. The last step, and the only one that makes a run finished, is that
``run.json`` gets its name: what is killed before is an unfinished run, and a run that was there stays until its first
file is replaced.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import IO

from judgekit.records import ItemResult, Record
from judgekit.runs.about import RunAbout, Written
from judgekit.runs.atomic import PART, check_no_links, create, synced
from judgekit.runs.folder import ABOUT, FILES
from judgekit.runs.tally import Tallies


@dataclass(frozen=True)
class Progress:
    """How far a job is.

    Attributes
    ----------
    done : int
        Items.
    cost : float | None
        US dollars so far, None where unknown.
    states : Mapping[str, int]
        Items by state.
    heard : Sequence[str]
        A sentence for each judge that failed on some items.
    failing : Sequence[str]
        For each that failed on most.
    calls : int
        Prompts sent, in this run's folder, so far.
    """

    done: int
    cost: float | None
    states: Mapping[str, int]
    heard: Sequence[str] = ()
    failing: Sequence[str] = ()
    calls: int = 0


Report = Callable[[Progress], None]
"""What a job tells its progress to."""


class RunWriter:
    """Writes item results in order; ``finish`` makes them visible, leaving without it leaves only ``.part`` files.

    Parameters
    ----------
    folder : Path
        The run folder.
    passing : Iterable[str]
        See :class:`judgekit.runs.tally.Tallies`.
    """

    def __init__(self, folder: Path, passing: Iterable[str] = ()) -> None:
        self.folder = folder
        self.tallies = Tallies(passing)
        self.states: Counter[str] = Counter()
        self.cost: float | None = 0.0
        folder.mkdir(parents=True, exist_ok=True)
        check_no_links(folder)
        self._files: list[IO[str]] = [
            create(self._part(name)) for name in FILES
        ]  # new ones: another process may be writing to those there, lock or not
        self._digests = [hashlib.sha256() for _ in FILES]

    def write(self, results: Iterable[ItemResult]) -> None:
        """Append results to the three files."""
        for result in results:
            records: tuple[Record, ...] = (result.item, result.evidence, result.verdict)
            for file, digest, record in zip(self._files, self._digests, records, strict=True):
                text = line(record)
                digest.update(text.encode())
                file.write(text)
            self.states[result.verdict.state] += 1
            self.tallies.count(result.evidence)
            spent = result.verdict.cost
            self.cost = None if spent is None or self.cost is None else self.cost + spent

    @property
    def progress(self) -> Progress:
        """What has been written so far."""
        tallies = self.tallies
        return Progress(self.states.total(), self.cost, dict(self.states), tallies.heard(), tallies.failing())

    def finish(self, about: RunAbout) -> None:
        """Complete the run: ``about`` goes into ``run.json`` beside counts, cost and what the files hold.

        From the first rename to the last, ``run.json.part`` says that the files beside it are of two runs.
        """
        for file in self._files:
            synced(file)
        self._close()
        rows = self.states.total()
        done = about.model_copy(
            update={
                "created": datetime.now(UTC).isoformat(timespec="seconds"),
                "states": dict(sorted(self.states.items())),
                "answers": self.tallies.answers,
                "cost": self.cost,
                "files": {
                    name: Written(rows=rows, sha256=digest.hexdigest())
                    for name, digest in zip(FILES, self._digests, strict=True)
                },
            }
        )
        try:
            with create(self._part(ABOUT)) as file:
                file.write(_in_utf8(json.dumps(done.to_row(), indent=1, ensure_ascii=False)) + "\n")
                synced(file)
        except OSError:
            self._part(ABOUT).unlink(missing_ok=True)  # nothing is replaced: what was there is whole
            raise
        for name in (*FILES, ABOUT):
            self._part(name).replace(self.folder / name)

    def __enter__(self) -> RunWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def _close(self) -> None:
        for file in self._files:
            file.close()

    def _part(self, name: str) -> Path:
        return self.folder / (name + PART)


def line(record: Record) -> str:
    """A record as one line of JSONL; U+2028 and its like stay escaped so that every reader sees one line."""
    text = json.dumps(record.to_row(), ensure_ascii=False)
    for char in "\u2028\u2029\x85":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return _in_utf8(text) + "\n"


def _in_utf8(text: str) -> str:
    """JSON with what UTF-8 has no bytes for escaped: halves of pairs, and a file's name that is not UTF-8."""
    return text.encode("utf-8", "backslashreplace").decode()
