"""No file is touched outside the folders that a user names: whatever ids and names say, and whatever links are there."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import stat
import struct
from pathlib import Path

import pytest

from judgekit.calibration.tries import FILE as TRIES
from judgekit.runs.atomic import append, replacing
from judgekit.runs.store import Store
from tests.cli.calling import judgekit

pytestmark = pytest.mark.skipif(not hasattr(os, "geteuid"), reason="links and owners as POSIX has them")

PRECIOUS = "precious\n" * 3
NAMES = (
    "../../{}",
    "/tmp/{}",
    "..\\..\\{}",
    "C:\\{}",
    "\\\\server\\share\\{}",
    "con",
    "NUL.txt",
    "aux ",
    "a\0{}",
    "a:{}",
    "~/{}",
    "$HOME/{}",
    "-rf {}",
    "file:///tmp/{}",
    "{}\n../{}",
    "." * 300,
    "\u202e{}",
    "%2e%2e%2f{}",
)
"""Names that lead elsewhere, or that some system takes for a device; ``{}`` is what would be found there."""


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A scored run that somebody hands over."""
    place = tmp_path_factory.mktemp("scored")
    rows = [
        {"id": f"{n}", "question": "Where?", "references": ["Ghent"], "outputs": ["Ghent"]} for n in "abc"
    ]
    (place / "outputs.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    assert judgekit("score", "outputs.jsonl", cwd=place).returncode == 0
    return place / "runs" / "outputs"


@pytest.fixture
def handed_over(run: Path, tmp_path: Path) -> Path:
    """A copy of it where ``outputs.jsonl`` is scored again, and a file of the user's beside it."""
    shutil.copytree(run, tmp_path / "runs" / "outputs")
    shutil.copy(run.parents[1] / "outputs.jsonl", tmp_path)
    (tmp_path / "victim").write_text(PRECIOUS)
    return tmp_path / "runs" / "outputs"


def everything(place: Path) -> set[str]:
    """All that is below a folder."""
    return {str(path.relative_to(place)) for path in place.rglob("*")}


LINKED = (
    "lock",
    "items.jsonl",
    "items.jsonl.part",
    "evidence.jsonl.part",
    "verdicts.jsonl",
    "verdicts.jsonl.part",
    "run.json",
    "run.json.part",
    "store.sqlite",
    "store.sqlite.part",
    "store.sqlite-wal",
    "store.sqlite-shm",
    "store.sqlite-journal",
    "store.ballast",
    "store.damaged.sqlite",
)


@pytest.mark.parametrize("name", LINKED)
def test_nothing_is_written_through_a_link_in_a_run_folder(handed_over: Path, name: str) -> None:
    victim = handed_over.parents[1] / "victim"
    (handed_over / name).unlink(missing_ok=True)
    (handed_over / name).symlink_to(victim)
    done = judgekit("score", "outputs.jsonl", "--replace", cwd=handed_over.parents[1])
    assert done.returncode == 2 and f"{name}: it is a link" in done.stderr and done.stderr.count("\n") == 1
    assert victim.read_text() == PRECIOUS


def test_what_calibrations_add_to_a_run_folder_goes_through_no_link(handed_over: Path) -> None:
    victim = handed_over.parents[1] / "victim"
    (handed_over / TRIES).symlink_to(victim)
    with pytest.raises(OSError, match=TRIES), append(handed_over / TRIES):
        pass
    assert victim.read_text() == PRECIOUS


def test_a_part_that_lies_in_wait_is_no_way_out(tmp_path: Path) -> None:
    """In a folder that others write to, anyone can put a link where a file will be begun."""
    victim = tmp_path / "victim"
    victim.write_text(PRECIOUS)
    (tmp_path / "report.html.part").symlink_to(victim)
    with replacing(tmp_path / "report.html") as file:
        file.write("new")
    assert victim.read_text() == PRECIOUS and (tmp_path / "report.html").read_text() == "new"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="makes links of other users")
def test_a_link_of_another_user_is_not_followed(tmp_path: Path) -> None:
    victim, shared = tmp_path / "victim", tmp_path / "shared"
    victim.write_text(PRECIOUS)
    shared.mkdir()
    link = shared / "report.html"
    link.symlink_to(victim)
    os.lchown(link, 12345, 12345)
    with pytest.raises(PermissionError, match="another user"), replacing(link) as file:
        file.write("new")
    os.lchown(link, 0, 0)
    with replacing(link) as file:
        file.write("mine: it is followed")
    assert link.is_symlink() and victim.read_text() == "mine: it is followed"


