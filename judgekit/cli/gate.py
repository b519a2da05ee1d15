"""``judgekit gate``: runs and limits in, pass, fail or undecided out, for people and for whatever runs the pipeline."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from judgekit import api
from judgekit.cli import github
from judgekit.cli.common import ANEW, OUT, PATH, Decides, options, unwritten
from judgekit.cli.output import result
from judgekit.errors import ConfigError, JudgekitError
from judgekit.runs.atomic import replacing

if TYPE_CHECKING:
    from judgekit.report.gate import Gate

EXITS = {"pass": 0, "fail": 1, "undecided": 3}
"""Outcome -> exit code; nothing else ends with one of these. What could not be decided is raised, and ends with 2."""

SHARE = click.FloatRange(0, 1)


@click.command(
    "gate",
    cls=Decides,
    epilog="Exit codes: 0 pass, 1 fail, 3 undecided, 2 could not be decided (bad input, an unfinished run, a judge "
    "that failed, a withdrawn certificate), 70 a fault of judgekit itself, 130 stopped.",
)
@click.argument("runs", nargs=-1, type=PATH, required=True)
@click.option("--against", type=PATH, help="A run that RUNS must not leak more than, nor keep less than.")
@click.option("--leaked-below", type=SHARE, help="Greatest share that may leak, say 0.05.")
@click.option(
    "--degenerate-below", type=SHARE, help="Greatest share of forget outputs that may be gibberish."
)
@click.option("--forgotten-above", type=SHARE, help="Least share that is to be forgotten well.")
@click.option("--kept-above", type=SHARE, help="Least share of what should be kept, say 0.9.")
@click.option(
    "--margin",
    type=SHARE,
    default=0.0,
    show_default=True,
    help="With --against: how much worse still passes, as a share; choose it before looking.",
)
@click.option(
    "--require-certified", is_flag=True, help="Decide nothing by a figure without a certificate behind it."
)
@options(ANEW)
@click.option("--junit", type=OUT, help="The conditions as JUnit XML, to this file.")
def command(
    runs: tuple[Path, ...],
    labels: tuple[Path, ...],
    junit: Path | None,
    **given: Any,
) -> int:
    """Say whether RUNS (run folders) may be released: pass, fail or undecided.

    A condition passes where the whole interval of the report's figure meets the limit, and fails where the whole
    interval breaks it. The gate passes if every condition does, and fails if any does.

    In GitHub Actions the decision is added to the summary of the job, and what did not pass is annotated.
    """
    from judgekit.report.gate import not_held
    from judgekit.report.render.gate import print_gate, reasons

    try:
        gate = api.gate(runs, labels=labels or None, **given)
        _tell(gate, junit)
        print_gate(gate)
    except (JudgekitError, OSError) as error:
        why = str(error) if isinstance(error, JudgekitError) else unwritten(error)
        with suppress(OSError):
            _tell(not_held(why), junit)
        raise ConfigError(
            why
        ) from None  # a full disk too: 1 means that a condition is broken, and nothing else
    result(gate=gate.to_dict())
    if gate.outcome == "error":
        raise ConfigError(" ".join(reasons(gate, of="error")))
    return EXITS[gate.outcome]


def _tell(gate: Gate, junit: Path | None) -> None:
    """Everything but the screen."""
    from judgekit.report.render.gate import to_junit, to_markdown, told

    if junit is not None:
        with replacing(junit) as file:
            file.write(to_junit(gate))
    github.summarized(to_markdown(gate))
    github.errors("judgekit gate", (told(gate, made) for made in gate.conditions if made.outcome != "pass"))
