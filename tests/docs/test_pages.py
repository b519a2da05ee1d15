"""What pages owe their reader: each is found from the front page, and a refuted claim names what refuted it."""

from __future__ import annotations

import re

from tests.docs.blocks import DOCS, PAGES

ROOT = DOCS.parent


def named(page: str) -> set[str]:
    """The pages that the tables of contents of a page name, wildcards resolved."""
    text = (DOCS / page).read_text("utf-8")
    found: set[str] = set()
    for entries in re.findall(r"^```\{toctree\}\n(.*?)^```", text, re.DOTALL | re.MULTILINE):
        for line in entries.splitlines():
            entry = re.sub(r"^.*<(.+)>$", r"\1", line.strip())
            if entry and not entry.startswith(":"):
                paths = (DOCS / page).parent.glob(f"{entry}.md")
                found |= {path.relative_to(DOCS).as_posix() for path in paths}
    return found


def test_every_page_is_in_a_table_of_contents() -> None:
    reached, waiting = {"index.md"}, ["index.md"]
    while waiting:
        new = named(waiting.pop()) - reached
        reached |= new
        waiting += new
    lost = sorted({path.relative_to(DOCS).as_posix() for path in PAGES} - reached)
    assert not lost, f"in no toctree (docs/index.md): {lost}"


def test_a_refuted_claim_says_what_refuted_it() -> None:
    text = (DOCS / "refuted.md").read_text("utf-8")
    claims = re.split(r"^### ", text.partition("## Tried, and not built in")[0], flags=re.MULTILINE)[1:]
    assert len(claims) > 15
    for claim in claims:
        scripts = re.findall(r"`((?:benchmarks|tests)/\S+?\.py)", claim.partition("*Measured by*")[2])
        assert scripts and all((ROOT / one).is_file() for one in scripts), claim.splitlines()[0]
        assert re.search(r"\d", claim), claim.splitlines()[0]
