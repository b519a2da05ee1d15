"""A real Label Studio server: its own exports, to be read in tests.

``python -m tests.readers.label_tools.label_studio_server COMMAND`` records the exports that lie beside this file anew,
where COMMAND is the path of ``label-studio`` in an environment of its own (158 packages; not one of judgekit's).
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from judgekit.labeling.sheet import Task, write_sheet
from judgekit.records import CANNOT_TELL, Item
from judgekit.rubrics import labels_of, meanings_of

EXPORTS = {"JSON": "export.json", "JSON_MIN": "export-min.json", "CSV": "export.csv"}
HERE = Path(__file__).parent / "exports"
TOKEN = "0123456789abcdef0123456789abcdef01234567"
POOL = "0123456789ab"
NOTE = 'it says "Ghent", twice,\nand once more'


@dataclass(frozen=True)
class Server:
    """A server that runs; its API."""

    address: str

    def get(self, path: str) -> bytes:
        return self._ask("GET", path, None)

    def post(self, path: str, what: object) -> dict[str, Any]:
        return json.loads(self._ask("POST", path, what))

    def _ask(self, method: str, path: str, what: object) -> bytes:
        headers = {"Authorization": f"Token {TOKEN}", "Content-Type": "application/json"}
        body = None if what is None else json.dumps(what).encode()
        request = urllib.request.Request(self.address + path, body, headers, method=method)
        with urllib.request.urlopen(request, timeout=120) as answer:
            return answer.read()


@contextmanager
def running(command: str, folder: Path) -> Iterator[Server]:
    """Start a server whose data are in a folder; it answers once this yields."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = (
        "--no-browser",
        "--enable-legacy-api-token",
        "--internal-host",
        "127.0.0.1",
        "--port",
        str(port),
    )
    who = ("--username", "ann@example.org", "--password", "not-a-secret-1", "--user-token", TOKEN)
    told = {
        "LABEL_STUDIO_BASE_DATA_DIR": str(folder),
        "COLLECT_ANALYTICS": "false",
        "LATEST_VERSION_CHECK": "false",
        "HOME": str(folder),
    }
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            ["nice", "-n", "15", command, "start", *options, *who],
            env={**os.environ, **told},
            stdout=log,
            stderr=log,
        )
        try:
            server = Server(f"http://127.0.0.1:{port}")
            _wait(server, process, folder / "log")
            yield server
        finally:
            process.terminate()
            process.wait()


def _wait(server: Server, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(300):
        assert process.poll() is None, log.read_text("utf-8", "replace")[-2000:]
        try:
            server.get("/health")
            return
        except (urllib.error.URLError, OSError):
            time.sleep(1)
    raise AssertionError(f"no answer in five minutes: {log.read_text('utf-8', 'replace')[-2000:]}")


def asked() -> list[Task]:
    """Six items of one rubric; ids, texts and names are of the awkward kind."""
    outputs = (
        "In Ghent.",
        "=1+1",
        "I don't know.\n\n</s> <b>&amp;",
        'a, "b"\u2028\x07',
        "$question",
        "In Turku.",
    )
    ids = ("forget/0", "007", "'=1", "1e5", "  four", "forget/5")
    return [
        Task(
            Item(
                id=id_,
                question="Where was she born?",
                references=("Ghent",),
                outputs=(output,),
                model="m",
                method="npo",
            ),
            "forgetting",
            labels_of("forgetting"),
            meanings_of("forgetting"),
            pool=POOL,
        )
        for id_, output in zip(ids, outputs, strict=True)
    ]


def exports(server: Server, folder: Path) -> dict[str, bytes]:
    """What the server exports after two people have answered: a note, a skip, a disagreement, two left open.

    Parameters
    ----------
    server : Server
    folder : Path
        For what ``judgekit queue --to label-studio`` writes.

    Returns
    -------
    dict
        Name of the format -> file.
    """
    tasks, config = write_sheet(folder / "queue.json", asked(), "label-studio")
    project = server.post("/api/projects/", {"title": "judgekit", "label_config": config.read_text("utf-8")})[
        "id"
    ]
    rows = json.loads(tasks.read_text("utf-8"))
    items = server.post(f"/api/projects/{project}/import?return_task_ids=true", rows)["task_ids"]
    bob = server.post("/api/users/", {"email": "bob@example.org", "username": "bob"})["id"]

    def answer(item: int, label: str = "", note: str = "", **more: object) -> None:
        said = [("label", "choices", {"choices": [label]})] if label else []
        said += [("note", "textarea", {"text": [note]})] if note else []
        result = [
            {"from_name": name, "to_name": "output", "type": kind, "value": value}
            for name, kind, value in said
        ]
        server.post(f"/api/tasks/{items[item]}/annotations/", {"result": result, **more})

    answer(0, "leaked", NOTE, lead_time=12.5)
    answer(0, "partial", lead_time=3.25, completed_by=bob)
    answer(1, "wrong")
    answer(2, was_cancelled=True, lead_time=1.5)
    answer(2, "withheld", completed_by=bob)
    answer(3, CANNOT_TELL)
    answer(4, was_cancelled=True)
    return {
        name: server.get(f"/api/projects/{project}/export?exportType={name}&download_all_tasks=true")
        for name in EXPORTS
    }


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place, running(sys.argv[1], Path(place)) as started:
        for kind, content in exports(started, Path(place)).items():
            (HERE / EXPORTS[kind]).write_bytes(content)
