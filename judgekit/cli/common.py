"""Options and output shared by the verbs."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

import click

from judgekit.cli.output import echo
from judgekit.errors import ConfigError
from judgekit.readers.log import ReaderOptions

PATH = click.Path(path_type=Path)


class Verb(click.Command):
    """A verb of which some options had other names: those work for one release, with a word on standard error."""

    def __init__(self, *args: Any, renamed: Mapping[str, str], **options: Any) -> None:
        super().__init__(*args, **options)
        self.renamed = renamed

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """The arguments, old names of options replaced by the new ones."""
        found = []
        for at, arg in enumerate(args):
            name, equals, value = arg.partition("=")
            if name in self.renamed and "--" not in args[:at]:
                echo(f"judgekit: {name} is now called {self.renamed[name]}", err=True)
                arg = self.renamed[name] + equals + value
            found.append(arg)
        return super().parse_args(ctx, found)


class Spread(click.Command):
    """A verb of which some options take all words up to the next option, as a shell's wildcard gives them."""

    def __init__(self, *args: Any, spread: Collection[str], **options: Any) -> None:
        super().__init__(*args, **options)
        self.spread = spread

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """The arguments, with the option said again before each of its words."""
        found: list[str] = []
        option, words = "", 0
        for at, arg in enumerate(args):
            if arg.startswith("-") or "--" in args[:at]:
                option, words = (arg if arg in self.spread else ""), 0
            elif option:
                found += [option] if words else []
                words += 1
            found.append(arg)
        return super().parse_args(ctx, found)


class Decides(click.Command):
    """A verb that ends with a decision's exit code only where the decision could be written, its JSON included."""

    def invoke(self, ctx: click.Context) -> Any:
        """The exit code; what cannot be written is raised, where click and rich would end with 1."""
        try:
            return super().invoke(ctx)
        except OSError as error:
            raise ConfigError(unwritten(error)) from None
        except SystemExit:
            raise ConfigError("standard output: nobody reads it to its end") from None


def unwritten(error: OSError) -> str:
    """What could not be written, in one line."""
    return f"{error.filename or 'standard output'}: {error.strerror}"


