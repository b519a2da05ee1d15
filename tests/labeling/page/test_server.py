"""The page over real HTTP: what was answered 200 is kept whatever happens, and nobody else gets in."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from judgekit.readers import read_labels
from judgekit.records import CANNOT_TELL
from tests.labeling.page.sittings import ROOT, Page, labeling, sheet

ITEMS = 300


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """A page that the tests of one module share; each answers by names of its own."""
    folder = tmp_path_factory.mktemp("page")
    sheet(folder, ITEMS)
    with labeling(folder, "queue.csv", "-o", "labels.jsonl") as (opened, _):
        yield opened


def test_an_item_is_shown_blind_and_its_answer_comes_back_as_progress(page: Page) -> None:
    setup = page.get("/api/setup").body
    assert setup["rubric"] == "forgetting" and "still reveals" in setup["instructions"]
    assert (
        "Answer with one letter" not in setup["instructions"] and "between tags" not in setup["instructions"]
    )
    assert [one["name"] for one in setup["labels"]] == [
        "leaked",
        "partial",
        "withheld",
        "wrong",
        "degenerate",
    ]
    assert all(one["meaning"] for one in setup["labels"])
    reply = page.get("/api/next?annotator=ann")
    item = reply.body["items"][0]
    assert set(item) == {"key", "question", "references", "outputs", "hops", "again"}
    assert "Where was author number" in item["question"] and "Ghent" in item["outputs"][0]
    assert "model-x" not in reply.text and "method-y" not in reply.text and "forget/" not in reply.text
    done = page.answer("ann", item["key"], "leaked", seconds=3.5, note="sure").body["progress"]
    assert (done["by_you"], done["median_seconds"], done["finished"]) == (1, 3.5, False)
    assert page.get("/api/progress?annotator=ann").body["progress"]["by_you"] == 1
    assert page.get("/api/progress?annotator=nobody").body["progress"]["by_you"] == 0
    assert "ann" in page.get("/api/setup").body["annotators"]
    assert "nobody" not in page.get("/api/setup").body["annotators"]


def test_two_tabs_of_one_person_overwrite_nothing(page: Page) -> None:
    first, second = page.next("tabs"), page.next("tabs")
    assert first == second, "both show what is this person's"
    assert page.answer("tabs", first[0]["key"], "leaked").status == 200
    late = page.answer("tabs", first[0]["key"], "wrong")
    assert late.status == 409 and late.body == {
        "error": "you answered this item already",
        "label": "leaked",
    }
    assert first[0]["key"] not in {one["key"] for one in page.next("tabs")}


def test_ten_answers_can_be_taken_back_and_no_eleventh(page: Page) -> None:
    keys = []
    for number in range(12):
        (item, *_) = page.next("undo")
        keys.append(item["key"])
        assert page.answer("undo", item["key"], CANNOT_TELL, note=str(number)).status == 200
    for number in range(11, 1, -1):
        back = page.post("/api/undo", {"annotator": "undo"}).body
        assert (back["item"]["key"], back["label"], back["note"]) == (keys[number], CANNOT_TELL, str(number))
    assert page.post("/api/undo", {"annotator": "undo"}).status == 409
    assert page.get("/api/progress?annotator=undo").body["progress"]["by_you"] == 2
    assert page.next("undo")[0]["key"] in keys[2:], "they are asked again"
    assert page.answer("undo", keys[2], "leaked").status == 200


def test_a_new_page_has_a_new_nonce_and_lets_nothing_else_run(page: Page) -> None:
    seen = set()
    for _ in range(2):
        reply = page.get("/")
        policy = reply.headers["Content-Security-Policy"]
        (nonce,) = set(re.findall(r"'nonce-([\w-]{20,})'", policy))
        assert f'nonce="{nonce}"' in reply.text
        seen.add(nonce)
        for rule in ("default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'"):
            assert rule in policy
        assert "unsafe" not in policy and "http" not in policy and "*" not in policy
    assert len(seen) == 2
    for path in ("/", "/page.js", "/page.css", "/api/setup", "/api/next?annotator=x", "/nowhere"):
        headers = page.get(path).headers
        assert headers["X-Content-Type-Options"] == "nosniff" and headers["Cache-Control"] == "no-store"
        assert headers["Referrer-Policy"] == "no-referrer" and headers["X-Frame-Options"] == "DENY"


def test_the_cookie_is_for_this_site_alone_and_no_script_reads_it(page: Page) -> None:
    entered = page.get(f"/?token={page.token}", Cookie="")
    cookie = entered.headers["Set-Cookie"]
    assert entered.status == 303 and entered.headers["Location"] == "/"
    assert "HttpOnly" in cookie and "SameSite=Strict" in cookie


@pytest.mark.parametrize("path", ["/", "/page.js", "/api/setup", "/api/next?annotator=x", "/?token=wrong"])
@pytest.mark.parametrize("cookie", ["", "judgekit-{port}=wrong", "judgekit-{port}=", "judgekit-1={token}"])
def test_without_the_token_nothing_is_shown(page: Page, path: str, cookie: str) -> None:
    port = page.base.rpartition(":")[2]
    reply = page.get(path, Cookie=cookie.format(port=port, token=page.token))
    assert reply.status == 403 and "open the link" in reply.body["error"] and page.token not in reply.text


def test_a_link_in_a_mail_is_asked_for_once_more(page: Page) -> None:
    """A strict cookie is not sent on the way from another site; the page then asks by itself."""
    reply = page.get("/", Cookie="", Sec_Fetch_Site="cross-site")
    assert reply.status == 200 and 'http-equiv="refresh"' in reply.text
    assert page.get("/api/setup", Cookie="", Sec_Fetch_Site="cross-site").status == 403


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:{port}", "127.0.0.1", "127.0.0.1:1", "127.0.0.1.evil.example:{port}", ""],
)
def test_a_name_made_to_point_here_is_refused(page: Page, host: str) -> None:
    port = page.base.rpartition(":")[2]
    for path in ("/api/setup", f"/?token={page.token}"):
        assert page.get(path, Host=host.format(port=port)).status in (400, 403)
    assert page.get("/api/setup", Host=f"localhost:{port}").status == 200


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:1", "https://{host}"])
def test_a_page_of_another_site_is_refused(page: Page, origin: str) -> None:
    host = page.base.removeprefix("http://")
    body = {"annotator": "csrf"}
    assert page.post("/api/undo", body, Origin=origin.format(host=host)).status == 403
    assert page.post("/api/undo", body, Origin=page.base).status == 409


HOSTILE = [
    (b"", 400),
    (b"{", 400),
    (b"[]", 400),
    (b"null", 400),
    (b"\xff\xfe", 400),
    (b"[" * 50_000, 400),
    (b'{"annotator": ' + b"1" * 5000 + b"}", 400),
    (b" " * 70_000, 413),
    ({}, 400),
    ({"annotator": "x"}, 400),
    ({"annotator": "x", "key": "nowhere", "label": "leaked"}, 400),
    ({"annotator": "x", "key": ["KEY"], "label": "leaked"}, 400),
    ({"annotator": "x", "key": "KEY", "label": "<script>"}, 400),
    ({"annotator": "x", "key": "KEY", "label": None}, 400),
    ({"annotator": "x", "key": "KEY", "label": {"a": 1}}, 400),
    ({"annotator": "x", "key": "KEY.again", "label": "leaked"}, 400),
    ({"annotator": "x", "key": "KEY", "label": "leaked", "seconds": "long"}, 400),
    ({"annotator": "x", "key": "KEY", "label": "leaked", "note": "n" * 5000}, 400),
    ({"annotator": "x", "key": "KEY", "label": "leaked", "pool": "mine"}, 400),
    ({"annotator": "", "key": "KEY", "label": "leaked"}, 400),
    ({"annotator": "\u0007", "key": "KEY", "label": "leaked"}, 400),
    ({"annotator": "x" * 100, "key": "KEY", "label": "leaked"}, 400),
    ({"annotator": 5, "key": "KEY", "label": "leaked"}, 400),
]


@pytest.mark.parametrize(("body", "status"), HOSTILE, ids=[str(one)[:70] for one, _ in HOSTILE])
def test_a_hostile_body_is_one_clear_line(page: Page, body: object, status: int) -> None:
    if isinstance(body, dict) and isinstance(body.get("key"), str):
        body = body | {"key": body["key"].replace("KEY", page.next("hostile")[0]["key"])}
    reply = page.post("/api/answer", body)
    assert reply.status == status and "\n" not in reply.body["error"] and reply.body["error"]
    assert not {"x", "x" * 100, "5"} & set(page.get("/api/setup").body["annotators"])


def test_only_json_is_taken(page: Page) -> None:
    body = b'{"annotator": "x"}'
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
        assert page.ask("POST", "/api/undo", body, Content_Type=kind).status == 415
    assert page.get("/api/answer").status == 405
    assert page.post("/api/answer?annotator=x", {}).status == 400


def test_texts_that_no_file_holds_and_clocks_that_are_off_do_no_harm(page: Page) -> None:
    for seconds in ("NaN", "Infinity", "-5", "1e400", "9" * 400, "null", "1e6"):
        key = page.next("odd")[0]["key"]
        body = f'{{"annotator": "odd", "key": "{key}", "label": "leaked", "seconds": {seconds}, "note": "\\ud800"}}'
        assert page.post("/api/answer", body.encode()).status == 200, seconds
    back = page.post("/api/undo", {"annotator": " odd\t"}).body
    assert back["note"] == "?" and back["progress"]["by_you"] == 6


def post_until_killed(page: Page, name: str, kept: list[tuple[str, str, str]], labels: list[str]) -> None:
    """Label as fast as it goes, noting what was acknowledged."""
    try:
        held: list[dict[str, object]] = []
        for number in range(10_000):
            held += page.next(name, *(str(one["key"]) for one in held))
            if not held:
                return
            item = held.pop(0)
            label = labels[(number + len(name)) % len(labels)]
            if page.answer(name, str(item["key"]), label, note=str(item["question"])).status == 200:
                kept.append((name, str(item["question"]), label))
    except OSError:
        return  # killed


@pytest.mark.slow
def test_kill_9_in_the_midst_of_ten_annotators_loses_nothing_acknowledged(tmp_path: Path) -> None:
    sheet(tmp_path, 3000)
    names = [f"person-{number}" for number in range(10)]
    labels = ["leaked", "withheld", CANNOT_TELL]
    kept: list[tuple[str, str, str]] = []
    for _ in range(3):
        with labeling(tmp_path, "queue.csv", "-o", "labels.jsonl") as (page, process):
            before = len(kept)
            threads = [
                threading.Thread(target=post_until_killed, args=(page, name, kept, labels)) for name in names
            ]
            for thread in threads:
                thread.start()
            while len(kept) < before + 150:
                assert process.poll() is None
            process.kill()
            for thread in threads:
                thread.join()
        rows = list(read_labels(tmp_path / "labels.jsonl"))  # whole, and nobody labeled an item twice
        assert Counter(kept) - Counter((row.annotator, row.note, row.label) for row in rows) == Counter()
        assert len(rows) <= len(kept) + len(names), "at most what was on its way"
    with labeling(tmp_path, "queue.csv", "-o", "labels.jsonl") as (page, _):
        assert page.get("/api/progress?annotator=person-0").body["progress"]["by_you"] == sum(
            row.annotator == "person-0" and not row.again for row in rows
        )
        assert page.get("/api/setup").body["annotators"] == sorted(names)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="a process cannot be sent SIGINT on Windows")
def test_ctrl_c_ends_and_says_what_comes_next_and_two_servers_do_not_share_a_file(tmp_path: Path) -> None:
    sheet(tmp_path, 5)
    with labeling(tmp_path, "queue.csv") as (page, process):
        nothing = page.post("/api/finish", {"annotator": "ann"})
        assert (nothing.status, nothing.body["error"]) == (400, "nothing is labeled yet")
        other = subprocess.run(
            [sys.executable, "-m", "judgekit", "label", "queue.csv", "--no-browser"],
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
        )
        assert other.returncode == 2 and f"in use by process {process.pid}" in other.stderr
        page.answer("ann", page.next("ann")[0]["key"], "leaked")
        process.send_signal(signal.SIGINT)
        said, _ = process.communicate(timeout=30)
    assert process.returncode == 0 and "The labels are in labels.jsonl" in said and "Traceback" not in said


def test_the_page_is_on_this_machine_alone_unless_asked_otherwise(page: Page) -> None:
    port = int(page.base.rpartition(":")[2])
    assert page.base == f"http://127.0.0.1:{port}"
    for address in {info[4][0] for info in socket.getaddrinfo(socket.gethostname(), port)} - {
        "127.0.0.1",
        "::1",
    }:
        if not str(address).startswith("127."):
            with pytest.raises(OSError, match=""):
                socket.create_connection((str(address), port), timeout=2)
