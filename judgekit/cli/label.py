"""``judgekit label``: a sample in, a page on which people label it, and what their labels certify out."""

from __future__ import annotations

import os
import sys
import webbrowser
from pathlib import Path

import click

from judgekit.cli.common import OUT, PATH
from judgekit.cli.output import result
from judgekit.errors import EXIT_DONE
from judgekit.labeling.label import draw
from judgekit.labeling.page.guard import LOOPBACK
from judgekit.labeling.page.session import OVERLAP
from judgekit.labeling.page.sitting import sit
from judgekit.labeling.samples import Outcome


@click.command("label")
@click.argument("files", type=PATH, nargs=-1, required=True)
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
    files: tuple[Path, ...], overlap: float, host: str, port: int, no_browser: bool, out: Path
) -> int:
    """Ask people about the items of FILES (a sheet of 'judgekit queue') on a page in the browser.

    Every answer is on the disk when the next item shows. The same command again goes on from there.
    """
    sample = draw(files, out)
    click.echo(f"{len(sample.tasks):,} items to label")

    def opened(link: str) -> None:
        click.echo(f"open {link}\nCtrl-C ends; labels go to {out}")
        if host not in LOOPBACK:
            click.echo("whoever has this link can label; it is sent over plain HTTP", err=True)
        if not no_browser and _has_browser():
            webbrowser.open(link)

    told: list[Outcome] = []

    def tell(outcome: Outcome) -> None:
        told.append(outcome)
        click.echo(outcome.sentence)
        if outcome.command:
            click.echo(f"next: {outcome.command}")

    outcome = sit(sample, out, host=host, port=port, overlap=overlap, opened=opened, finished=tell)
    if outcome is None:
        click.echo("nothing was labeled")
    elif outcome not in told[-1:]:  # nobody asked for it on the page
        tell(outcome)
    result(outcome=outcome)
    return EXIT_DONE


def _has_browser() -> bool:
    """Whether a browser opens in a window of its own; one in the terminal would take the terminal away."""
    return sys.platform in ("win32", "darwin") or bool(
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    )