class OutFile(click.Path):
    """A file to write; its folder must be there, so that nobody waits for a result that has no place."""

    def __init__(self) -> None:
        super().__init__(dir_okay=False, writable=True, path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path, refused as a usage error before any work is done where its folder is missing."""
        path = Path(os.fsdecode(super().convert(value, param, ctx)))
        if not path.parent.is_dir():
            self.fail(f"'{path}': there is no folder '{path.parent}'; make it first", param, ctx)
        return path


OUT = OutFile()
READER = (
    click.option("--format", help="Input format; detected when not given."),
    click.option("--model", help="Model the outputs came from."),
    click.option("--method", help="Unlearning method the outputs came from."),
    click.option("--split", help="Split the outputs belong to, in place of the file's own."),
    click.option(
        "--names",
        type=PATH,
        help="Model and method of runs (CSV, JSON, YAML: run, model, method), by path or folder.",
    ),
    click.option(
        "--columns",
        multiple=True,
        help="FIELD=COLUMN of a table or data set, say question=prompt; may repeat.",
    ),
)
CASCADE = (
    click.option("--cascade", type=PATH, help="Cascade file; default: the lexical judge alone."),
    click.option("--rubric", help="Judge everything by this rubric (name or folder); default: by split."),
    click.option(
        "--calibration", "calibrations", type=PATH, multiple=True, help="Calibration file; may repeat."
    ),
)

KEY = (
    click.option(
        "--key",
        "keys",
        multiple=True,
        metavar="VARIABLE=URL",
        help="The key in this environment variable may go to this address; may repeat. Else: JUDGEKIT_KEYS.",
    ),
)

LABELS = (
    click.option(
        "--labels",
        type=PATH,
        multiple=True,
        help="Human labels (JSONL, CSV, Excel or a label tool's export), joined by id; may repeat.",
    ),
)
ANEW = (
    click.option(
        "--labels",
        type=PATH,
        multiple=True,
        help="More human labels on the verdicts, such as spot checks, joined by id; may repeat.",
    ),
    click.option(
        "--calibration",
        "calibrations",
        type=PATH,
        multiple=True,
        help="Re-decide all verdicts under this calibration; no judge is called. May repeat.",
    ),
)
"""What scored runs are reported, or decided on, with."""
PROMISE = (
    click.option("--agreement", type=click.FloatRange(0, 1, True, True), help="Target agreement, say 0.9."),
    click.option(
        "--delta",
        type=click.FloatRange(0, 1, True, True),
        default=0.1,
        show_default=True,
        help="Probability that the certificate may be wrong.",
    ),
    click.option(
        "--tier", "tiers", multiple=True, help="Tiers in cascade order; default: as in the evidence."
    ),
    click.option(
        "--group-by",
        type=click.Choice(["split", "model", "method"]),
        help="Promise the agreement for each of these on its own, not only for all items together.",
    ),
    click.option(
        "--per-label",
        multiple=True,
        help="LABEL=AGREEMENT promised whenever that label is given; may repeat.",
    ),
    click.option(
        "--at-most",
        multiple=True,
        help="VERDICT:LABEL=SHARE, say withheld:leaked=0.05: at most so many of the verdicts VERDICT are LABEL to "
        "people; several labels are joined by commas. Alone or with --agreement; may repeat.",
    ),
    click.option(
        "--tolerance",
        type=click.IntRange(0),
        default=0,
        show_default=True,
        help="Steps that a verdict may be off on an ordinal rubric and still agree.",
    ),
    click.option(
        "--people",
        type=click.Choice(["majority", "random"]),
        default="majority",
        show_default=True,
        help="Agree with the majority of an item's annotators, or with a random one.",
    ),
    click.option("--max-mean-cost", type=click.FloatRange(0), help="Highest mean cost an item may have."),
    click.option(
        "--tries",
        type=click.IntRange(1),
        default=1,
        show_default=True,
        help="How many calibrations on these labels share delta; the same number in each, from the first on.",
    ),
)
"""What a calibration is to promise; :func:`promised` turns it into options of it."""
COST = (
    click.option(
        "--cost", "costs", multiple=True, help="TIER=COST of asking a tier; default: as in the evidence."
    ),
)


def reader_options(given: dict[str, Any]) -> ReaderOptions:
    """Take the options of ``READER`` out of a verb's options, as :func:`judgekit.api.read` wants them."""
    pairs = [text.partition("=") for text in given.pop("columns")]
    if wrong := [field for field, _, column in pairs if not column]:
        raise ConfigError(f"--columns {wrong[0]}: expected FIELD=COLUMN, say question=prompt")
    return ReaderOptions(
        format=given.pop("format"),
        model=given.pop("model"),
        method=given.pop("method"),
        split=given.pop("split"),
        columns={field: column for field, _, column in pairs} or None,
        names=given.pop("names"),
    )


def pairs(option: str, given: tuple[str, ...]) -> dict[str, float] | None:
    """``NAME=NUMBER`` as given on the command line."""
    pairs: dict[str, float] = {}
    for text in given:
        name, _, number = text.rpartition("=")
        try:
            value = float(number)
        except ValueError:
            value = math.nan
        if not (name and 0 <= value < math.inf):
            raise ConfigError(f"--{option} {text}: expected NAME=NUMBER, a number of 0 or more")
        if pairs.setdefault(name, value) != value:
            raise ConfigError(f"--{option} names {name} twice")
    return pairs or None


def promised(given: dict[str, Any]) -> dict[str, Any]:
    """Take ``PROMISE`` and ``COST`` out of a verb's options, as :func:`judgekit.api.calibrate` wants them."""
    told = ("agreement", "delta", "tiers", "group_by", "tolerance", "people", "max_mean_cost", "tries")
    return {
        **{name: given.pop(name) for name in told},
        "per_label": pairs("per-label", given.pop("per_label")),
        "at_most": pairs("at-most", given.pop("at_most")),
        "costs": pairs("cost", given.pop("costs")),
    }


def options(*groups: tuple[Callable[..., Any], ...]) -> Callable[[Any], Any]:
    """Put groups of click options on a command."""

    def add(command: Any) -> Any:
        for option in reversed([option for group in groups for option in group]):
            command = option(command)
        return command

    return add
