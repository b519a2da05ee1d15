"""What GitHub Actions shows of a step: annotations, and the summary of the job. Elsewhere nothing happens.

https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from judgekit.cli.ci_log import command
from judgekit.cli.output import echo

MOST = 10
"""Annotations of a kind that GitHub shows of one step."""

ROOM = 1024 * 1024
"""Bytes that the summary of one step may have; of a longer one GitHub shows nothing."""


def errors(title: str, texts: Iterable[str]) -> None:
    """Annotate the step with so many errors, on standard error; those beyond what is shown are counted in the last."""
    if os.environ.get("GITHUB_ACTIONS") != "true":
        return
    told = list(texts)
    if len(told) > MOST:
        told = [*told[: MOST - 1], f"and {len(told) - MOST + 1:,} more"]
    for text in told:
        command(annotation(title, text))


def annotation(title: str, text: str) -> str:
    """One error as a workflow command, in which neither title nor text can end it or begin another."""
    return f"::error title={_escaped(title).replace(':', '%3A').replace(',', '%2C')}::{_escaped(text)}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def summarized(markdown: str) -> None:
    """Append to the job's summary, if it still fits."""
    if not (name := os.environ.get("GITHUB_STEP_SUMMARY")):
        return
    path, text = Path(name), markdown.encode()
    there = path.stat().st_size if path.is_file() else 0
    if there + len(text) > ROOM:
        echo("judgekit: the job's summary is full: nothing was added to it", err=True)
        return
    with path.open("ab") as file:
        file.write(text)
