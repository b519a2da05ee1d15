"""No text that anybody wrote runs, loads or sends anything on a page of ours, in whatever field it stands.

A page that holds every payload as mark-up is the control: most of them work there.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

import judgekit as jk
from judgekit.labeling.samples import Listed
from judgekit.labeling.sheet import Task
from judgekit.records import Evidence, EvidenceRow, Hop, HumanLabel, Item, Verdict
from judgekit.report import load, summarize, to_html
from judgekit.report.certificate.page import to_html as certificate_page
from judgekit.report.render.html import fragment
from tests.labeling.page.screen import Person, sitting
from tests.report.certificate.certificates import opinions
from tests.security.payloads import payloads

pytestmark = [pytest.mark.browser, pytest.mark.slow]

EACH = 26
"""Runs of a report."""

WATCH = """
for (const name of ['alert', 'confirm', 'prompt', 'print', 'open'])
  window[name] = () => { window.hacked = name; };
"""
ACTIVE = (
    "script[src]:not([nonce]), img, image, iframe, frame, object, embed, video, audio, source, base, portal, marquee, math, "
    "link:not([rel=icon][href^='data:'], [nonce]), meta[http-equiv=refresh], foreignObject, form[action], "
    "a[href^='javascript' i], a[href^='http' i], a[href^='data:' i], [ping], [srcdoc], [background], [contenteditable]"
)
"""Elements that none of our pages has of its own."""

OPEN_ALL = """
const [most, done] = arguments;
const wait = (ms) => new Promise((go) => setTimeout(go, ms));
(async () => {
  for (const one of document.querySelectorAll('details')) one.open = true;
  let opened = 0;
  while (!document.querySelector('#items .found button.line')) await wait(50);
  for (let pages = 0; pages < most; pages++) {
    for (const line of [...document.querySelectorAll('#items .found button.line')]) {
      line.click();
      opened++;
      await wait(2);
    }
    const next = [...document.querySelectorAll('#items .pager button')].at(-1);
    if (!next || next.disabled || next.hidden) break;
    next.click();
    await wait(60);
  }
  done(opened);
})();
"""


class Home(BaseHTTPRequestHandler):
    """Where payloads call; whoever asks is noted."""

    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_response(204)
        self.end_headers()

    do_POST = do_GET

    def log_message(self, *_: object) -> None: ...


@pytest.fixture(scope="module")
def home() -> Iterator[tuple[str, list[str]]]:
    """The address that nobody may ask, and who did."""
    asked: list[str] = []
    with ThreadingHTTPServer(("127.0.0.1", 0), type("Here", (Home,), {"asked": asked})) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()


@pytest.fixture(scope="module")
def watched(browser: Any) -> Iterator[Any]:
    """The browser, with whatever a payload may do replaced by a note of it."""
    made = browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": WATCH})
    yield browser
    browser.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", made)


def requests(browser: Any) -> list[str]:
    """The addresses that the browser asked since the last look."""
    found = []
    for entry in browser.get_log("performance"):
        message = json.loads(entry["message"])["message"]
        if message["method"] == "Network.requestWillBeSent":
            found.append(message["params"]["request"]["url"])
    return found


def fresh(browser: Any, asked: list[str]) -> None:
    """Forget what was seen."""
    browser.get_log("browser")
    browser.get_log("performance")
    asked.clear()


def is_clean(browser: Any, asked: list[str], here: str) -> None:
    """Nothing ran, nothing was asked, nothing became an element, and no policy had to refuse anything."""
    assert browser.execute_script("return window.hacked") is None
    said = [entry["message"] for entry in browser.get_log("browser")]
    assert [one for one in said if "Throttling navigation" not in one] == []
    assert [url for url in requests(browser) if not url.startswith((here, "data:image/svg+xml,"))] == []
    assert asked == []
    assert (
        browser.execute_script(
            "return [...document.querySelectorAll(arguments[0])].map(e => e.outerHTML)", ACTIVE
        )
        == []
    )
    handlers = """return [...document.querySelectorAll('*')].flatMap((e) => [...e.attributes])
        .filter((a) => /^on/i.test(a.name)).map((a) => a.name)"""
    assert browser.execute_script(handlers) == []
    assert browser.current_url.startswith(here)


def opens_clean(browser: Any, asked: list[str], page: Path, html: str) -> None:
    """A page of this content does none of that as it opens."""
    page.write_text(html, "utf-8", errors="replace")
    fresh(browser, asked)
    browser.get(page.as_uri())
    is_clean(browser, asked, page.as_uri())


def test_most_payloads_work_where_text_is_taken_for_mark_up(
    watched: Any, home: tuple[str, list[str]], tmp_path: Path
) -> None:
    at, asked = home
    texts = payloads(at)
    assert len(texts) >= 150 and len(set(texts)) == len(texts)
    worked = 0
    for number, text in enumerate(texts):
        page = tmp_path / f"{number}.html"
        page.write_text(
            f"<!doctype html><title>{text}</title><a href='{text}'>x</a><b title=\"{text}\">{text}</b>"
            f"<script>x = '{text}'</script><div>{text}</div>",
            "utf-8",
            errors="replace",
        )
        fresh(watched, asked)
        watched.get(page.as_uri())
        ran = watched.execute_script("return window.hacked !== undefined")
        worked += bool(ran or asked or [url for url in requests(watched) if url.startswith(at)])
    print(json.dumps({"payloads": len(texts), "work without our escaping and policy": worked}))
    assert worked > len(texts) / 2


def hostile_run(folder: Path, number: int, texts: list[str]) -> Path:
    """A run with the payload of its number in everything that belongs to a run, and with all of them in its items."""
    of = texts[number % len(texts)]
    mine, other = f"{of} {number}", texts[(number + 1) % len(texts)]
    place = (
        folder
        / f"{of.replace('/', '∕').replace(chr(0), '')[:80]} {number}".encode("utf-8", "replace").decode()
    )
    place.mkdir(parents=True)
    rubrics = {"forgetting": ("leaked", "partial", "withheld", "wrong", "degenerate"), mine: (of, other, "x")}
    every = range(len(texts)) if number == 0 else range(number, number + 3)
    rows: dict[str, list[Any]] = {"items": [], "evidence": [], "verdicts": []}
    for k in every:
        text = texts[k % len(texts)]
        for rubric, labels in rubrics.items():
            named = {
                "id": f"{text} {k} {rubric}",
                "model": mine,
                "method": mine,
                "split": text if k % 3 else "forget",
            }
            item = Item(
                question=text,
                references=(text, other),
                outputs=(text,),
                hops=(Hop(question=text, reference=text, output=text),),
                probe=text if k % 2 else "",
                recorded={text: 0.5},
                **named,
            )
            label = labels[k % len(labels)]
            people = (
                HumanLabel(annotator=text, label=label, note=text),
                HumanLabel(annotator=other, label=labels[0]),
            )
            named |= {"rubric": rubric, "question_id": item.question_id}
            probs = {one: 1 / len(labels) for one in labels}
            tiers = {
                mine: Evidence(probs=probs, reason=text, model=text, fingerprint=text),
                other: Evidence.missing(text),
            }
            state = ("verdict", "abstained", "unscored")[k % 3]
            verdict = Verdict(
                state=state,
                label=label if state == "verdict" else None,
                tier=mine if state == "verdict" else None,
                confidence=0.5,
                reason=None if state == "verdict" else text,
                human=people if k % 4 == 0 else (),
                **named,
            )
            rows["items"].append(item)
            rows["evidence"].append(EvidenceRow(tiers=tiers, human=verdict.human, **named))
            rows["verdicts"].append(verdict)
    for name, records in rows.items():
        lines = (json.dumps(record.to_row()) + "\n" for record in records)
        (place / f"{name}.jsonl").write_text("".join(lines), "utf-8")
    cascades = {
        rubric: {
            "labels": labels,
            "tiers": (mine, other),
            "fingerprints": {mine: of, other: of},
            "role": {"side": "forget" if rubric == "forgetting" else "other", "counts_as": {}},
        }
        for rubric, labels in rubrics.items()
    }
    about = {
        "schema": "judgekit.run/1", "source": of, "source_digest": of, "created": of, "cascades": cascades,
        "overrides": {"model": of, of: of}, "recorded": {of: 0.5}, "tiers": [{"judge": of, "name": mine, "model": of}],
        "answers": {"forgetting": {mine: {"asked": 9, "answered": 1, "failed": {of: 8}}}}, "states": {of: 1},
        "examples": [of],
    }  # fmt: skip
    (place / "run.json").write_text(json.dumps(about), "utf-8")
    return place


@pytest.mark.parametrize("part", range(6))
def test_a_report_runs_and_loads_nothing(
    watched: Any, home: tuple[str, list[str]], tmp_path: Path, part: int
) -> None:
    """Six reports of 26 runs: every payload is a run's name, model, method, rubric, label and tier once."""
    at, asked = home
    texts = payloads(at)
    runs = load([hostile_run(tmp_path / "runs", n, texts) for n in range(part * EACH, (part + 1) * EACH)])
    summary = summarize(runs)
    page = tmp_path / "report.html"
    page.write_text(to_html(summary, runs), "utf-8", errors="replace")
    fresh(watched, asked)
    watched.set_script_timeout(120)
    watched.get(page.as_uri())
    opened = watched.execute_async_script(OPEN_ALL, 100 if part == 0 else 1)
    assert opened >= (len(texts) if part == 0 else 10), "items' texts were shown"
    is_clean(watched, asked, page.as_uri())

    bare = f"<!doctype html><meta charset=utf-8>{fragment(summary)}"  # a notebook has no policy of its own
    opens_clean(watched, asked, tmp_path / "notebook.html", bare)


