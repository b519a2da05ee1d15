"""The whole way in a real browser: runs in, labels by the keyboard, a certificate and a certified report out."""

from __future__ import annotations

import shlex
import signal
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from judgekit.calibration.record import Calibration
from judgekit.readers import read_labels
from tests.cli.calling import judgekit
from tests.labeling.page.screen import Person
from tests.labeling.page.sittings import labeling
from tests.report.make_runs import LABELS, TEXT, make_run

pytestmark = pytest.mark.browser


@pytest.fixture
def person(browser: Any) -> Iterator[Person]:
    """Somebody at a browser with nothing open."""
    one = Person(browser)
    one.look()
    yield one
    browser.get("about:blank")


def decide(person: Person) -> str:
    """The key of the label that the output on the screen was invented for."""
    output = person.text(".output .text")
    return str(1 + next(n for n, label in enumerate(LABELS["forgetting"]) if TEXT[label] in output))


def test_from_runs_to_a_certified_report(person: Person, tmp_path: Path, artifacts: Path) -> None:
    for method in ("original", "IDK"):
        make_run(tmp_path / "runs" / method, method, forget=120, keep=4)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = ("runs/original", "runs/IDK", "--rubric", "forgetting", "--agreement", "0.7", "--pool", "40")
    command += ("-o", "labels.jsonl", "--port", str(port))
    labels = tmp_path / "labels.jsonl"
    with labeling(tmp_path, *command) as (page, process):
        person.open(f"{page.base}/?token={page.token}")
        assert "Nothing yet" in person.text("#certified")
        for _ in range(10):
            person.answer(decide(person.ready()))
        assert person.complaints == []
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert len(list(read_labels(labels))) == 10
    with labeling(tmp_path, *command) as (page, _):
        person.browser.get(f"{page.base}/?token={page.token}")
        person.ready()
        assert all("CONNECTION_REFUSED" in line for line in person.complaints), (
            "but for the server that was gone"
        )
        person.picture(artifacts / "label-going-on.png")
        assert "10 labeled" in person.text("#count")
        while person.view == "item":
            person.answer(decide(person.ready()))
            person.wait(lambda: person.view in ("item", "over"))
        person.wait(lambda: person.text("#over-title") == "That is all")
        person.picture(artifacts / "label-all-asked.png")
        assert "at least 70%" in person.text("#certified")
        person.press("\ue004", "\n")
        person.wait(lambda: person.view == "result")
        person.picture(artifacts / "label-certified.png")
        assert person.text("#over-title") == "Certified"
        assert "at least 70%" in person.text("#over-text")
        program, *arguments = shlex.split(person.text("#over pre"))
        assert person.complaints == []
    assert program == "judgekit"
    assert Calibration.load(tmp_path / "labels.calibration.json").certified
    rows = [row for row in read_labels(labels) if not row.again]
    assert len({row.id for row in rows}) == len(rows) <= 40
    assert all(row.pool and row.seconds for row in rows)
    done = judgekit(*arguments, cwd=tmp_path)
    assert done.returncode == 0 and "Certified for forgetting" in done.stdout, done.stderr
    assert (tmp_path / "report.html").is_file()
