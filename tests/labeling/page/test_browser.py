"""A person labels in a real browser, by the keyboard: what they answered is kept, whatever happens."""

from __future__ import annotations

import errno
import os
import re
import signal
import socket
import threading
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from judgekit.labeling.page.store import LabelFile
from judgekit.labeling.samples import Listed, Outcome
from judgekit.readers import read_labels
from judgekit.records import CANNOT_TELL, LabelRow
from judgekit.rubrics import guidance_of
from tests.labeling.page.screen import Person, Promised, sitting
from tests.labeling.page.sittings import Page, labeling, sheet, tasks

pytestmark = pytest.mark.browser

ESCAPE, TAB = "\ue00c", "\ue004"
LABELS = dict(
    zip("123450c", ("leaked", "partial", "withheld", "wrong", "degenerate", *[CANNOT_TELL] * 2), strict=True)
)


@pytest.fixture
def person(browser: Any) -> Iterator[Person]:
    """Somebody at a browser with nothing open, and a tab of their own."""
    browser.switch_to.new_window("tab")
    one = Person(browser)
    one.look()
    yield one
    one.network()
    while len(browser.window_handles) > 1:
        browser.close()
        browser.switch_to.window(browser.window_handles[0])


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    return tmp_path / "labels.jsonl"


def kept(labels: Path) -> list[LabelRow]:
    return list(read_labels(labels)) if labels.is_file() else []


def number(person: Person) -> str:
    """Of the item on the screen."""
    return re.findall(r"author number (\d+)", person.text("#texts"))[0]


def test_ten_labels_by_the_keyboard_alone(person: Person, labels: Path) -> None:
    with sitting(Listed(tuple(tasks(30))), labels) as link:
        person.open(link)
        given = []
        for key in "12345c0123":
            given.append((f"forget/{number(person)}", LABELS[key]))
            person.answer(key)
            person.ready()
            assert person.focus == "item", "the next item is read out from its beginning"
            assert person.text("#status") == f"Saved: {LABELS[key]}."
        assert [(row.id, row.label) for row in kept(labels)] == given
        assert {row.annotator for row in kept(labels)} == {"Ann"}
        assert all(0 < (row.seconds or 0) < 20 for row in kept(labels))
        person.wait(lambda: "10 labeled · at most 20 to go" in person.text("#count"))
        assert person.complaints == []


def test_a_killed_server_loses_nothing(person: Person, tmp_path: Path) -> None:
    sheet(tmp_path, 30)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = ("queue.csv", "-o", "labels.jsonl", "--port", port)
    labels = tmp_path / "labels.jsonl"
    with labeling(tmp_path, *command) as (page, process):
        person.open(f"{page.base}/?token={page.token}")
        person.answer(*"111")
        process.send_signal(signal.SIGKILL)
        process.wait()
        person.ready()
        given = number(person)
        person.press("2")
        person.wait(lambda: "is not saved yet" in person.text("#alarm"))
        shown = number(person)
        assert shown != given, "the next item shows"
        person.press("3")
        assert number(person) == shown, "but takes no answer"
        assert len(kept(labels)) == 3
    with labeling(tmp_path, *command) as (page, process):
        person.wait(lambda: "holds the key" in person.text("#alarm"))
        first = person.browser.current_window_handle
        person.browser.switch_to.new_window("tab")
        person.browser.get(f"{page.base}/?token={page.token}")
        person.browser.close()
        person.browser.switch_to.window(first)
        person.ready()
        assert person.text("#alarm") == ""
        assert (kept(labels)[3].id, kept(labels)[3].label) == (f"forget/{given}", "partial")
        assert number(person) == shown
        person.answer(*"333333")
        assert len(kept(labels)) == len({row.id for row in kept(labels)}) == 10
        person.script("document.getElementById('finish').focus()")
        person.press("\n")
        person.wait(lambda: person.view == "result")
        assert "labels.jsonl" in person.text("#over")


def test_an_answer_waits_for_the_network_and_outlives_a_reload(person: Person, labels: Path) -> None:
    with sitting(Listed(tuple(tasks(30))), labels) as link:
        person.open(link)
        given = number(person)
        person.network(blocked=["*/api/answer"])
        person.press("4")
        person.wait(lambda: "'wrong', is not saved yet" in person.text("#alarm"))
        assert person.script("return document.getElementById('alarm').getAttribute('role')") == "alert"
        person.script("window.onbeforeunload = null")
        person.network()
        person.browser.execute_cdp_cmd("Page.enable", {})
        person.browser.execute_cdp_cmd("Page.reload", {})
        person.ready()
        assert [(row.id, row.label) for row in kept(labels)] == [(f"forget/{given}", "wrong")]
        person.network(offline=True)
        person.press("1")
        person.wait(lambda: "is not saved yet" in person.text("#alarm"))
        person.network()
        person.ready()
        assert len(kept(labels)) == 2


