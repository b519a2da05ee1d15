"""Every block of the manual runs, is read, or says why it is not: none is passed over without a word."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import click
import pytest
import yaml

from judgekit.cascade.spec import CascadeFile
from judgekit.cli import cli
from tests.cli.calling import judgekit
from tests.docs.blocks import DOCS, PAGES, READ, RUN, SHOWN, Block, blocks, commands_said
from tests.docs.world import build, command, people_fill_in, words

ROOT = DOCS.parent
UNRUN: dict[str, int] = {
    "asks an endpoint with a key": 4,
    "downloads weights": 1,
    "installs judgekit; tests/test_wheel.py installs a wheel": 1,
    "an example of a file that 'judgekit label' writes": 1,
    "needs Prodigy, which is commercial": 1,
    "needs a key of yours": 1,
    "needs a server of Argilla": 2,
    "needs the extra ray; make test-ray runs the same verbs": 1,
}
"""Reason -> how many blocks are not run for it. A block that joins them, or leaves, is seen here."""

_NAMED = re.compile(r"(?:#|\{#) (?P<path>[\w-]+(?:/[\w.-]+)+)(?: #\})?\n")
"""The first line of a block that is a file, which the commands after it find."""


def name(path: Path) -> str:
    """A page as tests call it."""
    return path.relative_to(DOCS).as_posix()


RUNNING = [
    path
    for path in PAGES
    if any(one.language in RUN and not one.reason and not one.test for one in blocks(path))
]


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_a_block_says_what_it_is_and_marks_are_true(path: Path) -> None:
    for block in blocks(path):
        known = block.language in (*RUN, *READ, *SHOWN, "prepare")
        assert known, (
            f"{block.place}: a block in '{block.language or 'no language'}'; known: {RUN + READ + SHOWN}"
        )
        if block.test:
            assert (ROOT / block.test).exists(), f"{block.place}: {block.test} is not there"


def test_what_is_not_run_is_known() -> None:
    unrun = [one for path in PAGES for one in blocks(path) if one.reason]
    listed = "\n".join(f"{one.place}: {one.reason}" for one in unrun)
    assert Counter(one.reason for one in unrun) == UNRUN, f"blocks that are not run:\n{listed}"


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_commands_in_sentences_have_the_options_that_are_named(path: Path) -> None:
    context = click.Context(cli)
    for said in commands_said(path):
        verb = re.match(r"judgekit ([a-z]+)", said)
        if verb is None:
            continue
        command = cli.get_command(context, verb[1])
        assert command is not None, f"{name(path)}: `{said}`: no such verb"
        known = {option for one in command.get_params(context) for option in (*one.opts, *one.secondary_opts)}
        assert set(re.findall(r"(?<!\S)--[a-z][a-z-]+", said)) <= known, f"{name(path)}: `{said}`"


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_what_is_shown_as_data_is_data(path: Path) -> None:
    for block in blocks(path):
        if block.language == "json" and not block.reason:
            for row in _rows(block.text):
                json.loads(row)
        if block.language == "yaml" and not block.reason:
            read = yaml.safe_load(block.text)
            tiers = read if isinstance(read, list) else read.get("tiers") if isinstance(read, dict) else None
            if tiers:
                CascadeFile.model_validate({"tiers": tiers} if isinstance(read, list) else read)


def _rows(text: str) -> list[str]:
    """The JSON values of a block: a line each, or one over all lines."""
    try:
        json.loads(text)
    except ValueError:
        return text.splitlines()
    return [text]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which every page begins; pages get copies."""
    folder = tmp_path_factory.mktemp("world")
    build(folder)
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("path", RUNNING, ids=name)
def test_the_blocks_of_a_page_run(path: Path, world: Path, tmp_path: Path) -> None:
    folder = tmp_path / "page"
    shutil.copytree(world, folder)
    names: dict[str, Any] = {"judgekit": command, "people_fill_in": people_fill_in}
    with contextlib.chdir(folder):
        for block in blocks(path):
            if block.reason or block.test:
                continue
            if named := _NAMED.match(block.text):
                (file := folder / named["path"]).parent.mkdir(parents=True, exist_ok=True)
                file.write_text(block.text.partition("\n")[2], "utf-8")
            elif block.language in ("python", "prepare"):
                exec(compile("\n" * block.line + block.text, path, "exec"), names)
            elif block.language == "bash":
                for line in _commands(block.text.splitlines()):
                    _call(line, block)
            elif block.language == "console":
                _session(block)


def _commands(lines: list[str]) -> list[str]:
    """Commands, those that go on after a backslash joined."""
    text = "\n".join(lines).replace("\\\n", " ")
    return [line for line in text.splitlines() if line.strip() and not line.startswith("#")]


def _session(block: Block) -> None:
    """Run what stands after prompts, and compare what is shown below with what it prints, figures left out."""
    parts = re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]
    for part, following in zip(parts, [*parts[1:], ""], strict=True):
        command, _, shown = part.replace("\\\n", " ").partition("\n")
        if command == "echo $?":
            continue
        asked = re.match(r"echo \$\?\n(\d+)", following)
        done = _call(command, replace(block, code=asked[1]) if asked else block)
        told = _without_figures(done.stdout + done.stderr)
        lines = [line.rstrip(".… ·") for line in shown.splitlines()]
        missing = [line for line in lines if _without_figures(line) not in told]
        assert not missing, f"{block.place}: `{command}` does not print {missing}, but\n{done.stdout}"


def _call(command: str, block: Block) -> CompletedProcess[str]:
    """One command of a page, and what people do then: a sheet that was drawn is filled in."""
    folder = Path.cwd()
    if re.search(r"[|>]|&&", command):
        shell = f'judgekit() {{ {sys.executable} -m judgekit "$@"; }}\n{command}'
        done = subprocess.run(["bash", "-c", shell], capture_output=True, encoding="utf-8")
        assert done.returncode == int(block.code), f"{block.place}: `{command}`\n{done.stdout}\n{done.stderr}"
        return done
    verb, *rest = words(command, folder)
    if verb == "cd":
        os.chdir(rest[0])
        return CompletedProcess(command, 0, "", "")
    if verb == "judgekit":
        done = judgekit(*rest, cwd=folder)
    elif verb == "sqlite3":  # not every machine has the program
        with contextlib.closing(sqlite3.connect(folder / rest[0])) as base:
            return CompletedProcess(command, 0, str(base.execute(rest[1]).fetchall()), "")
    else:
        program = [sys.executable] if verb == "python" else [verb]
        done = subprocess.run([*program, *rest], capture_output=True, encoding="utf-8")
    assert done.returncode == int(block.code), f"{block.place}: `{command}`\n{done.stdout}\n{done.stderr}"
    if rest[0] == "queue":
        for sheet in folder.glob("*.csv"):
            people_fill_in(sheet)
    return done


def _without_figures(text: str) -> str:
    """A text but for its figures, whatever the width at which it was wrapped."""
    return " ".join(re.sub(r"\d[\d.,]*", "#", text).split())
