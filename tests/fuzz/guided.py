"""A search for files that break a reader, guided by what code each reaches; prints one JSON object.

    python -m tests.fuzz.guided logs --cases 100000 --seconds 600

Needs the package ``atheris``. ``make fuzz`` installs it and searches every target. A case is
one file of a target's sound ones, changed by libFuzzer or by :func:`tests.fuzz.mutations.mutate`, and read in every way
that judgekit reads it. An exception that is not documented is counted by the place where it was raised; the first file
that does so is kept in ``--keep``.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import resource
import sys
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import atheris

with atheris.instrument_imports(include=["judgekit"], exclude=["judgekit.trust", "judgekit.metrics"]):
    from tests.fuzz.mutations import mutate
    from tests.fuzz.targets import TARGETS, attempt, laid_out, sound

logging.getLogger("judgekit").setLevel(logging.CRITICAL)


class Search:
    """One target's cases and what came of them.

    Parameters
    ----------
    name : str
        The target.
    folder : Path
        Where its files stand.
    keep : Path, optional
        Where files that break it are kept.
    """

    def __init__(self, name: str, folder: Path, keep: Path | None) -> None:
        self.name, self.folder, self.keep = name, folder, keep
        self.files = list(sound(name).items())
        self.cases, self.slowest, self.begun = 0, 0.0, time.monotonic()
        self.at_first = _peak()
        self.found: Counter[str] = Counter()

    def one(self, data: bytes) -> None:
        """Read one case: the first byte says which file it takes the place of."""
        if not data:
            return
        changed = self.files[data[0] % len(self.files)][0]
        started = time.perf_counter()
        try:
            attempt(TARGETS[self.name], self.folder, changed, data[1:])
        except Exception as error:
            self._note(error, changed, data[1:])
        self.cases += 1
        if (taken := time.perf_counter() - started) > self.slowest:
            self.slowest = taken
            self._keep("slowest", changed, data[1:])

    def change(self, data: bytes, most: int, seed: int) -> bytes:
        """Another case from one: changed as files are, or as bytes are."""
        random = Random(seed)
        if not data or random.random() < 0.3:
            return atheris.Mutate(data, most)
        other = random.choice(self.files)[1]
        return data[:1] + mutate(data[1:], random, other)[: most - 1]

    def begin(self) -> list[bytes]:
        """The sound files, as cases."""
        return [bytes([number]) + content for number, (_, content) in enumerate(self.files)]

    def told(self) -> dict[str, Any]:
        """What came of it."""
        return {
            "target": self.name,
            "cases": self.cases,
            "undocumented": sum(self.found.values()),
            "where": dict(self.found.most_common(20)),
            "seconds": round(time.monotonic() - self.begun, 1),
            "slowest case, seconds": round(self.slowest, 2),
            "peak memory, MB": _peak(),
            "of it before the first case, MB": self.at_first,
        }

    def _note(self, error: Exception, changed: str, content: bytes) -> None:
        places = [at for at in traceback.extract_tb(error.__traceback__) if "/judgekit/" in at.filename]
        at = f"{Path(places[-1].filename).name}:{places[-1].lineno}" if places else str(error)[:60]
        where = f"{type(error).__name__} at {at}"
        self.found[where] += 1
        if self.found[where] == 1:
            self._keep(str(len(self.found)), changed, content)

    def _keep(self, what: str, changed: str, content: bytes) -> None:
        if self.keep is not None:
            self.keep.mkdir(parents=True, exist_ok=True)
            (self.keep / f"{self.name}-{what}-{Path(changed).name}").write_bytes(content)


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10


def main() -> None:
    """Search one target; libFuzzer ends the process itself, so that the figures are printed when it does."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("target", choices=TARGETS)
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--keep", type=Path)
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="judgekit-fuzz-"))
    search = Search(given.target, laid_out(given.target, folder / "files"), given.keep)
    seeds = folder / "seeds"
    seeds.mkdir()
    for number, content in enumerate(search.begin()):
        (seeds / str(number)).write_bytes(content)

    def one(data: bytes) -> None:
        search.one(data)
        if search.cases >= given.cases or time.monotonic() - search.begun > given.seconds:
            print(json.dumps(search.told()), flush=True)
            os._exit(0)  # libFuzzer has no other end

    limits = ["-timeout=60", "-rss_limit_mb=4096", "-max_len=65536", "-verbosity=0", str(seeds)]
    atheris.Setup([sys.argv[0], *limits], one, custom_mutator=search.change)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
