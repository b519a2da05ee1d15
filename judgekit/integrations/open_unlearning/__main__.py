"""Runs open-unlearning's own evaluation, or training, with judgekit's metrics beside its own.

python -m judgekit.integrations.open_unlearning --checkout DIR experiment=… +eval/tofu_metrics=forget_judged …
"""

from __future__ import annotations

import argparse
import os
import re
import runpy
import sys
from collections.abc import Sequence
from pathlib import Path

from judgekit.errors import ConfigError, JudgekitError
from judgekit.integrations.open_unlearning.metric import register

CONFIGS = Path(__file__).parent / "configs"
"""Configurations of the metrics, in the groups of open-unlearning's own."""

_SEARCHPATH = re.compile(r"\+*hydra\.searchpath=\[(?P<listed>.*)\]")


def main(arguments: Sequence[str]) -> None:
    """Run a script of a checkout.

    Parameters
    ----------
    arguments : sequence of str
        ``--checkout`` and ``--script`` (``eval`` or ``train``), and whatever the script takes.

    Raises
    ------
    ConfigError
        There is no checkout, or its requirements are not installed.
    """
    options, rest = _parser().parse_known_args(arguments)
    checkout = Path(options.checkout).resolve()
    script = checkout / "src" / f"{options.script}.py"
    if not script.is_file():
        raise ConfigError(
            f"{checkout}: no checkout of open-unlearning (no src/{options.script}.py); say where: --checkout"
        )
    os.chdir(checkout)  # its configurations name paths from there
    sys.path.insert(0, str(script.parent))
    try:
        register()
    except ModuleNotFoundError as error:
        raise ConfigError(
            f"open-unlearning cannot be imported here ({error}); install judgekit where its requirements are installed"
        ) from None
    sys.argv = [str(script), *with_configs(rest)]
    runpy.run_path(str(script), run_name="__main__")


def with_configs(arguments: Sequence[str]) -> list[str]:
    """Hydra's arguments, with the folder of configurations where Hydra looks for them.

    What is added stands among the overrides: Hydra takes them in one piece, before or after its own options.
    """
    others = [one for one in arguments if not _SEARCHPATH.fullmatch(one)]
    listed = [found["listed"] for one in arguments if (found := _SEARCHPATH.fullmatch(one))]
    own = CONFIGS.as_posix().replace("'", "\\'")
    places = ",".join([*filter(None, listed), f"'file://{own}'"])
    overrides = (at for at, one in enumerate(others) if "=" in one and not one.startswith("-"))
    others.insert(next(overrides, len(others)), f"hydra.searchpath=[{places}]")
    return others


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m judgekit.integrations.open_unlearning",
        description="open-unlearning's evaluation with judgekit's metrics beside its own.",
        epilog="Everything else goes to the script: Hydra's overrides.",
        allow_abbrev=False,
    )
    parser.add_argument("--checkout", default=".", help="the folder of open-unlearning (default: this one)")
    parser.add_argument(
        "--script", choices=["eval", "train"], default="eval", help="which script (default: eval)"
    )
    return parser


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except JudgekitError as error:
        print(f"judgekit: {error}", file=sys.stderr)
        raise SystemExit(error.exit_code) from None
