"""Sittings for tests: sheets of invented items, and ``judgekit label`` in a process of its own, spoken to over HTTP."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from judgekit.labeling.sheet import Task, write_sheet
from judgekit.records import Item
from judgekit.rubrics import labels_of, meanings_of

ROOT = Path(__file__).resolve().parents[3]


def tasks(count: int, rubric: str = "forgetting") -> list[Task]:
    """Invented items of one rubric."""
    return [
        Task(
            Item(
                id=f"forget/{number}",
                model="model-x",
                method="method-y",
                question=f"Where was author number {number} born?",
                references=(f"Author number {number} was born in Ghent.",),
                outputs=(f"In Ghent, number {number}.",),
            ),
            rubric,
            labels_of(rubric),
            meanings_of(rubric),
        )
        for number in range(count)
    ]


def sheet(folder: Path, count: int) -> Path:
    """A sheet of so many items."""
    path = folder / "queue.csv"
    write_sheet(path, tasks(count))
    return path


class Reply(NamedTuple):
    """An answer of the server."""

    status: int
    headers: dict[str, str]
    text: str

    @property
    def body(self) -> dict[str, Any]:
        """The JSON object in it."""
        return dict(json.loads(self.text))


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirect())


class Page:
    """What a page's script does, by hand."""

    def __init__(self, link: str) -> None:
        self.base, _, self.token = link.partition("/?token=")
        self.cookie = ""
        entered = self.get(f"/?token={self.token}")
        self.cookie = entered.headers.get("Set-Cookie", "").partition(";")[0]

    def get(self, path: str, **headers: str) -> Reply:
        """A GET request."""
        return self.ask("GET", path, None, **headers)

    def post(self, path: str, body: object = None, **headers: str) -> Reply:
        """A POST request; ``body`` as JSON, or bytes as they are."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.ask("POST", path, data, **{"Content-Type": "application/json"} | headers)

    def ask(self, method: str, path: str, data: bytes | None, **headers: str) -> Reply:
        """Any request, with the cookie unless ``Cookie`` says otherwise; ``_`` in a header's name stands for ``-``."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        sent.setdefault("Cookie", self.cookie)
        request = urllib.request.Request(self.base + path, data=data, headers=sent, method=method)
        try:
            with _OPENER.open(request, timeout=30) as reply:
                return Reply(reply.status, dict(reply.headers), reply.read().decode())
        except urllib.error.HTTPError as error:
            return Reply(error.code, dict(error.headers), error.read().decode())

    def next(self, name: str, *have: str) -> list[dict[str, Any]]:
        """The items that a person is asked next."""
        query = "".join(f"&have={key}" for key in have)
        return list(self.get(f"/api/next?annotator={name}{query}").body["items"])

    def answer(self, name: str, key: str, label: str, **more: Any) -> Reply:
        """An answer."""
        return self.post("/api/answer", {"annotator": name, "key": key, "label": label, **more})


@contextmanager
def labeling(folder: Path, *arguments: object) -> Iterator[tuple[Page, subprocess.Popen[str]]]:
    """``judgekit label`` with these arguments in a folder, once its page can be opened."""
    command = [sys.executable, "-m", "judgekit", "label", *map(str, arguments), "--no-browser"]
    process = subprocess.Popen(
        command,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"},
    )
    try:
        assert process.stdout is not None
        said = ""
        for line in process.stdout:
            said += line
            if found := re.search(r"http://\S+", line):
                yield Page(found[0]), process
                return
        raise AssertionError(said)
    finally:
        process.kill()
        process.communicate()
