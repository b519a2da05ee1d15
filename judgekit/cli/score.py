"""``judgekit score``: files of model outputs in, run folders out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from judgekit import api
from judgekit.cli.common import (
    CASCADE,
    KEY,
    LABELS,
    PATH,
    READER,
    Verb,
    options,
    reader_options,
)
from judgekit.cli.inputs import check_place, inputs
from judgekit.cli.output import echo, quiet, result
from judgekit.cli.plan import show
from judgekit.display import printable
from judgekit.engine.progress import states_line
from judgekit.errors import (
    EXIT_DONE,
    EXIT_STOPPED,
    EXIT_UNSCORED_LEFT,
    BatchPending,
    BudgetSpent,
    InputError,
    JudgeFailed,
    JudgekitError,
    StoreFailed,
    StoreGone,
    StoreTaken,
)
from judgekit.runs.store import kept
from judgekit.runs.writer import Progress


@click.command("score", cls=Verb, renamed={"--unbound": "--allow-uncertified"})
@click.argument("files", nargs=-1, required=True)
@options(CASCADE)
@options(KEY)
@options(LABELS)
@click.option(
    "--out", "-o", type=PATH, default=Path("runs"), show_default=True, help="Each file gets a folder here."
)
@options(READER)
@click.option("--limit", type=click.IntRange(1), help="Only the first items of each file.")
@click.option("--budget", type=click.FloatRange(0), help="Stop before more US dollars are spent.")
@click.option("--max-calls", type=click.IntRange(0), help="Stop before more calls are made.")
@click.option(
    "--allow-uncertified", is_flag=True, help="Go on without a promise where a calibration does not fit."
)
@click.option("--dry-run", is_flag=True, help="Show calls, tokens and cost; ask nothing and write nothing.")
@click.option(
    "--replace", is_flag=True, help="Write over a finished run of another source, cascade or rubric."
)
@click.option("--keep-going", is_flag=True, help="Go on where a judge fails on most of what it is asked.")
@click.option(
    "--complete",
    is_flag=True,
    help="Ask every judge about labeled items, also where a calibration does without, to calibrate on them again.",
)
@click.option(
    "--batch", is_flag=True, help="Ask endpoints through their batch API: submit, and collect later."
)
@click.option("--engine", type=click.Choice(["local", "ray"]), default="local", show_default=True)
def command(
    files: tuple[str, ...], out: Path, cascade: Path | None, batch: bool, dry_run: bool, **given: Any
) -> int:
    """Judge FILES of model outputs, every such file under a folder, or Hugging Face data sets.

    Each file becomes a run of its own. One that cannot be read is named, and the others are judged.
    The same command again resumes a stopped run and pays for no call twice. Ctrl-C, SIGTERM and
    SIGHUP wait for the requests under way, so that their answers are kept; Ctrl-C or SIGTERM once more stops at once.
    """
    spec = api.load_cascade(cascade, given.pop("rubric"), given.pop("calibrations"), given.pop("keys"))
    spec = spec.through_batches() if batch else spec
    reader = reader_options(given)
    named = inputs(files, reader)
    if dry_run:
        planned = api.plan(named, cascade=spec, limit=given["limit"], **reader)
        result(plan=planned)
        show(planned)
        return EXIT_DONE
    left, runs, failed = 0, list[dict[str, Any]](), EXIT_DONE
    for source, name in named.items():
        said: list[str] = []

        def tell(progress: Progress, name: str = name, said: list[str] = said) -> None:
            if progress.heard and not said:  # after the first block that has any
                said.extend(progress.heard)
                _say(name, said)

        try:
            check_place(source, out / name, "--out")
            scored = api.score(
                source, out / name, cascade=spec, report=tell, progress=not quiet(), **given, **reader
            )
        except (BudgetSpent, StoreFailed, JudgeFailed) as stop:
            result(stopped=str(stop))
            echo(f"{name}: {_told(stop, out / name, given['budget'])}", err=True)
            return stop.exit_code
        except InputError as error:
            if len(named) == 1 or not _is_about(error, Path(source), out / name):
                raise
            echo(printable(f"judgekit: {error}"), err=True)
            runs.append({"source": source, "error": str(error)})
            result(runs=runs)
            failed = error.exit_code
            continue
        except BatchPending as pending:
            echo(f"{name}: {pending}", err=True)
            left += 1
            continue
        except KeyboardInterrupt:
            echo(
                f"{name}: stopped. {kept(out / name)[0]:,} answers are kept in {out / name}; "
                "the same command goes on from there",
                err=True,
            )
            return EXIT_STOPPED
        echo(printable(f"{scored.folder}  {states_line(scored.progress)}"))
        runs.append({"folder": str(scored.folder), "source": source, **asdict(scored.progress)})
        result(runs=runs)
        if list(scored.progress.heard) != said:
            _say(name, scored.progress.heard)
        left += scored.progress.states.get("unscored", 0) + len(scored.progress.failing)
    return failed or (EXIT_UNSCORED_LEFT if left else EXIT_DONE)


def _is_about(error: InputError, *paths: Path) -> bool:
    """Whether an error is about one of these; paths are compared, since one has many spellings."""
    return error.path is not None and Path(str(error.path)) in paths


def _told(stop: JudgekitError, folder: Path, budget: float | None) -> str:
    """What stopped a run, and how to go on."""
    if isinstance(stop, StoreGone):
        return str(stop)
    answers, spent = kept(folder)
    if isinstance(stop, BudgetSpent):
        more = "" if budget is None else f": {spent.over(budget)}"
        return f"{stop}{more}. Nothing is lost: the same command with a larger budget goes on"
    if isinstance(stop, StoreFailed):
        first = "" if isinstance(stop, StoreTaken) else "make room, and "
        return f"{stop}. {answers:,} answers are kept; {first}the same command goes on from there"
    return str(stop)


def _say(name: str, heard: Sequence[str]) -> None:
    for line in heard:
        echo(f"{name}: {line}", err=True)
