"""``judgekit label``: runs in, a page on which people label, and what their labels certify out."""

from __future__ import annotations

import os
import socket
import sys
import webbrowser
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click

from judgekit.calibration.pool import Kind
from judgekit.cli.calibrate import tell as tell_calibration
from judgekit.cli.common import COST, OUT, PATH, PROMISE, options, promised
from judgekit.cli.output import echo, result
from judgekit.errors import EXIT_DONE, EXIT_NOT_CERTIFIED, ConfigError
from judgekit.labeling.draw import WANTED
from judgekit.labeling.label import sample
from judgekit.labeling.page.desk import SECONDS
from judgekit.labeling.page.guard import LOOPBACK
from judgekit.labeling.page.session import OVERLAP
from judgekit.labeling.page.sitting import sit
from judgekit.labeling.samples import Outcome


@click.command("label")
@click.argument("files", type=PATH, nargs=-1, required=True)
@click.option("--rubric", help="Under which people label; needed where the runs have several.")
@options(PROMISE)
@click.option(
    "--open", "is_open", is_flag=True, help="Instead: every output without a verdict, to settle it."
)
@click.option(
    "--audit", is_flag=True, help="Instead: verdicts under a promise, to check that it still holds."
)
@click.option(
    "--rates",
    type=click.IntRange(1),
    metavar="N",
    help="Instead: N items for rates; where a pool stands beside the labels, of what was not asked of it.",
)
@click.option(
    "--wanted",
    type=click.IntRange(1),
    default=WANTED,
    show_default=True,
    help="About how many labels people are to give for a promise; the pool is made as large as that takes.",
)
@click.option("--pool", "size", type=click.IntRange(1), help="Instead: how many items the pool is to have.")
@options(COST)
@click.option(
    "--labels", "given", type=PATH, multiple=True, help="Labels that people gave already; may repeat."
)
@click.option(
    "--calibration",
    "calibrations",
    type=PATH,
    multiple=True,
    help="With --audit or --open: re-decide all verdicts under this calibration; no judge is called. May repeat.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Of the draw.")
@click.option(
    "--overlap",
    type=click.FloatRange(0, 1),
    default=OVERLAP,
    show_default=True,
    help="Share of the items that two people label, where several do.",
)
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="Address to listen on; another than this lets other machines in, over plain HTTP.",
)
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Default: any that is free.")
@click.option("--no-browser", is_flag=True, help="Print the link, and open no browser.")
@click.option("--out", "-o", type=OUT, default=Path("labels.jsonl"), show_default=True)
def command(
    files: tuple[Path, ...],
    is_open: bool,
    audit: bool,
    rates: int | None,
    overlap: float,
    host: str,
    port: int,
    no_browser: bool,
    out: Path,
    size: int | None,
    **drawing: Any,
) -> int:
    """Ask people on a page about outputs of FILES (run folders), and certify what their labels certify.

    With --agreement (or --at-most) a pool is drawn, and people are asked along the path to that promise: first about
    what the judges are surest of, until nothing more can be certified. FILES may also be a sheet of 'judgekit queue'.

    Every answer is on the disk when the next item shows. The same command again goes on where it stopped.
    """
    promise = promised(drawing)
    kinds: dict[Kind, bool] = {
        "path": promise["agreement"] is not None or promise["at_most"] is not None,
        "open": is_open,
        "verdicts": audit,
        "items": rates is not None,
    }
    chosen = [kind for kind, is_chosen in kinds.items() if is_chosen]
    if len(chosen) > 1:
        raise ConfigError(
            "labels are for one thing: a promise (--agreement, --at-most), --open, --audit or --rates"
        )
    kind = chosen[0] if chosen else None
    made = sample(files, out, kind, size=rates or size, **drawing, **promise)
    if made.promise:
        echo(f"to certify: {made.promise}")
    minutes = round(made.labels_at_most * SECONDS / 60)
    echo(
        f"{len(made.tasks):,} items; at most {made.labels_at_most:,} labels, about {minutes:,} "
        f"minute{'' if minutes == 1 else 's'} at {SECONDS:.0f} seconds a label"
    )

    def opened(link: str) -> None:
        echo(f"open {link}")
        echo(f"labels go to {out}; Ctrl-C ends, the same command goes on")
        if host not in LOOPBACK:
            echo("whoever has the link can label; others on the network can read along", err=True)
        if "SSH_CONNECTION" in os.environ and host in LOOPBACK:
            port = urlsplit(link).port
            echo(f"from your own machine first: ssh -L {port}:{host}:{port} {socket.gethostname()}", err=True)
        if not no_browser and _has_browser():
            webbrowser.open(link)

    told: list[Outcome] = []

    def tell(outcome: Outcome) -> None:
        told.append(outcome)
        if outcome.calibration is None:
            echo(outcome.sentence)
        else:
            tell_calibration(outcome.calibration, outcome.written[-1])
        if outcome.command:
            echo(f"next: {outcome.command}")

    outcome = sit(made, out, host=host, port=port, overlap=overlap, opened=opened, finished=tell)
    if outcome is None:
        echo("nothing was labeled")
        return EXIT_DONE
    if outcome not in told[-1:]:  # nobody asked for it on the page
        tell(outcome)
    result(labels=str(out), next=outcome.command)
    return EXIT_NOT_CERTIFIED if outcome.calibration and not outcome.certified else EXIT_DONE


def _has_browser() -> bool:
    """Whether a browser opens in a window of its own; one in the terminal would take the terminal away."""
    return sys.platform in ("win32", "darwin") or bool(
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    )
