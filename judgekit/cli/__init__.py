"""The command line: one module a verb, each thin (parse, call, print); modules are imported when used.

Here: options, words on the terminal, exit codes. Not here: anything that a notebook would miss (:mod:`judgekit.api`).
"""

from __future__ import annotations

import codecs
import errno
import io
import json
import logging
import os
import sqlite3
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import click

from judgekit import DISTRIBUTION, __version__
from judgekit.cli.ci_log import guard
from judgekit.cli.output import echo, speaking
from judgekit.cli.stopping import signals_are_ctrl_c
from judgekit.display import printable, spelled
from judgekit.errors import (
    EXIT_BAD_INPUT,
    EXIT_FAILED,
    EXIT_FAULT,
    EXIT_STOPPED,
    EXIT_UNREAD,
    JudgekitError,
)

VERBS = {
    "score": "Judge files of model outputs.",
    "queue": "Draw the items that people label next.",
    "label": "Ask people on a page, and say what their labels certify.",
    "people": "Say how far people agree, and which judges may replace one.",
    "calibrate": "Certify a policy from evidence and human labels.",
    "decide": "Turn evidence into verdicts under a calibration.",
    "audit": "Say whether promises still hold, from spot checks.",
    "report": "Say how much was forgotten and kept, from scored runs.",
    "export": "Write a run's verdicts for other tools.",
    "gate": "Say whether runs may be released: pass, fail or undecided, by interval.",
    "plan": "Say what scoring will cost and how many labels a promise takes; asks no judge.",
    "judges": "List the judges, or check one.",
    "rubrics": "List the rubrics, or render one for an item.",
    "validate": "Check files and say what they hold.",
    "verify": "Make a certificate again from its files, and say where it differs.",
    "bundle": "Pack a certificate with all that it was made from, for a reviewer.",
}

_FAILED = {
    errno.ENOSPC: "make room there, and give the same command again",
    errno.EDQUOT: "make room there, and give the same command again",
    errno.EROFS: "name another place",
    errno.EIO: "the disk may be broken: name another place",
    errno.EMFILE: "raise the limit on open files (ulimit -n), and give the same command again",
    errno.ENFILE: "close other programs, and give the same command again",
}
"""What the machine fails with, and what helps."""

_SAME_PACKAGE = ("judgekit", "judgekit-eval")

EPILOG = (
    "Exit codes: 0 done, 1 the machine failed (no room on the disk), 2 bad input, "
    "3 nothing certified or a promise broken, 4 unscored items left, 70 a fault of judgekit itself, "
    "130 stopped by Ctrl-C, SIGTERM or SIGHUP, 141 nobody reads the output. 'gate' and 'verify' have their own."
)


def _version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    """Say distribution and version; and others that own the same package, should one be installed too."""
    if not wanted:
        return
    said = f"{DISTRIBUTION} {__version__}"
    found = []
    for name in _SAME_PACKAGE:
        with suppress(PackageNotFoundError):
            found.append(f"{name} {version(name)}")
    if found:
        said += f" (beside {' and '.join(found)}, which holds the same package: uninstall it)"
    echo(said)
    ctx.exit()


class _Unread(Exception):
    """Whoever was to read the output is gone."""


@contextmanager
def _unread() -> Iterator[None]:
    """Raise a closed pipe as such, where click and rich would end with 1."""
    try:
        yield
    except (BrokenPipeError, SystemExit):  # the latter is rich's
        raise _Unread from None


class _Verbs(click.Group):
    """Loads a verb's module only when it is called, so that ``judgekit --help`` starts at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(VERBS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in VERBS:
            return None
        command = speaking(import_module(f"judgekit.cli.{name}").command)
        command.epilog = command.epilog or EPILOG
        return command

    def make_context(self, *args: Any, **more: Any) -> click.Context:
        """The context of this call; its help and version are written here."""
        with _unread():
            return super().make_context(*args, **more)

    def invoke(self, ctx: click.Context) -> Any:
        """What the verb returns."""
        with _unread():
            return super().invoke(ctx)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(VERBS.items()))


@click.command(
    cls=_Verbs,
    epilog=EPILOG,
    context_settings={"auto_envvar_prefix": "JUDGEKIT", "help_option_names": ["-h", "--help"]},
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_version,
    help="Distribution and version.",
)
def cli() -> None:
    """Score outputs of unlearned language models with cascaded judges, under a calibrated guarantee.

    Every option can be set by an environment variable: JUDGEKIT_VERB_OPTION.
    """


def _record(*args: Any, **more: Any) -> logging.LogRecord:
    """A log record whose text a terminal will not obey."""
    record = logging.LogRecord(*args, **more)
    record.msg, record.args = printable(record.getMessage()), ()
    return record


def main() -> None:
    """Run the command line; an error a user can mend is one line on standard error."""
    codecs.register_error(spelled.__name__, spelled)  # a pipe on Windows, or LC_ALL=C, has no '≥'
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=spelled.__name__)
    guard()
    logging.basicConfig(format="judgekit: %(message)s", level=logging.ERROR)
    logging.setLogRecordFactory(_record)
    logging.getLogger("judgekit").setLevel(logging.WARNING)
    try:
        with signals_are_ctrl_c():
            code = cli.main(prog_name="judgekit", standalone_mode=False)
        if sys.stdout is not None:
            sys.stdout.flush()
        sys.exit(code)
    except JudgekitError as error:
        print(f"judgekit: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
    except (_Unread, BrokenPipeError):
        with suppress(
            OSError, ValueError
        ):  # what is left to be written would be a second complaint at the end
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(EXIT_UNREAD)
    except OSError as error:
        helps = "; ".join(filter(None, (error.strerror or str(error), _FAILED.get(error.errno or 0))))
        print(printable(f"judgekit: {error.filename or 'a file'}: {helps}"), file=sys.stderr)
        sys.exit(EXIT_FAILED if error.errno in _FAILED else EXIT_BAD_INPUT)
    except sqlite3.Error as error:
        print(f"judgekit: the run's store.sqlite: {error}", file=sys.stderr)
        sys.exit(EXIT_FAILED)
    except MemoryError:
        print("judgekit: out of memory; the same command goes on where there is more", file=sys.stderr)
        sys.exit(EXIT_FAILED)
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        sys.exit(EXIT_BAD_INPUT)
    except click.ClickException as error:
        context = getattr(error, "ctx", None)
        verb = context.command_path if context else "judgekit"
        said = " ".join(error.format_message().split()).rstrip(".")
        print(f"judgekit: {said} (see '{verb} --help')", file=sys.stderr)
        if "--json" in sys.argv:
            print(json.dumps({"verb": verb, "exit_code": EXIT_BAD_INPUT, "error": said}))
        sys.exit(EXIT_BAD_INPUT)
    except (KeyboardInterrupt, click.Abort):
        print("judgekit: stopped; the same command goes on from here", file=sys.stderr)
        sys.exit(EXIT_STOPPED)
    except Exception as error:
        print(printable(traceback.format_exc()), end="", file=sys.stderr)
        what = printable(f"{type(error).__name__}: {error}")
        print(f"judgekit: a fault of judgekit {__version__}, please report it: {what}", file=sys.stderr)
        sys.exit(EXIT_FAULT)
