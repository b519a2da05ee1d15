"""The labeling page in a browser: a sitting to open, and a person at its keyboard."""

from __future__ import annotations

import asyncio
import base64
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from judgekit.labeling.page.desk import Desk
from judgekit.labeling.page.guard import Guard
from judgekit.labeling.page.server import listen, serve
from judgekit.labeling.page.store import LabelFile
from judgekit.labeling.samples import Given, Listed, Outcome, Sample, Standing
from judgekit.labeling.sheet import Task
from judgekit.records import Item
from judgekit.rubrics import labels_of, meanings_of

WAIT = 20.0
"""Seconds until a test gives up on the page."""


@dataclass(frozen=True)
class Promised(Listed):
    """A sample with a promise whose first three labels certify, and which asks five items a block."""

    ends: bool = True

    @property
    def promise(self) -> str:
        return "At least 90 % of verdicts agree with people (error level 10 %)."

    def standing(self, given: Given) -> Standing:
        left = tuple(item for item in range(len(self.tasks)) if item not in given)
        certified = "Half of the items are certified." if len(given) > 2 else ""
        stop = "Stop when you like." if left else "Every test has been made."
        return Standing(left[:5], len(left), certified, "The next block may add 5 %." if left else "", stop)

    def finish(self, labels: Path) -> Outcome:
        return Outcome(
            True, "Half of the items are certified.", f"judgekit report run --labels {labels}", (labels,)
        )


def tasks_of(items: Sequence[Item], rubric: str) -> tuple[Task, ...]:
    """Items to label under a rubric that ships with judgekit."""
    return tuple(Task(item, rubric, labels_of(rubric), meanings_of(rubric)) for item in items)


@contextmanager
def sitting(sample: Sample, labels: Path) -> Iterator[str]:
    """Serve a sample's page from a thread of this process; gives its link."""
    loop = asyncio.new_event_loop()
    opened = threading.Event()
    with LabelFile(labels) as file, listen("127.0.0.1", 0) as listener:
        guard = Guard("127.0.0.1", listener.getsockname()[1])

        async def run() -> None:
            await serve(Desk(sample, file), guard, listener, opened=opened.set)

        task = loop.create_task(run())
        thread = threading.Thread(target=lambda: loop.run_until_complete(asyncio.wait([task])))
        thread.start()
        try:
            assert opened.wait(WAIT)
            yield guard.link
        finally:
            loop.call_soon_threadsafe(task.cancel)
            thread.join()
            loop.close()


class Person:
    """Somebody at the page, with a keyboard alone unless a test clicks."""

    def __init__(self, browser: Any) -> None:
        self.browser = browser

    def open(self, link: str, name: str = "Ann") -> Person:
        """Open a link in a fresh session, and begin under a name."""
        self.browser.get_log("browser")
        self.browser.get(link)
        self.wait(lambda: self.view == "start")
        self.press(name, "\n")
        return self.ready()

    def press(self, *keys: str) -> None:
        """Type, wherever the focus is."""
        from selenium.webdriver.common.action_chains import ActionChains

        ActionChains(self.browser).send_keys(*keys).perform()

    def answer(self, *keys: str) -> None:
        """One answer after the other, each as soon as the page takes it."""
        for key in keys:
            self.ready()
            before = self.script("return document.getElementById('item-title').textContent")
            self.press(key)
            self.wait(
                lambda before=before: (
                    self.view != "item"
                    or self.script("return document.getElementById('item-title').textContent") != before
                )
            )
        self.wait(lambda: self.script("return sessionStorage.unsaved") in (None, "null"))

    def ready(self) -> Person:
        """Wait until the page takes an answer."""
        self.wait(lambda: self.view == "item" and self.script("return document.body.dataset.ready") == "true")
        return self

    def wait(self, holds: Callable[[], bool]) -> None:
        """Wait until something holds."""
        deadline = time.monotonic() + WAIT
        while not holds():
            assert time.monotonic() < deadline, self.script("return document.body.innerText")
            time.sleep(0.02)

    def script(self, text: str, *given: object) -> Any:
        """What a script in the page returns."""
        return self.browser.execute_script(text, *given)

    def text(self, selector: str) -> str:
        """What an element says, as it is seen."""
        return str(self.script("return document.querySelector(arguments[0]).innerText", selector))

    @property
    def view(self) -> str:
        """Which part of the page shows."""
        return str(self.script("return document.body.dataset.view"))

    @property
    def focus(self) -> str:
        """The id of what has the focus, or its kind."""
        return str(
            self.script("return document.activeElement.id || document.activeElement.tagName.toLowerCase()")
        )

    @property
    def complaints(self) -> list[str]:
        """What this page wrote to the browser's console since the last look: errors, violated policies."""
        said = [entry["message"] for entry in self.browser.get_log("browser")]
        here = self.browser.current_url  # a request of the page before may have failed when its server ended
        return [one for one in said if not one.startswith("http://127.0.0.1:") or one.startswith(here)]

    def look(
        self, width: int = 1400, height: int = 900, scheme: str = "light", *, touch: bool = False
    ) -> None:
        """Give the page another screen."""
        self.browser.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": touch},
        )
        self.browser.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": touch})
        self.media(**{"prefers-color-scheme": scheme})

    def media(self, **features: str) -> None:
        """Give the page's reader other preferences."""
        chosen = [{"name": name.replace("_", "-"), "value": value} for name, value in features.items()]
        self.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": chosen})

    def network(self, *, offline: bool = False, blocked: Sequence[str] = ()) -> None:
        """Take the network away, or some of it."""
        self.browser.execute_cdp_cmd("Network.enable", {})
        self.browser.execute_cdp_cmd("Network.setBlockedURLs", {"urls": list(blocked)})
        speed = {"latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
        self.browser.execute_cdp_cmd("Network.emulateNetworkConditions", {"offline": offline, **speed})

    def picture(self, path: Path) -> None:
        """Keep a picture of the screen."""
        shot = self.browser.execute_cdp_cmd("Page.captureScreenshot", {})
        path.write_bytes(base64.b64decode(shot["data"]))