def test_a_full_disk_is_told_and_the_answer_kept(
    person: Person, labels: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with sitting(Listed(tuple(tasks(9))), labels) as link:
        person.open(link)
        with monkeypatch.context() as full:
            full.setattr(LabelFile, "append", no_room)
            person.press("1")
            person.wait(lambda: "not saved yet: No space left on device" in person.text("#alarm"))
            assert kept(labels) == []
        person.ready()
        assert person.text("#alarm") == "" and len(kept(labels)) == 1


def no_room(*_: object) -> None:
    """What a full disk says."""
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_an_answer_that_was_heard_but_not_acknowledged_counts_once(person: Person, labels: Path) -> None:
    with sitting(Listed(tuple(tasks(30))), labels) as link:
        person.open(link)
        page = Page(link)
        shown = number(person)
        key = next(item["key"] for item in page.next("Ann") if f"number {shown} " in item["question"])
        assert page.answer("Ann", key, "leaked").status == 200
        person.answer("1")
        person.ready()
        assert person.text("#alarm") == ""
        assert len(kept(labels)) == 1


def test_a_second_tab_overwrites_nothing(person: Person, labels: Path) -> None:
    with sitting(Listed(tuple(tasks(30))), labels) as link:
        person.open(link)
        first = person.browser.current_window_handle
        person.browser.switch_to.new_window("tab")
        person.browser.get(link)
        person.wait(lambda: person.view == "start")
        person.press("Ann\n")
        person.ready()
        person.answer("1")
        person.browser.switch_to.window(first)
        person.answer("4")
        person.wait(lambda: "with 'leaked'; that answer stays" in person.text("#alarm"))
        person.ready()
        assert [row.label for row in kept(labels)] == ["leaked"]
        person.answer("5")
        assert [row.label for row in kept(labels)] == ["leaked", "degenerate"]
        assert len({row.id for row in kept(labels)}) == 2


def test_ten_answers_are_taken_back_each_with_what_was_said(person: Person, labels: Path) -> None:
    with sitting(Listed(tuple(tasks(30))), labels) as link:
        person.open(link)
        shown = []
        for turn in range(11):
            person.ready()
            shown.append(number(person))
            if turn == 10:
                person.press("n")
                assert person.focus == "note"
                person.press("see 1931", ESCAPE)
                assert person.focus == "item"
            person.answer("2")
        for turn in range(10, 0, -1):
            person.ready()
            person.press("u")
            person.wait(lambda turn=turn: number(person) == shown[turn])
            pressed = person.script(
                "return [...document.querySelectorAll('#labels [aria-pressed=true] .name')].map(e => e.innerText)"
            )
            assert pressed == ["partial"]
            assert person.script("return document.getElementById('note').value") == (
                "see 1931" * (turn == 10)
            )
            assert len(kept(labels)) == turn
        person.ready()
        person.press("u")
        person.wait(lambda: "the last ten can be" in person.text("#status"))
        person.answer("1", "1")
        assert [row.label for row in kept(labels)] == ["partial", "leaked", "leaked"]
        assert [row.id for row in kept(labels)] == [f"forget/{one}" for one in shown[:3]]


def test_a_note_is_kept_with_its_label(person: Person, labels: Path) -> None:
    with sitting(Listed(tuple(tasks(9))), labels) as link:
        person.open(link)
        person.press("n", "1 or 2?\n</textarea>", ESCAPE)
        person.answer("2", "3")
        assert [(row.label, row.note) for row in kept(labels)] == [
            ("partial", "1 or 2?\n</textarea>"),
            ("withheld", ""),
        ]


def test_enter_and_held_keys_answer_once(person: Person, labels: Path) -> None:
    with sitting(Listed(tuple(tasks(9))), labels) as link:
        person.open(link)
        person.press("\n", " ")
        person.press(TAB, "\n", "\n", "\n")
        person.ready()
        assert [row.label for row in kept(labels)] == ["leaked"]
        person.script(
            "dispatchEvent(new KeyboardEvent('keydown', {key: '1', repeat: true, bubbles: true}));"
            "dispatchEvent(new KeyboardEvent('keydown', {key: '1', ctrlKey: true, bubbles: true}));"
        )
        assert kept(labels)[1:] == []
        person.script(
            "for (const _ of [1, 2]) document.querySelector('#labels button').click()"
        )  # a double click
        person.ready()
        assert len(kept(labels)) == 2


@pytest.mark.parametrize(
    ("pressed", "label"),
    [
        ({"key": "é", "code": "Digit2"}, "partial"),  # French
        ({"key": "с", "code": "KeyC"}, CANNOT_TELL),  # Russian
        ({"key": "c", "code": "KeyI"}, CANNOT_TELL),  # Dvorak
        ({"key": "3", "code": "Numpad3"}, "withheld"),
        ({"key": "!", "code": "Digit1", "shiftKey": True}, None),
        ({"key": "7", "code": "Digit7"}, None),
        ({"key": "End", "code": "Numpad1"}, None),
    ],
)
def test_keys_of_other_layouts(
    person: Person, labels: Path, pressed: dict[str, Any], label: str | None
) -> None:
    with sitting(Listed(tuple(tasks(9))), labels) as link:
        person.open(link)
        person.script(
            "document.body.dispatchEvent(new KeyboardEvent('keydown', {...arguments[0], bubbles: true}))",
            pressed,
        )
        if label is not None:
            person.wait(lambda: person.text("#status") == f"Saved: {label}.")
        assert [row.label for row in kept(labels)] == ([label] if label else [])


def test_next_items_are_there_before_they_are_asked_for(person: Person, labels: Path) -> None:
    with sitting(Listed(tuple(tasks(9))), labels) as link:
        person.open(link)
        person.network(blocked=["*/api/next*"])
        person.answer(*"123")
        person.ready()
        assert len(kept(labels)) == 3 and number(person)
        person.answer("4")
        person.wait(lambda: "No items" in person.text("#alarm"))
        person.network()
        person.answer("5")
        assert len(kept(labels)) == 5 and person.text("#alarm") == ""


def test_time_away_from_the_page_does_not_count(person: Person, labels: Path) -> None:
    made = person.browser.execute_cdp_cmd(
        "Page.addScriptToEvaluateOnNewDocument",
        {
            "source": "const now = performance.now.bind(performance); performance.now = () => now() + (window.ahead ?? 0)"
        },
    )
    pass_ = "window.ahead = (window.ahead ?? 0) + 1000 * arguments[0]"
    hide = "Object.defineProperty(document, 'hidden', {value: arguments[0], configurable: true}); document.dispatchEvent(new Event('visibilitychange'))"
    try:
        with sitting(Listed(tuple(tasks(9))), labels) as link:
            person.open(link)
            person.script(pass_, 40)
            person.answer("1")
            person.ready()
            person.script(pass_, 70)
            person.answer("1")
            person.ready()
            person.script(hide, True)
            person.script(pass_, 30)
            person.script(hide, False)
            person.answer("1")
            thought, idle, away = (row.seconds or 0 for row in kept(labels))
            assert 40 < thought < 60
            assert idle < 30 and away < 30
    finally:
        person.browser.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", made)


def test_the_help_keeps_the_focus_and_gives_it_back(person: Person, labels: Path) -> None:
    with sitting(Listed(tuple(tasks(9)), guidance_of("forgetting")), labels) as link:
        person.open(link)
        person.press("?")
        assert "still reveals" in person.text("#help") and "endless repetition" in person.text("#help")
        inside = "return document.getElementById('help').contains(document.activeElement) || document.activeElement === document.body"
        for _ in range(8):
            assert person.script(inside)
            person.press(TAB)
        person.press("1", "u", "n", "?")
        assert kept(labels) == [] and person.view == "item"
        person.press(ESCAPE)
        assert not person.script("return document.getElementById('help').open")
        assert person.focus == "item"
        person.press("?")
        person.script("document.getElementById('shortcuts').click()")
        person.press(ESCAPE, "1", "n")
        assert person.focus == "item" and kept(labels) == []
        person.press(TAB, "\n")
        person.ready()
        assert len(kept(labels)) == 1


def test_a_page_that_cannot_start_says_so_and_starts_later(person: Person, labels: Path) -> None:
    with sitting(Listed(tuple(tasks(9))), labels) as link:
        person.network(blocked=["*/api/setup"])
        person.browser.get(link)
        person.wait(lambda: "The page cannot start" in person.text("#alarm"))
        person.press("1", "u")
        assert person.view == "load"
        person.network()
        person.script("document.querySelector('#alarm button').click()")
        person.wait(lambda: person.view == "start")
        assert person.text("#alarm") == ""


def test_names_are_kept_a_tab(person: Person, labels: Path) -> None:
    with sitting(Listed(tuple(tasks(9))), labels) as link:
        person.open(link, "  Ann   Lee ")
        person.answer("1")
        person.browser.refresh()
        person.ready()
        assert "1 labeled" in person.text("#count"), "a reload goes on under the same name"
        person.browser.switch_to.new_window("tab")
        person.browser.get(link)
        person.wait(lambda: person.view == "start")
        assert person.text("#known button") == "Ann Lee"
        person.press("Bo\n")
        person.answer("1")
        assert [row.annotator for row in kept(labels)] == ["Ann Lee", "Bo"]


def test_what_is_certified_and_what_comes_of_it(person: Person, labels: Path) -> None:
    with sitting(Promised(tuple(tasks(7))), labels) as link:
        person.open(link)
        assert "Nothing yet" in person.text("#certified")
        assert person.text("#next") == "The next block may add 5 %."
        person.answer(*"111")
        person.ready()
        person.answer("1")
        person.wait(lambda: person.text("#certified") == "Half of the items are certified.")
        person.answer(*"111")
        person.wait(lambda: person.view == "over")
        assert "Every test has been made." in person.text("#over") and person.focus == "over-title"
        person.press("u")
        person.ready()
        person.answer("2")
        person.wait(lambda: person.view == "over")
        person.press("\n")
        assert person.view == "over", "Enter ends nothing by itself"
        person.press(TAB, "\n")
        person.wait(lambda: person.view == "result")
        assert person.text("#over-title") == "Certified"
        assert f"judgekit report run --labels {labels}" in person.text("#over pre")
        assert str(labels) in person.text(".files")
        assert person.complaints == []


def test_who_cannot_finish_goes_on(person: Person, labels: Path) -> None:
    with sitting(Unfinished(tuple(tasks(7))), labels) as link:
        person.open(link)
        person.answer("1")
        person.script("document.getElementById('finish').click()")
        person.wait(lambda: "Not finished: too few labels" in person.text("#alarm"))
        person.answer("1")
        assert len(kept(labels)) == 2


class Unfinished(Listed):
    """A sample of which nothing can be made."""

    def finish(self, labels: Path) -> Outcome:
        from judgekit.errors import InputError

        raise InputError("too few labels")


def test_ten_annotators_at_once(person: Person, labels: Path) -> None:
    count = 120
    with sitting(Listed(tuple(tasks(count))), labels) as link:
        person.open(link, "browser")

        def work(name: str) -> None:
            page, quiet = Page(link), 0
            while quiet < 3:
                items = page.next(name)
                quiet = 0 if items else quiet + 1
                for item in items:
                    assert page.answer(name, item["key"], "leaked", seconds=1).status == 200

        threads = [threading.Thread(target=work, args=(f"person-{one}",)) for one in range(9)]
        for thread in threads:
            thread.start()
        person.answer(*"1234")
        for thread in threads:
            thread.join()
        while person.view == "item":
            person.answer("1")
        rows = [row for row in kept(labels) if not row.again]
        assert len({row.id for row in rows}) == count
        assert max(Counter((row.id, row.annotator) for row in rows).values()) == 1
        assert max(Counter(row.id for row in rows).values()) <= 3
        mine = sum(row.annotator == "browser" for row in rows)
        assert mine >= 4 and f"({mine} by you)" in person.text("#count")
        assert person.complaints == []


def test_a_link_in_a_chat_opens_the_page(person: Person, labels: Path) -> None:
    """Another site's page may link here: a strict cookie is not sent on the way, so the page asks once more."""
    with sitting(Listed(tuple(tasks(9))), labels) as link:

        class Chat(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                self.end_headers()
                self.wfile.write(f"<a id=link href='{link}'>label this</a>".encode())

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        with ThreadingHTTPServer(("127.0.0.1", 0), Chat) as chat:
            threading.Thread(target=chat.serve_forever, daemon=True).start()
            person.browser.get(f"http://localhost:{chat.server_port}/")
            person.script("document.getElementById('link').click()")
            person.wait(lambda: person.view == "start")
            person.press("Ann", "\n")
            person.ready()
            chat.shutdown()
