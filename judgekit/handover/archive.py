"""Zip files: written with the same bytes from the same files, and opened as if whoever made them were hostile."""

from __future__ import annotations

import re
import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from judgekit.calibration.origin import sha256
from judgekit.documents.zips import DAMAGED
from judgekit.errors import InputError
from judgekit.handover.parts import Part
from judgekit.runs.atomic import replacing_bytes

MANIFEST = "SHA256SUMS"

MOST_FILES = 2_000
MOST_BYTES = 8 << 30
LEAST_BYTES, GROWTH = 64 << 20, 200
"""A zip file may unpack to so many bytes, and to :data:`GROWTH` times its own size where that is more than the least;
never to more than :data:`MOST_BYTES`."""

DEEPEST, LONGEST = 8, 240
"""Folders in each other, and letters of a name with its folders."""

_NAME = re.compile(r"[^\x00-\x1f\x7f\\:*?\"<>|]+")
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
"""What Windows refuses, or takes for a device."""
_LINE = re.compile(r"([0-9a-f]{64})  (.+)")
_BEGINNING = (1980, 1, 1, 0, 0, 0)
_CHUNK = 1 << 20


def write_zip(path: Path, folder: Path) -> None:
    """Write a folder's files as a zip file: in order of their names, all of one time, so that its bytes tell the files.

    The manifest is made here, in the form that ``sha256sum -c`` reads.

    Raises
    ------
    InputError
        A file's name or size is one that :func:`opened` refuses.
    """
    names = sorted(one.relative_to(folder).as_posix() for one in folder.rglob("*") if one.is_file())
    sums = {name: sha256(folder / name) for name in names if name != MANIFEST}
    lines = (f"{digest}  {name}\n" for name, digest in sums.items())
    (folder / MANIFEST).write_text("".join(lines), "utf-8", newline="")
    for name in sums:
        _check_name(name, path)
    with replacing_bytes(path) as file, zipfile.ZipFile(file, "w") as archive:
        for name in (MANIFEST, *sums):
            entry = zipfile.ZipInfo(name, _BEGINNING)
            entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 3
            entry.external_attr = (stat.S_IFREG | 0o644) << 16
            with (folder / name).open("rb") as source, archive.open(entry, "w", force_zip64=True) as target:
                while chunk := source.read(_CHUNK):
                    target.write(chunk)


def opened(path: Path, folder: Path) -> None:
    """Unpack a zip file of a stranger into an empty folder.

    Raises
    ------
    InputError
        In one line: what in it is not safe. Names that leave the folder, links, devices, encrypted or doubled entries
        (also where only case tells them apart), too many files, and files that unpack to too much, whatever their
        headers say. What was unpacked until then is for the caller to remove.
    """
    try:
        archive = zipfile.ZipFile(path)
    except DAMAGED as error:
        raise _unsound(error, path) from None
    with archive:
        entries = archive.infolist()
        _check_entries(entries, path)
        left = min(MOST_BYTES, max(LEAST_BYTES, GROWTH * path.stat().st_size))
        for entry in entries:
            if entry.is_dir():
                continue
            target = folder / entry.filename
            try:
                target.parent.mkdir(parents=True, exist_ok=True)
                file = target.open("xb")
            except (FileExistsError, NotADirectoryError):
                raise InputError(f"'{entry.filename}' is a file and a folder", path=path) from None
            with file:
                for chunk in _content(archive, entry, path):
                    left -= len(chunk)
                    if left < 0:
                        what = "unpacks to far more than a bundle of its size: it may be a zip bomb"
                        raise InputError(what, path=path)
                    file.write(chunk)


def _content(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, path: Path) -> Iterator[bytes]:
    """What an entry unpacks to, in pieces: what fails in here is the archive's fault, and not the disk's."""
    try:
        with archive.open(entry) as source:
            while chunk := source.read(_CHUNK):
                yield chunk
    except DAMAGED as error:
        raise _unsound(error, path) from None


def _unsound(error: Exception, path: Path) -> InputError:
    return InputError(f"not a sound zip file: {error}", path=path)


def manifest_part(folder: Path) -> Part:
    """Whether the files of a bundle are those of its manifest, no more and no fewer."""
    file = folder / MANIFEST
    if not file.is_file():
        return Part("files", "missing", f"no {MANIFEST}")
    told: dict[str, str] = {}
    for line in file.read_text("utf-8", errors="replace").splitlines():
        found = _LINE.fullmatch(line)
        if found is None or found[2] in told:
            return Part(
                "files", "differs", f"{MANIFEST} holds a line that is no digest of one file: '{line[:80]}'"
            )
        told[found[2]] = found[1]
    here = {
        one.relative_to(folder).as_posix() for one in folder.rglob("*") if one.is_file() or one.is_symlink()
    }
    here.discard(MANIFEST)
    if wrong := sorted(here ^ told.keys()):
        what = "is there and not listed" if wrong[0] in here else "is listed and not there"
        return Part("files", "differs", f"{wrong[0]} {what} in {MANIFEST}")
    for name, digest in told.items():
        if sha256(folder / name) != digest:
            return Part(
                "files", "differs", f"{name} is not the file that {MANIFEST} lists: its SHA-256 is another"
            )
    return Part("files", "same", f"{len(told):,} files as listed in {MANIFEST}")


def _check_entries(entries: list[zipfile.ZipInfo], path: Path) -> None:
    if len(entries) > MOST_FILES:
        raise InputError(f"holds {len(entries):,} files; a bundle holds {MOST_FILES:,} at most", path=path)
    seen: set[str] = set()
    for entry in entries:
        name = entry.filename
        _check_name(name, path)
        kind = stat.S_IFMT(entry.external_attr >> 16)
        if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
            raise InputError(f"'{name}' is a link or a device, not a file", path=path)
        if entry.flag_bits & 1:
            raise InputError(f"'{name}' is encrypted", path=path)
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise InputError(f"'{name}' is packed in a way that bundles are not", path=path)
        if name.casefold() in seen:
            raise InputError(f"'{name}' is there twice, or differs from another name in case only", path=path)
        seen.add(name.casefold())


def _check_name(name: str, path: Path) -> None:
    parts = PurePosixPath(name).parts
    sound = (
        bool(_NAME.fullmatch(name))
        and not name.startswith(("/", "~"))
        and ".." not in parts
        and "//" not in name
        and len(parts) <= DEEPEST
        and len(name) <= LONGEST
        and not any(part.endswith((".", " ")) or _RESERVED.fullmatch(part) for part in parts)
    )
    if not sound:
        raise InputError(f"a file in it has a name that no bundle has: '{name[:80]}'", path=path)
