"""The blocks of the manual: what a page shows as code, and what it says of code that no test can run.

A comment on the line before a block says why it is not run, or which test runs it::

    <!-- not run: asks an endpoint -->
    <!-- run by: tests/test_tutorial.py -->
    <!-- ends with: 3 -->

the last of a command with another exit code than 0; and one below a page's title the same of the whole page: ``<!-- every block is run by: tests/extensions -->``.
A comment that begins with ``prepare`` holds Python that a reader does not see: it stands for what happens between
two blocks, such as people who fill in a sheet.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from markdown_it import MarkdownIt

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGES = sorted(path for path in DOCS.rglob("*.md") if "_build" not in path.parts)

RUN = ("console", "bash", "python")
"""Languages of blocks that are run: commands with what they print, commands alone, Python."""
READ = ("yaml", "json")
"""Languages of blocks that are read by a parser."""
SHOWN = ("text", "toml", "jinja", "html", "csv", "ini")
"""Languages of blocks that show something and can do nothing."""

FIELDS = {"not run": "reason", "run by": "test", "ends with": "code"}
"""What a mark says -> the block's field."""

_MARK = re.compile(r"<!-- (not run|run by|ends with): (.+?) -->\s*$", re.DOTALL)
_PAGE = re.compile(r"<!-- every block is run by: (.+?) -->")
_PREPARE = re.compile(r"<!-- prepare\n(.*?)-->\s*$", re.DOTALL)


@dataclass(frozen=True)
class Block:
    """A block of a page.

    Attributes
    ----------
    page : str
        The page's path below ``docs``.
    line : int
        Where it begins, counted from 1.
    language : str
        Of the fence; ``prepare`` for a hidden one, ``indented`` for one without a fence.
    text : str
        What stands in it.
    reason, test : str or None
        Why it is not run; the test that runs it.
    code : str
        With what its commands end.
    """

    page: str
    line: int
    language: str
    text: str
    reason: str | None = None
    test: str | None = None
    code: str = "0"

    @property
    def place(self) -> str:
        """Where a reader finds it."""
        return f"docs/{self.page}:{self.line}"


@cache
def commands_said(path: Path) -> tuple[str, ...]:
    """The commands that stand in the sentences of a page, and in its blocks that are not run."""
    said = [
        part.content
        for token in MarkdownIt().enable("table").parse(path.read_text("utf-8"))
        for part in token.children or ()
        if part.type == "code_inline"
    ]
    said += [line.removeprefix("$ ") for one in blocks(path) if one.reason for line in one.text.splitlines()]
    return tuple(line for line in said if line.startswith("judgekit "))


@cache
def blocks(path: Path) -> tuple[Block, ...]:
    """The blocks of a page, in order; directives of the site are none."""
    found: list[Block] = []
    page = path.relative_to(DOCS).as_posix()
    text = path.read_text("utf-8")
    whole = _PAGE.search(text)
    usual = {"test": whole[1]} if whole else {}
    mark = dict(usual)
    for token in MarkdownIt().enable("table").parse(text):
        line = token.map[0] + 1 if token.map else 0
        if token.type == "html_block":
            if told := _MARK.search(token.content):
                mark = {**usual, FIELDS[told[1]]: " ".join(told[2].split())}
            if hidden := _PREPARE.search(token.content):
                found.append(Block(page, line, "prepare", hidden[1]))
            continue
        if token.type == "fence" and not token.info.startswith("{"):
            found.append(Block(page, line, token.info.strip(), token.content, **mark))
        elif token.type == "code_block":
            found.append(Block(page, line, "indented", token.content, **mark))
        mark = dict(usual)
    return tuple(found)
