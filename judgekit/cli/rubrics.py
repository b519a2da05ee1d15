"""``judgekit rubrics``: lists the rubrics, or renders one for an item."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import click

from judgekit import api
from judgekit.cli.common import PATH
from judgekit.cli.output import echo, result
from judgekit.errors import InputError
from judgekit.rubrics import ORDERS, load_rubric


@click.command("rubrics")
@click.argument("rubric", required=False)
@click.argument("file", type=PATH, required=False)
@click.option("--item", help="Id of the item to render; default: the first of FILE.")
@click.option("--shots", type=click.IntRange(0), default=0, show_default=True, help="Examples put in front.")
@click.option("--order", type=click.Choice([str(order) for order in ORDERS]), default="0", show_default=True)
def command(rubric: str | None, file: Path | None, item: str | None, shots: int, order: str) -> None:
    """List the rubrics; with RUBRIC (name or folder) and FILE render it for an item."""
    if rubric is None:
        labels = api.rubrics()
        result(rubrics=labels)
        for name, known in labels.items():
            echo(f"{name:16} {' / '.join(known)}")
        return
    loaded = load_rubric(rubric)
    if file is None:
        echo(f"{loaded.name} (version {loaded.file.version}, {loaded.file.kind}, {loaded.fingerprint})")
        for label in loaded.file.labels:
            echo(f"  {label.name:16} {label.meaning}")
        result(rubric=loaded.file.model_dump(mode="json"), fingerprint=loaded.fingerprint)
        return
    found = next((one for one in api.read(file) if item is None or one.id == item), None)
    if found is None:
        raise InputError(f"no item '{item}'" if item else "no items", path=file)
    others = ((shot, label) for shot, label in loaded.example_rows if shot.question_id != found.question_id)
    prompt = loaded.render(found, list(islice(others, shots)), int(order))
    result(prompt=prompt.messages, options=dict(prompt.options))
    for message in prompt.messages:
        echo(f"--- {message['role']}\n{message['content']}")
    echo(f"--- options\n{', '.join(f'{letter} = {label}' for letter, label in prompt.options.items())}")