def test_without_scripts_a_report_loads_nothing_either(
    watched: Any, home: tuple[str, list[str]], tmp_path: Path
) -> None:
    at, asked = home
    texts = payloads(at)
    runs = load([hostile_run(tmp_path / "runs", n, texts) for n in range(3)])
    page = tmp_path / "report.html"
    page.write_text(to_html(summarize(runs), runs), "utf-8", errors="replace")
    fresh(watched, asked)
    watched.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        watched.get(page.as_uri())
        assert [url for url in requests(watched) if not url.startswith((page.as_uri(), "data:"))] == []
        assert asked == []
    finally:
        watched.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def test_a_notebook_shows_what_was_read_and_runs_none_of_it(
    watched: Any, home: tuple[str, list[str]], tmp_path: Path
) -> None:
    at, asked = home
    texts = payloads(at)
    items = [
        Item(
            id=f"{text} {k}",
            question=text,
            references=(text,),
            outputs=(text,),
            split=text,
            model=text,
            method=text,
        )
        for k, text in enumerate(texts)
    ]
    scored = jk.score(items, tmp_path / "run", rubric="forgetting")
    shown = [scored, scored.items, scored.evidence, scored.verdicts]
    parts = [one._repr_html_() for one in shown]
    for stream in shown[1:]:
        for _ in range(len(texts) // 6):
            for _ in range(6):
                next(iter(stream), None)
            parts.append(stream._repr_html_())
    opens_clean(
        watched, asked, tmp_path / "notebook.html", f"<!doctype html><meta charset=utf-8>{''.join(parts)}"
    )


@pytest.mark.parametrize("part", range(8))
def test_a_certificates_page_runs_nothing(
    watched: Any, home: tuple[str, list[str]], tmp_path: Path, part: int
) -> None:
    at, asked = home
    texts = payloads(at)[part * 20 : part * 20 + 20]
    rows = opinions(
        300,
        labels=tuple(texts[:6]),
        methods=tuple(texts[6:12]),
        tiers=tuple(f"{text}{n}" for n, text in enumerate(texts[12:15])),
    )
    named = {"rubric": texts[-1], "model": texts[-2], "split": texts[-3]}
    made = jk.calibrate([row.model_copy(update=named) for row in rows], agreement=0.8, group_by="method")
    for name, text in (
        ("page", certificate_page(made)),
        ("notebook", f"<!doctype html>{made._repr_html_()}"),
    ):
        opens_clean(watched, asked, tmp_path / f"{name}.html", text)


def test_the_labeling_page_runs_and_loads_nothing(
    watched: Any, home: tuple[str, list[str]], tmp_path: Path
) -> None:
    at, asked = home
    texts = payloads(at)
    names = [text for text in texts if text.isprintable() and len(text) < 60]
    tasks = []
    for k, text in enumerate(texts):
        item = Item(
            id=f"{text} {k}", question=text, references=(text, text), outputs=(text,), model=text, method=text,
            split=text, hops=(Hop(question=text, reference=text, output=text),),
        )  # fmt: skip
        labels = tuple(dict.fromkeys((text, texts[k - 1], "x")))
        tasks.append(Task(item, f"{text} {k}", labels, dict.fromkeys(labels, text)))
    with sitting(Listed(tuple(tasks[:1])), tmp_path / "one.jsonl") as link:
        person = Person(watched)
        person.open(link, names[0])
        person.answer("1")
        assert watched.execute_script("return window.hacked") is None
    for start in range(0, len(tasks), 40):
        rubric = texts[start]
        part = [
            Task(one.item, rubric, (texts[start], texts[start + 1], "x"), {"x": texts[start + 2]})
            for one in tasks[start : start + 40]
        ]
        with sitting(Listed(tuple(part)), tmp_path / f"labels-{start}.jsonl") as link:
            here = link.partition("?")[0]
            fresh(watched, asked)
            person.open(link, names[start % len(names)])
            for _ in part:
                person.ready()
                assert watched.execute_script("return window.hacked") is None
                assert (
                    watched.execute_script("return document.querySelectorAll(arguments[0]).length", ACTIVE)
                    == 0
                )
                person.answer("1")
            assert person.complaints == []
            is_clean(watched, asked, here)
            watched.get("about:blank")
