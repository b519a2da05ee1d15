"""Writes ``docs/cli.md`` from the commands themselves: ``python -m tests.cli.reference``."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path

import click

from judgekit.cli import cli

PATH = Path(__file__).resolve().parents[2] / "docs" / "cli.md"
HEAD = """# The command line

Made from the commands by `python -m tests.cli.reference`; a test keeps it true. Every option can be set by the
environment variable named `JUDGEKIT_<VERB>_<OPTION>`, say `JUDGEKIT_SCORE_OUT=results`.

Every verb takes `-h`, `--quiet` (nothing but errors) and `--json` (one JSON object on standard output with the verb, its exit
code, what it found, and an error if there is one; text and progress go to standard error).

Completion of verbs and options: `eval "$(_JUDGEKIT_COMPLETE=bash_source judgekit)"` in `~/.bashrc`, the same with
`zsh_source` in `~/.zshrc`, and `_JUDGEKIT_COMPLETE=fish_source judgekit | source` for fish.

| exit code | meaning |
|---|---|
| 0 | done |
| 1 | the machine failed, say because the disk is full: what was answered is kept, the same command goes on once that is mended |
| 2 | bad input: one line on standard error says what, where and how to mend it; nothing half-written is left |
| 3 | `calibrate`: nothing could be certified; the calibration written abstains always; printed is how the judges agree with people, what they confuse, and how far each target is. `audit`: a promise is broken |
| 4 | done, but some items are unscored (each with its reason), or the budget is spent or a batch is with the provider: the same command goes on |
| 70 | a fault of judgekit itself, with its traceback: please report it |
| 130 | stopped by Ctrl-C, SIGTERM or SIGHUP: what was answered is kept, the same command goes on |
| 141 | nobody reads the output any more (`judgekit … \\| head`), as a shell has it for any program |

Verbs that decide have codes of their own:

| verb | 0 | 1 | 3 | 2 |
|---|---|---|---|---|
| [`judgekit gate`](gate.md#exit-codes) | pass | fail | undecided | nothing could be decided |
| [`judgekit verify`](verifying.md#what-it-says) | the same | it differs | not verified: evidence or labels are missing | no certificate, or a bundle that is not safe to open |
| `judgekit validate` | every file is sound | | | a file is not |
"""


def render() -> str:
    """The page as it should be."""
    context = click.Context(cli, info_name="judgekit", **cli.context_settings)
    return HEAD + "".join(
        _command(cli.get_command(context, name), name, context) for name in cli.list_commands(context)
    )


def _command(command: click.Command | None, name: str, parent: click.Context) -> str:
    assert command is not None
    context = click.Context(command, info_name=name, parent=parent)
    usage = command.get_usage(context).removeprefix("Usage: ")
    text = (
        f"\n## {context.command_path}\n\n{inspect.cleandoc(command.help or '')}\n\n```text\n{usage}\n```\n\n"
        + "".join(_options(command, context))
    )
    if isinstance(command, click.Group):
        text += "".join(
            _command(command.get_command(context, sub), sub, context)
            for sub in command.list_commands(context)
        )
    return text


def _options(command: click.Command, context: click.Context) -> Iterator[str]:
    records = [
        record for p in command.get_params(context) if (record := p.get_help_record(context)) is not None
    ]
    shown = [(option, text) for option, text in records if not option.endswith("--help")]
    if shown:
        yield "| option | what it does |\n|---|---|\n"
    for option, text in shown:
        yield f"| `{_cell(option)}` | {_cell(text)} |\n"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


if __name__ == "__main__":
    PATH.write_text(render(), "utf-8")
