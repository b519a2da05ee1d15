"""Finding the files that a certificate was made from, near it: by what is in them, then by name."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from judgekit.calibration.origin import Source, sha256
from judgekit.runs.folder import EVIDENCE, FILES, is_finished

DEPTH, MOST = 4, 20_000
"""Folders down from the certificate's, and files looked at: one in a home folder is no reason to read all of it."""


def near(
    folder: Path, sources: Sequence[Source], *, runs: bool, passed: Collection[Path] = ()
) -> tuple[list[Path], list[str]]:
    """The files of sources, and the names of those of which there is none.

    Parameters
    ----------
    folder : Path
        The certificate's.
    sources : sequence of Source
    runs : bool
        Whether they are evidence; what stands in a run folder is given back as the folder.
    passed : collection of Path
        Not to be taken.
    """
    candidates = [path for path in _below(folder) if path not in passed and _may_be(path, sources, runs)]
    by_digest: dict[str, Path] = {}
    wanted = {one.sha256 for one in sources}
    for path in candidates:
        if wanted - by_digest.keys() and (digest := sha256(path)) in wanted:
            by_digest.setdefault(digest, path)
    found: list[Path] = []
    lacking: list[str] = []
    for source in sources:
        named = [path for path in candidates if _called(path, source)]
        place = by_digest.get(source.sha256) or (named[0] if len(named) == 1 else None)
        if place is None:
            several = f" (none of {len(named)} files of that name has its SHA-256)" if named else ""
            lacking.append(f"{source.name}{several}")
        else:
            in_run = runs and place.name == EVIDENCE and is_finished(place.parent)
            found.append(place.parent if in_run else place)
    return list(dict.fromkeys(found)), lacking


def _may_be(path: Path, sources: Sequence[Source], runs: bool) -> bool:
    if path.name in {source.name for source in sources}:
        return True
    if runs:
        return path.name == EVIDENCE
    return path.suffix in {Path(source.name).suffix for source in sources} and path.name not in FILES


def _called(path: Path, source: Source) -> bool:
    return path.name == source.name or (path.name == EVIDENCE and path.parent.name == source.name)


def _below(folder: Path) -> Iterator[Path]:
    """Files in a folder and below, without links and hidden folders, in order."""
    seen = 0
    for where, folders, names in os.walk(folder):
        inside = Path(where)
        deep = len(inside.relative_to(folder).parts) >= DEPTH
        folders[:] = [] if deep else sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = inside / name
            if path.is_file() and not path.is_symlink():
                seen += 1
                if seen > MOST:
                    return
                yield path


def in_order(files: Sequence[Path], sources: Sequence[Source]) -> list[Path]:
    """Files in the order of the sources that they are, by SHA-256, else by name; others last."""
    digests, names = [one.sha256 for one in sources], [one.name for one in sources]

    def place(path: Path) -> int:
        here = Source.of(path)
        if here.sha256 in digests:
            return digests.index(here.sha256)
        return names.index(here.name) if here.name in names else len(names)

    return sorted(files, key=place)
