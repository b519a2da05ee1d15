"""``judgekit decide``: evidence and a calibration in, verdicts out; no judge is asked."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import click

from judgekit import api
from judgekit.cli.common import OUT, PATH, Verb
from judgekit.cli.output import echo, result
from judgekit.errors import EXIT_DONE, EXIT_UNSCORED_LEFT
from judgekit.runs.atomic import replacing
from judgekit.runs.writer import line


@click.command("decide", cls=Verb, renamed={"--unbound": "--allow-uncertified"})
@click.argument("evidence", type=PATH)
@click.argument("calibration", type=PATH)
@click.option(
    "--allow-uncertified", is_flag=True, help="Go on without a promise where the calibration does not fit."
)
@click.option("--out", "-o", type=OUT, default=Path("verdicts.jsonl"), show_default=True)
def command(evidence: Path, calibration: Path, allow_uncertified: bool, out: Path) -> int:
    """Turn EVIDENCE (a file or a run folder) into verdicts under a CALIBRATION."""
    states: Counter[str] = Counter()
    with replacing(out) as file:
        for verdict in api.decide(evidence, calibration, allow_uncertified=allow_uncertified):
            file.write(line(verdict))
            states[verdict.state] += 1
    counts = ", ".join(f"{states[state]:,} {word}" for state, word in _WORDS.items())
    echo(f"{sum(states.values()):,} items: {counts}; written to {out}")
    result(written=str(out), items=states.total(), states=dict(states))
    return EXIT_UNSCORED_LEFT if states["unscored"] else EXIT_DONE


_WORDS = {"verdict": "verdicts", "abstained": "abstained", "unscored": "unscored"}
