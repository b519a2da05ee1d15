"""Zip files of a stranger, opened; and the same bytes from the same files."""

from __future__ import annotations

import stat
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from judgekit.errors import InputError
from judgekit.handover import archive
from judgekit.handover.archive import MANIFEST, manifest_part, opened, write_zip


def packed(path: Path, *entries: tuple[str | zipfile.ZipInfo, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in entries:
            made.writestr(name, content)
    return path


def link(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    return entry


@pytest.mark.parametrize(
    "name",
    [
        "../evil",
        "a/../../evil",
        "/etc/evil",
        "~/evil",
        "C:/evil",
        "C:\\evil",
        "..\\evil",
        "a//b",
        "nul",
        "a/con.txt",
        "a./b",
        "a /b",
        "line\nfeed",
        "d/" * 9 + "deep",
        "l" * 300,
    ],
)
def test_a_name_that_leaves_the_folder_or_means_a_device_is_refused(tmp_path: Path, name: str) -> None:
    path = packed(tmp_path / "a.zip", ("bundle.json", b"{}"), (name, b"x"))
    (tmp_path / "out").mkdir()
    with pytest.raises(InputError, match="a name that no bundle has"):
        opened(path, tmp_path / "out")
    assert list((tmp_path / "out").rglob("*")) == []


@pytest.mark.parametrize(
    ("entries", "why"),
    [
        (((link("a"), b"/etc/passwd"),), "a link or a device"),
        ((("a", b"1"), ("A", b"2")), "there twice"),
        ((("a", b"1"), ("a/b", b"2")), "is a file and a folder"),
    ],
)
def test_links_and_doubles_are_refused(
    tmp_path: Path, entries: tuple[tuple[str | zipfile.ZipInfo, bytes], ...], why: str
) -> None:
    (tmp_path / "out").mkdir()
    with pytest.raises(InputError, match=why):
        opened(packed(tmp_path / "a.zip", *entries), tmp_path / "out")


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_that_stands_twice_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    with pytest.raises(InputError, match="there twice"):
        opened(packed(tmp_path / "a.zip", ("a", b"1"), ("a", b"2")), tmp_path / "out")


def test_a_bomb_is_stopped_while_it_unpacks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its headers are not asked: what comes out is counted."""
    monkeypatch.setattr(archive, "LEAST_BYTES", 1 << 20)
    path = packed(tmp_path / "a.zip", ("bundle.json", b"0" * (50 << 20)))
    (tmp_path / "out").mkdir()
    with pytest.raises(InputError, match="zip bomb"):
        opened(path, tmp_path / "out")
    assert sum(one.stat().st_size for one in (tmp_path / "out").rglob("*")) < 30 << 20


def test_too_many_files_are_refused(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", *((str(i), b"") for i in range(archive.MOST_FILES + 1)))
    (tmp_path / "out").mkdir()
    with pytest.raises(InputError, match="2,001 files"):
        opened(path, tmp_path / "out")


def _no_zip(path: Path) -> None:
    path.write_bytes(b"PK\x03\x04 and nothing more")


def _cut(path: Path) -> None:
    packed(path, ("a", b"1" * 1000))
    path.write_bytes(path.read_bytes()[:-30])


def _flipped(path: Path) -> None:
    packed(path, ("a", bytes(range(256)) * 20))
    content = bytearray(path.read_bytes())
    content[60] ^= 255
    path.write_bytes(bytes(content))


def _not_utf8(path: Path) -> None:
    packed(path, ("é", b"1"))
    path.write_bytes(path.read_bytes().replace("é".encode(), b"\xff\xff"))


def _elsewhere(path: Path) -> None:
    """Its list of files is said to begin behind its end."""
    packed(path, ("a", b"1"))
    content = bytearray(path.read_bytes())
    content[-6:-2] = b"\xff\xff\xff\x7f"
    path.write_bytes(content)


@pytest.mark.parametrize("make", [_no_zip, _cut, _flipped, _not_utf8, _elsewhere])
def test_what_is_no_sound_zip_is_one_line(tmp_path: Path, make: Callable[[Path], None]) -> None:
    make(tmp_path / "a.zip")
    (tmp_path / "out").mkdir()
    with pytest.raises(InputError, match="not a sound zip file"):
        opened(tmp_path / "a.zip", tmp_path / "out")


def folder(path: Path) -> Path:
    for name, text in {"b.txt": "b", "a/c.txt": "c", "a/B.txt": "with words\n"}.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_text(text, "utf-8")
    return path


def test_the_same_files_give_the_same_bytes_and_come_out_as_they_went_in(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_zip(tmp_path / f"{name}.zip", folder(tmp_path / name))
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    (tmp_path / "out").mkdir()
    opened(tmp_path / "one.zip", tmp_path / "out")
    assert manifest_part(tmp_path / "out").outcome == "same"
    done = subprocess.run(
        ["sha256sum", "-c", "--quiet", MANIFEST], cwd=tmp_path / "out", capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (lambda out: (out / "b.txt").write_text("B"), "b.txt is not the file"),
        (lambda out: (out / "b.txt").unlink(), "b.txt is listed and not there"),
        (lambda out: (out / "more.txt").write_text(""), "more.txt is there and not listed"),
        (lambda out: (out / MANIFEST).write_text("nonsense"), "no digest of one file"),
    ],
)
def test_a_manifest_lists_every_file_and_no_other(
    tmp_path: Path, harm: Callable[[Path], object], said: str
) -> None:
    write_zip(tmp_path / "a.zip", folder(tmp_path / "in"))
    (tmp_path / "out").mkdir()
    opened(tmp_path / "a.zip", tmp_path / "out")
    harm(tmp_path / "out")
    part = manifest_part(tmp_path / "out")
    assert part.outcome == "differs" and said in part.said
