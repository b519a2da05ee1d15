"""The site that ``make docs`` built: it loads nothing from elsewhere, and nothing public is missing from it."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

import judgekit
from judgekit import trust
from judgekit.cli import VERBS
from tests.docs.blocks import DOCS, PAGES

SITE = DOCS / "_build" / "html"
HTML = sorted(path for path in SITE.rglob("*.html") if "_static" not in path.parts)
ALONE = {"genindex.html", "search.html", "py-modindex.html"}
LOADED = {"img": "src", "script": "src", "link": "href", "source": "src", "iframe": "src", "object": "data"}

pytestmark = pytest.mark.skipif(not HTML, reason="the site is not built (make docs)")


class Page(HTMLParser):
    """What a page loads, where it leads, and which places it has."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.links: list[str] = []
        self.places: set[str] = set()
        self.feed(path.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what the tag names."""
        has = {name: value or "" for name, value in attrs}
        self.places |= {has[name] for name in ("id", "name") if name in has}
        if tag in LOADED and has.get(LOADED[tag]):
            self.loads.append(has[LOADED[tag]])
        if tag == "a" and has.get("href"):
            self.links.append(has["href"])


READ = {path: Page(path) for path in HTML}


def test_every_page_of_the_manual_is_there() -> None:
    built = {path.relative_to(SITE).with_suffix("").as_posix() for path in HTML}
    assert {path.relative_to(DOCS).with_suffix("").as_posix() for path in PAGES} <= built


def test_nothing_is_loaded_from_elsewhere() -> None:
    for path, page in READ.items():
        away = [
            one for one in page.loads if urlsplit(one).scheme in ("http", "https") or one.startswith("//")
        ]
        assert not away, f"{path.name}: {away}"
    for style in SITE.rglob("*.css"):
        text = style.read_text("utf-8")
        away = re.findall(r"(?:url\(|@import )['\"]?((?:https?:)?//[^)'\"]+)", text)
        assert not away, f"{style.name}: {away}"


def test_links_within_the_site_lead_somewhere() -> None:
    for path, page in READ.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or not (parts.path or parts.fragment):
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            assert target.exists(), f"{path.name}: {link}"
            if parts.fragment and target in READ:
                assert unquote(parts.fragment) in READ[target].places, f"{path.name}: {link}"


def test_every_public_name_and_verb_is_documented() -> None:
    functions = READ[SITE / "api" / "index.html"].places
    named = {name for name in judgekit.__all__ if {f"judgekit.{name}", f"judgekit.api.{name}"} & functions}
    assert named == set(judgekit.__all__)
    mathematics = READ[SITE / "api" / "trust.html"].places
    assert [
        name for name in trust.__all__ if name[1].islower() and f"judgekit.trust.{name}" not in mathematics
    ] == []
    commands = READ[SITE / "cli.html"].places
    assert [verb for verb in VERBS if f"judgekit-{verb}" not in commands] == []
