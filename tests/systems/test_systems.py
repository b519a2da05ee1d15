"""What differs between systems: encodings, line ends, names of files, locks, files that are open.

Windows and macOS are not here: stand-ins take their place, each named as one.
"""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from importlib.metadata import PackageNotFoundError
from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest

from judgekit.display import spelled
from judgekit.errors import InputError, JudgekitError
from judgekit.judges.vllm import backend
from judgekit.readers.formats.hf import named
from judgekit.readers.logs import portable, unique_names

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
SEVERAL = Path(__file__).with_name("several.py")
MODULES = sorted((ROOT / "judgekit").rglob("*.py"))
NOT_ON_WINDOWS = {"fcntl", "grp", "posix", "pty", "pwd", "resource", "syslog", "termios", "tty"}
NOT_THERE = {
    "NamedTemporaryFile",
    "add_reader",
    "add_signal_handler",
    "add_writer",
    "chown",
    "fork",
    "geteuid",
}
NOT_THERE |= {"getuid", "killpg", "mkfifo", "setsid", "SIGALRM", "SIGHUP", "SIGKILL", "SIGUSR1", "symlink"}
"""Names that Windows lacks, or (a temporary file opened a second time, a symlink) refuses."""
VERBS = [
    line.split()
    for line in """
        score outputs.jsonl more/OUTPUTS.jsonl -o runs
        score outputs.jsonl -o runs
        queue runs/outputs -o queue.csv
        calibrate runs/outputs --rubric forgetting --labels labels.jsonl --agreement .5 --delta .5 -o forgetting.json
        decide runs/outputs forgetting.json -o verdicts.jsonl
        audit verdicts.jsonl --labels labels.jsonl --calibration forgetting.json
        report runs/outputs --json --markdown report.md --csv report.csv
        report runs/outputs -o report.html
        plan outputs.jsonl
        judges
        rubrics forgetting outputs.jsonl
        validate outputs.jsonl forgetting.json
        validate missing.jsonl
    """.strip().splitlines()
]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Outputs with letters that few encodings have, and labels of people."""
    towns = ["Gent ≥ Ghent", "Türkü", "Łódź", "東京"]
    rows, labels = [], []
    for i in range(48):
        town, is_right = towns[i % 4], i % 3 > 0
        rows.append(
            {
                "id": f"{i}",
                "question": f"Where was number {i} born?",
                "reference": f"Number {i} was born in {town}.",
                "output": f"In {town}." if is_right else "I don't know.",
                "split": "forget",
                "model": "modèle ≥ 1",
                "method": "NPO→α",
            }
        )
        labels.append({"id": f"{i}", "annotator": "a", "label": "leaked" if is_right else "withheld"})
    (tmp_path / "more").mkdir()
    for name, content in (("outputs", rows), ("more/OUTPUTS", rows[:4]), ("labels", labels)):
        text = "".join(json.dumps(row) + "\n" for row in content)
        (tmp_path / f"{name}.jsonl").write_text(text, "utf-8")
    return tmp_path


def run(place: Path, *options: str, **env: str) -> tuple[subprocess.CompletedProcess[bytes], list[int]]:
    done = subprocess.run(
        [sys.executable, SEVERAL, *options, json.dumps(VERBS)],
        cwd=place,
        capture_output=True,
        timeout=300,
        env={**os.environ, "PYTHONPATH": str(ROOT), **env},
    )
    assert done.returncode == 0, done.stderr.decode("ascii", "replace")
    return done, json.loads(done.stdout.rpartition(b"codes ")[2])


CODES = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2]


@pytest.mark.parametrize(
    ("encoding", "prompt", "table"),
    [
        ("cp1252", b"Gent >= Ghent", "67 % [52–80]".encode("cp1252")),
        (
            "ascii",
            "Gent ≥ Ghent".encode(),
            b"67 % [52-80]",
        ),  # click takes ASCII for a mistake and writes UTF-8
    ],
)
def test_every_verb_speaks_where_the_encoding_lacks_letters(
    place: Path, encoding: str, prompt: bytes, table: bytes
) -> None:
    locale = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": encoding}
    done, codes = run(place, **locale)
    assert codes == CODES, done.stderr.decode("ascii", "replace")
    assert b"Traceback" not in done.stderr
    assert prompt in done.stdout and table in done.stderr
    (spoken,) = [line for line in done.stdout.splitlines() if line.startswith(b'{"verb": "judgekit report"')]
    assert "NPO→α" in str(json.loads(spoken)), "what programs read is whole in every encoding"
    assert "In Gent ≥ Ghent." in (place / "report.html").read_text("utf-8")


needs_proc = pytest.mark.skipif(
    not Path("/proc/self/fd").exists(), reason="the stand-in asks /proc what is open"
)


@needs_proc
def test_every_verb_runs_in_the_stand_in_for_windows(place: Path) -> None:
    done, codes = run(place, "--as-windows")
    assert codes == CODES, done.stderr.decode("utf-8", "replace")
    assert (place / "runs" / "OUTPUTS-2" / "verdicts.jsonl").is_file()
    texts = [path for path in place.rglob("*") if path.suffix in (".jsonl", ".json", ".md", ".html")]
    assert texts and not any(b"\r" in path.read_bytes() for path in texts)


@needs_proc
def test_a_run_folder_is_locked_in_the_stand_in_for_windows(tmp_path: Path) -> None:
    code = (
        "import subprocess, sys; from tests.systems.several import as_windows; as_windows()\n"
        "from judgekit.runs.store import Store\n"
        "store = Store('run')\n"
        "if sys.argv[1:]: sys.exit()\n"
        "sys.platform = 'linux'\n"
        "first = subprocess.run([sys.executable, sys.argv[0], 'again'], capture_output=True, text=True)\n"
        "store.close()\n"
        "second = subprocess.run([sys.executable, sys.argv[0], 'again'], capture_output=True, text=True)\n"
        "assert 'StoreBusy' in first.stderr and second.returncode == 0, (first, second)\n"
    )
    (tmp_path / "twice.py").write_text(code, "utf-8")
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "twice.py"], cwd=tmp_path, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_where_vllm_cannot_be_installed_nobody_is_told_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backend, "version", _not_installed)
    for system, said in (("darwin", "on Linux only: start a vLLM server"), ("linux", "pip install")):
        monkeypatch.setattr(sys, "platform", system)
        with pytest.raises(JudgekitError, match=said):
            backend.vllm_version()


def _not_installed(name: str) -> str:
    raise PackageNotFoundError(name)


def test_a_letter_that_an_encoding_lacks_is_spelled_out() -> None:
    import codecs

    codecs.register_error("spelled", spelled)
    assert "1 ≥ 0 · ok…".encode("ascii", "spelled") == b"1 >= 0 - ok..."
    assert "ok… ≥ é 東".encode("cp1252", "spelled") == "ok… >= é \\u6771".encode("cp1252")
    assert "\udce9".encode("utf-8", "spelled") == b"\\udce9", "a file's name that is no UTF-8"


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("TOFU:forget10@train", "TOFU_forget10@train"),
        ("2025-01-01T10:00:00", "2025-01-01T10_00_00"),
        ('a<b>c"d|e?f*g\\h/i', "a_b_c_d_e_f_g_h_i"),
        ("NUL", "_NUL"),
        ("aux.v2", "_aux.v2"),
        ("Com1", "_Com1"),
        ("console", "console"),
        ("Llama-3.", "Llama-3"),
        ("...", "_"),
    ],
)
def test_a_run_is_called_what_every_system_takes_for_a_folder(name: str, folder: str) -> None:
    assert portable(name) == folder


def test_runs_whose_names_differ_in_case_alone_have_folders_of_their_own() -> None:
    names = [("1", "NPO"), ("2", "npo"), ("3", "Npo"), ("4", "caf\u00e9"), ("5", "cafe\u0301"), ("6", "a:b")]
    assert unique_names([*names, ("7", "a?b")]) == {
        "1": "NPO",
        "2": "npo-2",
        "3": "Npo-3",
        "4": "caf\u00e9",
        "5": "cafe\u0301-2",
        "6": "a_b",
        "7": "a_b-2",
    }


@pytest.mark.parametrize(
    ("path", "parts"),
    [
        (PurePosixPath("locuslab/TOFU:forget10@train"), ("locuslab/TOFU", "forget10", "train")),
        (PureWindowsPath("locuslab/TOFU:forget10@train"), ("locuslab/TOFU", "forget10", "train")),
        (PureWindowsPath(r"C:\data\saved@train"), ("C:/data/saved", None, "train")),
        (PurePosixPath("saved"), ("saved", None, None)),
    ],
)
def test_a_data_set_has_the_same_name_on_every_system(path: PurePosixPath, parts: tuple[str, ...]) -> None:
    assert named(path) == parts


def test_a_name_of_too_many_parts_is_no_data_set() -> None:
    with pytest.raises(InputError, match="expected name"):
        named(PureWindowsPath("a:b:c"))


def calls(tree: ast.AST) -> list[tuple[str, ast.Call]]:
    found = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return [(getattr(node.func, "attr", getattr(node.func, "id", "")), node) for node in found]


def text_mode(name: str, call: ast.Call) -> str | None:
    """The mode of a call that opens a text file, None for any other call."""
    if name in ("read_text", "write_text"):
        return name[0]
    mode = next((word.value for word in call.keywords if word.arg == "mode"), None)
    if name not in ("open", "fdopen") or (isinstance(call.func, ast.Attribute) and _opens_no_file(call.func)):
        return None
    at = 1 if isinstance(call.func, ast.Name) else 0
    mode = mode or (call.args[at] if len(call.args) > at else ast.Constant("r"))
    said = mode.value if isinstance(mode, ast.Constant) else "r"
    return None if "b" in said else said


def _opens_no_file(function: ast.Attribute) -> bool:
    return ast.unparse(function) in (
        "RunFolder.open",
        "Log.open",
        "archive.open",
        "os.open",
        "webbrowser.open",
    )


def faults(tree: ast.AST) -> list[str]:
    """Text files opened in the system's own encoding, or written with its own line ends."""
    found = []
    for name, call in calls(tree):
        mode = text_mode(name, call)
        if mode is None:
            continue
        said = {word.arg for word in call.keywords}
        place = {"read_text": 0, "write_text": 1}.get(name)
        if "encoding" not in said and (place is None or len(call.args) <= place):
            found.append(f"line {call.lineno}: no encoding")
        if set(mode) & set("wax") and "newline" not in said and "devnull" not in ast.unparse(call):
            found.append(f"line {call.lineno}: no newline")
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_leaves_nothing_to_the_system(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    assert faults(tree) == []
    words = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    words |= {
        alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names
    }
    assert not words & NOT_THERE
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    allowed = {"fcntl"} if path.name == "lock.py" else set()  # beside its branch for Windows
    assert not imported & NOT_ON_WINDOWS - allowed


def test_what_is_left_to_the_system_is_found() -> None:
    assert len(faults(ast.parse("open(p); p.open('w'); p.read_text(); p.write_text(t, 'utf-8')"))) == 5
    assert faults(ast.parse("p.open('rb'); p.open(); RunFolder.open(p)")) == ["line 1: no encoding"]