def journal(store: Path, above: Path) -> bytes:
    """A rollback journal that is whole, of one page, and names a file as the one above it (sqlite.org/fileformat)."""
    content = store.read_bytes()
    size = struct.unpack(">H", content[16:18])[0]
    page, magic = content[:size], bytes.fromhex("d9d505f920a163d7")
    head = magic + struct.pack(">5I", 1, 0, len(content) // size, 512, size)
    sum_ = sum(page[size - 200 : 0 : -200]) & 0xFFFFFFFF
    name = str(above).encode()
    tail = struct.pack(">I", (1 << 30) // size + 1) + name + struct.pack(">II", len(name), sum(name)) + magic
    return head.ljust(512, b"\0") + struct.pack(">I", 1) + page + struct.pack(">I", sum_) + tail


def test_a_journal_beside_a_store_deletes_no_file(handed_over: Path, tmp_path: Path) -> None:
    victim, other = tmp_path / "victim", tmp_path / "other.sqlite"
    for path in (other, handed_over / "store.sqlite"):
        with sqlite3.connect(path) as db:
            db.execute("PRAGMA journal_mode = DELETE")
            db.execute("CREATE TABLE IF NOT EXISTS t (x)")
        db.close()
        path.with_name(path.name + "-journal").write_bytes(journal(path, victim))
    with Store(handed_over):
        pass
    assert victim.read_text() == PRECIOUS
    sqlite3.connect(other).execute("SELECT * FROM t").fetchall()
    assert not victim.exists(), "SQLite does it wherever it opens such a journal"


@pytest.mark.parametrize(
    "trap",
    [
        "CREATE TRIGGER trap AFTER INSERT ON state BEGIN DELETE FROM answers; END",
        "ALTER TABLE answers RENAME TO a; CREATE VIEW answers AS WITH RECURSIVE c(n) AS "
        "(SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT n key, n judge, n at, n answer, n top, n digest FROM c",
    ],
    ids=["trigger", "endless view"],
)
def test_what_a_store_defines_is_not_run(handed_over: Path, trap: str) -> None:
    with sqlite3.connect(handed_over / "store.sqlite") as db:
        db.executescript(trap)
    db.close()
    with Store(handed_over) as store:
        assert len(store) >= 0
    with sqlite3.connect(handed_over / "store.sqlite") as db:
        kinds = {kind for (kind,) in db.execute("SELECT type FROM sqlite_schema")}
    assert kinds <= {"table", "index"}


def test_no_id_or_name_of_an_item_makes_a_path(tmp_path: Path) -> None:
    """Everything that verbs write is where they were told to write."""
    place = tmp_path / "deep" / "below"
    place.mkdir(parents=True)
    mark = f"judgekit-{os.getpid()}-was-here"
    rows = [
        {
            "id": f"{text}{number}",
            "model": text,
            "method": text,
            "split": text if number else "forget",
            "question": f"Where is {text}, {number}?",
            "references": ["Ghent"],
            "outputs": ["Ghent"],
        }
        for text in (name.replace("{}", mark) for name in NAMES)
        for number in range(2)
    ]
    (place / "outputs.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    for verb in (
        ("score", "outputs.jsonl", "--rubric", "forgetting", "-o", "out/runs"),
        ("report", "out/runs/outputs", "--out", "out/report.html", "--figures", "out/figures"),
        ("export", "out/runs/outputs", "out/table"),
        ("export", "out/runs/outputs", "out/table.xlsx"),
        ("queue", "out/runs/outputs", "--rubric", "forgetting", "-o", "out/queue.csv"),
        ("gate", "out/runs/outputs", "--leaked-below", "0.5", "--junit", "out/junit.xml"),
    ):
        done = judgekit(*verb, cwd=place)
        assert "Traceback" not in done.stderr
    assert everything(tmp_path) - {"deep", "deep/below", "deep/below/outputs.jsonl", "deep/below/out"} == {
        f"deep/below/out/{path}" for path in everything(place / "out")
    }
    assert not [path for path in (Path("/tmp"), Path.home()) if any(path.glob(f"*{mark}*"))]
    assert (place / "out/runs/outputs/verdicts.jsonl").is_file()


def test_files_have_the_rights_that_the_user_gives_new_files(tmp_path: Path) -> None:
    """A run folder is as private as the user's umask; nothing is opened further, nothing is executable."""
    (tmp_path / "outputs.jsonl").write_text(
        json.dumps({"id": "a", "question": "Where?", "references": ["Ghent"], "outputs": ["Ghent"]}) + "\n"
    )
    before = os.umask(0o077)
    try:
        assert judgekit("score", "outputs.jsonl", cwd=tmp_path).returncode == 0
        assert judgekit("report", "runs/outputs", "--out", "report.html", cwd=tmp_path).returncode == 0
    finally:
        os.umask(before)
    for path in [tmp_path / "report.html", *(tmp_path / "runs").rglob("*")]:
        rights = stat.S_IMODE(path.stat().st_mode)
        assert not rights & 0o077 and (path.is_dir() or not rights & 0o111), path
