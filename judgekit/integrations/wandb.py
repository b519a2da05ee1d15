"""Weights & Biases: scored runs in its runs, offline too.

Nothing here is called, and nothing is sent, but on request.
"""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import Any

from judgekit.errors import MissingExtra
from judgekit.integrations.tracked import COLUMNS, Tracked

PROJECT = "judgekit"
"""Where a run goes that is started here."""
_REFUSED = re.compile(r"[^\w\-.]", re.ASCII)
"""What an artifact's name may not hold."""
_LONGEST = 128
"""Characters of it."""


def log_run(run: str | Path) -> str:
    """Log a scored run: rates and measures with their limits, the verdicts as a table, the report as a page.

    Report and verdicts are kept as an artifact too. Goes to the run of W&B under way, else to a
    new one in the project ``judgekit``; where W&B is offline (``WANDB_MODE=offline``), to its folder.

    Parameters
    ----------
    run : str or Path
        A run folder.

    Returns
    -------
    str
        The id of W&B's run.

    Raises
    ------
    InputError
        There is no finished run.
    MissingExtra
        W&B, or what draws the report's charts, is not installed.
    """
    try:
        import wandb
    except ImportError as error:
        raise MissingExtra("what goes to Weights & Biases", "wandb", error) from None
    with tempfile.TemporaryDirectory() as place:
        tracked = Tracked.of(run, Path(place))
        if wandb.run is not None:
            return _log(tracked, wandb.run)
        notes = " ".join(tracked.headlines)
        with wandb.init(project=PROJECT, name=tracked.name, notes=notes, job_type="judging") as started:
            return _log(tracked, started)


def _log(tracked: Tracked, into: Any) -> str:
    import wandb

    table = wandb.Table(columns=list(COLUMNS), data=[list(row) for row in tracked.rows()])
    page = wandb.Html(tracked.page.read_text("utf-8"), inject=False)
    into.log({**tracked.figures, "judgekit/verdicts": table, "judgekit/report": page})
    into.config.update({"judgekit": tracked.said}, allow_val_change=True)
    kept = wandb.Artifact(_REFUSED.sub("-", f"judgekit-{tracked.name}")[:_LONGEST], type="judged-run")
    for file in (tracked.page, tracked.table):
        kept.add_file(str(file))
    into.log_artifact(kept)
    return str(into.id)
