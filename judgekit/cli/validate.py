"""``judgekit validate``: reads files to the end and says what they hold, or what is wrong with them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import click

from judgekit import api, readers
from judgekit.cli.common import PATH, READER, options, reader_options
from judgekit.errors import EXIT_BAD_INPUT, EXIT_DONE, JudgekitError


@click.command("validate")
@click.argument("files", nargs=-1, required=True, type=PATH)
@options(READER)
def command(files: tuple[Path, ...], **given: Any) -> int:
    """Check FILES: model outputs, cascade files (.yaml) or rubric folders."""
    wrong, reader = 0, reader_options(given)
    for path in files:
        try:
            click.echo(f"{path}: {_holds(path, reader)}")
        except JudgekitError as error:
            wrong += 1
            click.echo(f"judgekit: {error}", err=True)
    return EXIT_BAD_INPUT if wrong else EXIT_DONE


def _holds(path: Path, reader: dict[str, Any]) -> str:
    if path.suffix in (".yaml", ".yml"):
        spec = api.load_cascade(path)
        tiers = {
            rubric: [tier.name for tier in spec.build(rubric).tiers]
            for rubric in set(spec.file.rubrics.values())
        }
        return "cascade, " + "; ".join(
            f"{rubric}: {' > '.join(names)}" for rubric, names in sorted(tiers.items())
        )
    if (path / "rubric.yaml").is_file():
        from judgekit.rubrics import load_rubric

        loaded = load_rubric(path)
        return (
            f"rubric '{loaded.name}', labels {', '.join(loaded.labels)}, {len(loaded.example_rows)} examples"
        )
    splits: Counter[str] = Counter()
    numbers: set[str] = set()
    for item in api.read(path, **reader):
        splits[item.split or "(no split)"] += 1
        numbers.update(item.recorded)
    form = reader["format"] or readers.detect(path)
    counts = ", ".join(f"{split} {count:,}" for split, count in splits.items())
    extra = f"; recorded: {', '.join(sorted(numbers))}" if numbers else ""
    return f"{form}, {sum(splits.values()):,} items ({counts}){extra}"
